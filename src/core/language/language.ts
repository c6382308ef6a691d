import { digestOf } from '../base/digest.ts';
import { CLAUDE_JSON } from '../definitions/agents/agentPlaces.ts';
import { indexAgents, indexWorkflows } from '../definitions/entries.ts';
import { readSource } from '../definitions/files/readSource.ts';
import { decodeSource, SourceText } from '../definitions/source/sourceText.ts';
import { TODO_FOLDER } from '../definitions/files/workflowFiles.ts';
import type { Diagnostic, Location, Position } from '../domain/diagnostic.ts';
import type { Completion } from './completion.ts';
import { completionsAt } from './completions.ts';
import { definitionKindOf, type DefinitionKind } from './definitionKind.ts';
import { hoverAt, type Hover } from './hover.ts';
import { judgeAgentText, judgeWorkflowText, type Definitions } from './judgeText.ts';
import type { Known } from './known.ts';
import { lensesOf, type Lens } from './lenses.ts';
import { mentionsIn, type Mention } from './mentions.ts';
import { definitionAt, isShared, placesOf, subjectAt, type Definition } from './navigation.ts';
import { readDefinition, type Reading, type Unfinished } from './reading.ts';

/** Files whose readings are kept: those a person has before them. */
const KEPT_READINGS = 8;

interface Kept {
  readonly reading: Reading;
  /** False: without what was being written, which is enough for completions alone. */
  readonly whole: boolean;
  /** Found when they are first asked for, and again when what is known has changed. */
  mentions: { readonly known: Known; readonly found: readonly Mention[] } | undefined;
}

/**
 * What editors ask about the definition files of a folder while somebody types in them. The files'
 * texts are given: what is in the editor counts, not what is on the disk. Files that define nothing by
 * their place have no answers.
 */
export class Language {
  readonly #folder: string;
  readonly #definitions: () => Definitions;
  readonly #closing: AbortSignal;
  /** The one used last stands last. */
  readonly #readings = new Map<string, Kept>();
  #known: { readonly of: Definitions; readonly known: Known } | undefined;

  /** @param folder absolute. @param closing ends what is asked for; after it nothing is answered */
  constructor(folder: string, definitions: () => Definitions, closing: AbortSignal) {
    this.#folder = folder;
    this.#definitions = definitions;
    this.#closing = closing;
  }

  completionsAt(file: string, text: string, position: Position): readonly Completion[] {
    const kind = definitionKindOf(file);
    if (kind === undefined) {
      return [];
    }
    const source = sourceOf(file, text);
    let read: Reading | undefined;
    return completionsAt(source, kind, position, this.#knownNow(), (unfinished) => {
      read ??= this.#readWithout(source, kind, unfinished);
      return read;
    });
  }

  hoverAt(file: string, text: string, position: Position): Hover | undefined {
    const read = this.#read(file, text);
    return read && hoverAt(read.reading, this.#mentionsOf(read), position, this.#knownNow());
  }

  definitionAt(file: string, text: string, position: Position): Definition | undefined {
    const read = this.#read(file, text);
    return read && definitionAt(read.reading, this.#mentionsOf(read), position, this.#knownNow());
  }

  /**
   * Everywhere in the folder's workflows that the name at a position stands.
   * @param texts of files that are open, by file; any other is read from the disk
   * @throws the signal's reason once it aborts
   */
  async referencesAt(
    file: string,
    position: Position,
    texts: ReadonlyMap<string, string>,
    withDeclaration: boolean,
    signal: AbortSignal,
  ): Promise<Location[]> {
    const read = this.#read(file, texts.get(file) ?? '');
    const known = this.#knownNow();
    const subject = read && subjectAt(read.reading, this.#mentionsOf(read), position, known);
    if (read === undefined || subject === undefined) {
      return [];
    }
    const files = isShared(subject)
      ? new Set([file, ...this.#definitions().workflows.map((entry) => entry.file)])
      : [file];
    const found: Location[] = [];
    for (const one of files) {
      signal.throwIfAborted();
      const kind = definitionKindOf(one);
      const text = texts.get(one);
      const source = text === undefined ? await readSource(this.#folder, one) : undefined;
      if (kind === undefined || source?.ok === false) {
        continue;
      }
      const mentions =
        one === file
          ? this.#mentionsOf(read)
          : mentionsIn(
              readDefinition(source?.value ?? sourceOf(one, text ?? ''), kind),
              known.workflows,
            );
      for (const { role, ...location } of placesOf(subject, one, mentions, known)) {
        if (withDeclaration || role === 'use') {
          found.push(location);
        }
      }
    }
    return found;
  }

  lensesOf(file: string, text: string): readonly Lens[] {
    const read = this.#read(file, text);
    if (read === undefined) {
      return [];
    }
    const { agents, workflows } = this.#definitions();
    const agent = agents.find((entry) => entry.file === file);
    const name =
      read.reading.kind.kind === 'workflow'
        ? workflows.find((entry) => entry.file === file)?.name
        : agent?.kind === 'valid' && agent.shadowedBy === undefined
          ? agent.name
          : undefined;
    return lensesOf(read.reading, name);
  }

  /** What is asked for; `undefined` once all is closed. */
  async #untilClosed<T>(asked: Promise<T>): Promise<T | undefined> {
    try {
      return await asked;
    } catch (thrown) {
      if (this.#closing.aborted) {
        return undefined;
      }
      throw thrown;
    }
  }

  /** Everything wrong in a text that is not on the disk yet; `undefined`: the file defines nothing, or all is closed. */
  async judgeText(file: string, text: string): Promise<readonly Diagnostic[] | undefined> {
    const kind = definitionKindOf(file);
    if (kind === undefined && !holdsOtherWorkflows(file)) {
      return undefined;
    }
    const source = decodeSource(file, Buffer.from(text));
    if (!source.ok) {
      return [source.error];
    }
    const definitions = this.#definitions();
    if (kind !== undefined && kind.kind !== 'workflow') {
      return this.#untilClosed(
        judgeAgentText(this.#folder, source.value, kind, definitions, this.#closing),
      );
    }
    const judged = await this.#untilClosed(
      judgeWorkflowText(this.#folder, source.value, definitions, this.#closing),
    );
    if (judged === undefined) {
      return undefined;
    }
    const [parsed] = judged.parsed.workflows;
    if (kind !== undefined && parsed?.kind === 'parsed') {
      // Whoever types asks about this text next.
      const workflow = { draft: parsed.draft, source: parsed.source };
      const { document } = parsed.source;
      this.#keep({ kind, source: source.value, document, workflow }, true);
    }
    return judged.diagnostics;
  }

  #read(file: string, text: string): Kept | undefined {
    const kind = definitionKindOf(file);
    const kept = this.#readings.get(file);
    if (kind === undefined || (kept?.whole === true && kept.reading.source.text === text)) {
      return kept;
    }
    return this.#keep(readDefinition(sourceOf(file, text), kind), true);
  }

  #keep(reading: Reading, whole: boolean): Kept {
    const { file } = reading.source;
    const kept: Kept = { reading, whole, mentions: undefined };
    this.#readings.delete(file);
    this.#readings.set(file, kept);
    const [oldest] = this.#readings.keys();
    if (this.#readings.size > KEPT_READINGS && oldest !== undefined) {
      this.#readings.delete(oldest);
    }
    return kept;
  }

  /** Text that differs from what was read last on the caret's line only tells nothing else of other lines. */
  #readWithout(source: SourceText, kind: DefinitionKind, unfinished: Unfinished): Reading {
    const kept = this.#readings.get(source.file)?.reading;
    if (
      kept?.document !== undefined &&
      isSameButForLine(kept.source.text, source.text, unfinished.start)
    ) {
      return kept;
    }
    const reading = readDefinition(source, kind, unfinished);
    // What was read before the file broke still tells most of it.
    return reading.document === undefined && kept?.document !== undefined
      ? kept
      : this.#keep(reading, false).reading;
  }

  #mentionsOf(kept: Kept): readonly Mention[] {
    const known = this.#knownNow();
    if (kept.mentions?.known !== known) {
      kept.mentions = { known, found: mentionsIn(kept.reading, known.workflows) };
    }
    return kept.mentions.found;
  }

  #knownNow(): Known {
    const definitions = this.#definitions();
    if (this.#known?.of !== definitions) {
      this.#known = { of: definitions, known: knownOf(definitions) };
    }
    return this.#known.known;
  }
}

function knownOf({ agents, workflows }: Definitions): Known {
  const models = new Set<string>();
  const tools = new Set<string>();
  for (const entry of agents) {
    if (entry.kind === 'valid') {
      const { runner, terms } = entry.agent;
      const named = runner.kind === 'model' || runner.kind === 'claude-code' ? runner.models : [];
      entry.agent.tools?.forEach((tool) => tools.add(tool));
      [...named, ...(terms.models ?? [])].forEach((model) => models.add(model));
    }
  }
  for (const entry of workflows) {
    for (const step of entry.kind === 'valid' ? entry.workflow.steps : []) {
      const named = step.kind === 'agent' ? (step.terms.models ?? []) : [];
      named.forEach((model) => models.add(model));
    }
  }
  return {
    agents: indexAgents(agents),
    workflows: indexWorkflows(workflows),
    models: [...models].sort(),
    tools: [...tools].sort(),
  };
}

/** Todo lists and other tools' configuration: they are judged, but help with them is their tools' affair. */
function holdsOtherWorkflows(file: string): boolean {
  return (
    file === CLAUDE_JSON ||
    (file.startsWith(`${TODO_FOLDER.path}/`) && /\.(?:ya?ml|json)$/i.test(file))
  );
}

function sourceOf(file: string, text: string): SourceText {
  return new SourceText(file, text, digestOf(''));
}

/** Whether two texts are the same before and behind one line of the second, and have as many lines. */
function isSameButForLine(before: string, after: string, offset: number): boolean {
  const start =
    Math.max(after.lastIndexOf('\n', offset - 1), after.lastIndexOf('\r', offset - 1)) + 1;
  const length = after.slice(start).search(/[\r\n]/);
  const tail = length === -1 ? '' : after.slice(start + length);
  const middle = before.length - start - tail.length;
  return (
    middle >= 0 &&
    before.startsWith(after.slice(0, start)) &&
    before.endsWith(tail) &&
    !/[\r\n]/.test(before.slice(start, start + middle))
  );
}
