import { err, ok, type Result } from '../../base/result.ts';
import type { AgentAsTool } from '../../domain/agent.ts';
import type { Diagnostic } from '../../domain/diagnostic.ts';
import type { JsonValue } from '../../domain/workflow.ts';
import type { AgentDraft } from '../entries.ts';
import type { ReadFiles } from '../files/fileParser.ts';
import { diagnosticAt, inReadingOrder } from '../source/problem.ts';
import { readSchemaFiles, type FileFault } from '../workflows/schemaFiles.ts';
import { loadJudge, type Judge } from '../workflows/schemaJudge.ts';
import * as workflowProblems from '../workflows/workflowProblems.ts';
import type { AgentOverlays } from './agentOverlay.ts';
import {
  inputFault,
  PLAIN_QUESTION,
  type Declared,
  type DeclaredSchema,
} from './declaredSchemas.ts';

/** What an agent declares, judged. */
export interface Settled {
  readonly outputSchema: JsonValue | undefined;
  readonly asTool: AgentAsTool | undefined;
}

export interface Declaring {
  readonly drafts: readonly AgentDraft[];
  readonly overlays: AgentOverlays | undefined;
}

/**
 * Reads and judges the JSON Schemas that agents declare, and puts them into the agents. An agent with one that is wrong
 * is not valid: without it, it would answer anything.
 * @param folder absolute
 * @throws the signal's reason once reading is aborted
 */
export async function settleSchemas(
  folder: string,
  { drafts, overlays }: Declaring,
  read: ReadFiles,
): Promise<Declaring> {
  const declared = [
    ...drafts.map(declaredBy),
    ...(overlays?.overlays ?? []).map(({ declares }) => declares),
  ].filter((one) => one !== undefined);
  if (declared.length === 0) {
    return { drafts, overlays };
  }
  const judge = await loadJudge();
  const files = declared
    .flatMap(({ output, tool }) => [output, tool?.input])
    .flatMap((schema) => (schema?.written.kind === 'file' ? [schema.written.file] : []));
  const schemas = await readSchemaFiles(folder, [...new Set(files)], judge, read);
  const settler = new Settler(schemas, judge);
  return {
    drafts: drafts.map((draft) => settler.draft(draft)),
    overlays: overlays && settler.overlays(overlays),
  };
}

function declaredBy(draft: AgentDraft): Declared | undefined {
  return draft.kind === 'valid' ? draft.declares : undefined;
}

class Settler {
  readonly #files: ReadonlyMap<string, Result<JsonValue, FileFault>>;
  readonly #judge: Judge;

  constructor(files: ReadonlyMap<string, Result<JsonValue, FileFault>>, judge: Judge) {
    this.#files = files;
    this.#judge = judge;
  }

  draft(draft: AgentDraft): AgentDraft {
    if (draft.kind === 'invalid' || draft.declares === undefined) {
      return draft;
    }
    const { declares, agent, ...rest } = draft;
    const settled = this.#settle(declares);
    return settled.ok
      ? { ...rest, agent: { ...agent, ...settled.value } }
      : {
          ...rest,
          kind: 'invalid',
          nameFrom: 'content',
          diagnostics: inReadingOrder([...draft.diagnostics, ...settled.error]),
        };
  }

  overlays(overlays: AgentOverlays): AgentOverlays {
    const found: Diagnostic[] = [];
    const settledOnes = overlays.overlays.map((overlay) => {
      const settled = overlay.declares && this.#settle(overlay.declares);
      if (settled === undefined) {
        return overlay;
      }
      if (settled.ok) {
        return { ...overlay, settled: settled.value };
      }
      found.push(...settled.error);
      return { ...overlay, fault: overlay.fault ?? settled.error[0] };
    });
    return {
      ...overlays,
      overlays: settledOnes,
      diagnostics: inReadingOrder([...overlays.diagnostics, ...found]),
    };
  }

  #settle({ output, tool }: Declared): Result<Settled, readonly Diagnostic[]> {
    const said = output && this.#valueOf(output);
    const asked = tool?.input && this.#valueOf(tool.input);
    const problems: Diagnostic[] = [said, asked].flatMap((one) =>
      one?.ok === false ? [one.error] : [],
    );
    if (asked?.ok === true && tool?.input !== undefined) {
      const fault = inputFault(asked.value);
      const { place } = tool.input;
      problems.push(...(fault === undefined ? [] : [diagnosticAt(place.file, place.range, fault)]));
    }
    if (problems.length > 0) {
      return err(problems);
    }
    return ok({
      outputSchema: said?.ok === true ? said.value : undefined,
      asTool: tool && {
        name: tool.name,
        inputSchema: asked?.ok === true ? asked.value : PLAIN_QUESTION,
      },
    });
  }

  #valueOf({ place, written }: DeclaredSchema): Result<JsonValue, Diagnostic> {
    const { file, range } = place;
    if (written.kind === 'inline') {
      const fault = this.#judge(written.value);
      return fault === undefined
        ? ok(written.value)
        : err(diagnosticAt(file, range, workflowProblems.badSchema(fault)));
    }
    const value = this.#files.get(written.file);
    if (value === undefined) {
      throw new Error(`Internal error: the schema ${written.file} was not read`);
    }
    return value.ok
      ? value
      : err(diagnosticAt(file, range, value.error.problem, value.error.related));
  }
}
