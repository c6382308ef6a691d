import { z } from 'zod';
import type { Result } from '../base/result.ts';
import { oneLine } from '../base/text.ts';
import type { Tool, ToolDeed } from '../domain/tool.ts';
import type { JsonValue } from '../domain/workflow.ts';
import { Looks } from './looks.ts';
import type { OwnTool } from './names/toolNames.ts';
import * as problems from './toolProblems.ts';

export interface OwnToolSpec<Input> {
  readonly name: OwnTool;
  readonly description: string;
  /** Strict. */
  readonly schema: z.ZodType<Input>;
  readonly does: ToolDeed;
  /** As in `Tool`, for an input of the right shape. */
  readonly summary: (input: Input) => string;
  /**
   * What the model is told, or what is wrong. May throw what the disk throws, or the signal's reason. Tells `looks`
   * whatever the answer stands on, before it can fail over it.
   */
  readonly run: (
    input: Input,
    signal: AbortSignal,
    looks: Looks,
  ) => Promise<Result<string, string>>;
}

/** @param folder absolute; never named to the model */
export function ownTool<Input>(spec: OwnToolSpec<Input>, folder: string): Tool {
  const { name, description, schema, does, run } = spec;
  return {
    name,
    description,
    inputSchema: jsonSchemaOf(schema),
    does,
    summary: (input) => {
      const parsed = schema.safeParse(input);
      return oneLine(parsed.success ? spec.summary(parsed.data) : name);
    },
    call: async (input, signal) => {
      const parsed = schema.safeParse(input);
      if (!parsed.success) {
        return { text: problems.wrongInput(name, faultsOf(parsed.error)), isError: true };
      }
      const looks = new Looks();
      try {
        const result = await run(parsed.data, signal, looks);
        return result.ok
          ? { text: result.value, isError: false, ...looks.told }
          : { text: result.error, isError: true, ...looks.told };
      } catch (error) {
        const text = signal.aborted ? problems.STOPPED : problems.broke(error, folder);
        return { text, isError: true, ...looks.told };
      }
    },
  };
}

function jsonSchemaOf(schema: z.ZodType): JsonValue {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', target: 'draft-7' });
  return rest as JsonValue;
}

function faultsOf(error: z.ZodError): string[] {
  return error.issues
    .slice(0, 5)
    .map(({ path, message }) =>
      oneLine(path.length === 0 ? message : `${path.join('.')}: ${message}`),
    );
}
