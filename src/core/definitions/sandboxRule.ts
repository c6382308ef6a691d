import { z } from 'zod';
import type { RunnerSpec } from '../domain/agent.ts';
import { DEFAULT_SANDBOX, type SandboxRule } from '../domain/sandbox.ts';
import { byteSizeText, parseByteSize } from './byteSize.ts';
import { byteSize, duration, wholeNumber } from './commonSchema.ts';
import { durationText, parseDuration } from './duration.ts';
import * as problems from './sandboxProblems.ts';
import { shellAmong } from './shellTools.ts';
import type { DocumentReader } from './source/shape.ts';
import type { SourcePath } from './source/sourceDocument.ts';

// How far commands are shut in: the same field in agents, in steps and in agents.yaml.

const MAX_CPUS = 64;
/** With less the smallest programs do not start. */
const MIN_MEMORY = '16mb';
const MAX_MEMORY = '1024gb';
const MIN_DISK = '1mb';
const MAX_DISK = '4096gb';

export const sandboxFieldsSchema = z
  .strictObject({
    cpus: wholeNumber(1, MAX_CPUS)
      .optional()
      .describe(
        `Processors it may keep busy, 1 to ${MAX_CPUS}. Left out: ${DEFAULT_SANDBOX.cpus}.`,
      ),
    memory: byteSize(MIN_MEMORY, MAX_MEMORY)
      .optional()
      .describe(
        `Memory of all its processes, e.g. 512mb or 4gb. Left out: ${byteSizeText(DEFAULT_SANDBOX.memoryBytes)}.`,
      ),
    disk: byteSize(MIN_DISK, MAX_DISK)
      .optional()
      .describe(
        `What it may add to its copy and its scratch folder, e.g. 200mb. Left out: ${byteSizeText(DEFAULT_SANDBOX.diskBytes)}.`,
      ),
    timeout: duration
      .optional()
      .describe(
        `Longest run; a shorter one of the step goes before it. Left out: ${durationText(DEFAULT_SANDBOX.timeoutMs)}.`,
      ),
    image: z
      .string()
      // What begins with a sign would be an option of the program that starts it.
      .regex(/^[a-z0-9][A-Za-z0-9._:/@-]{0,254}$/, {
        error: 'must be the name of a Docker image, such as node:22-slim',
      })
      .optional()
      .describe(
        "A Docker image it runs in, e.g. node:22-slim, where the user has Docker. Left out: the system's own sandbox.",
      ),
  })
  .refine((fields) => Object.values(fields).some((field) => field !== undefined), {
    error: 'must say something: "cpus", "memory", "disk", "timeout" or "image"; or write true',
    // A misspelt field says something.
    when: ({ issues }) => issues.length === 0,
  });

const RULE = 'must be true, false, or fields such as {memory: 4gb}';

export const sandboxSchema = z.union([z.boolean(), sandboxFieldsSchema], {
  error: ({ input }) =>
    typeof input === 'object' && input !== null && !Array.isArray(input) ? undefined : RULE,
});

/** The rule that is written. @param value as the schema has found it */
export function readSandboxRule(
  value: z.output<typeof sandboxSchema> | undefined,
): SandboxRule | undefined {
  if (value === undefined || typeof value === 'boolean') {
    return value === undefined ? undefined : { ...DEFAULT_SANDBOX, use: value };
  }
  return {
    use: true,
    cpus: value.cpus ?? DEFAULT_SANDBOX.cpus,
    memoryBytes: parseByteSize(value.memory ?? '') ?? DEFAULT_SANDBOX.memoryBytes,
    diskBytes: parseByteSize(value.disk ?? '') ?? DEFAULT_SANDBOX.diskBytes,
    timeoutMs: parseDuration(value.timeout ?? '') ?? DEFAULT_SANDBOX.timeoutMs,
    image: value.image,
  };
}

/** Who is to be shut in, as far as it is known. */
export interface SandboxedAgent {
  readonly runner: RunnerSpec['kind'];
  /** As in `Agent.tools`; 'unknown': another file says. */
  readonly tools: readonly string[] | undefined | 'unknown';
}

/**
 * Reports a rule that could not be kept: a coding agent and the shell of a model do not run in a sandbox of Sluice.
 * @param path of the rule
 */
export function checkSandboxEffect(
  reader: DocumentReader,
  path: SourcePath,
  rule: SandboxRule | undefined,
  { runner, tools }: SandboxedAgent,
): void {
  if (rule?.use !== true) {
    return;
  }
  switch (runner) {
    case 'acp':
    case 'claude-code':
      reader.report(path, problems.codingAgentNotShutIn(runner), 'key');
      break;
    case 'model': {
      const shell = tools === 'unknown' || tools === undefined ? undefined : shellAmong(tools);
      if (shell !== undefined) {
        reader.report(path, problems.shellNotShutIn(shell), 'key');
      }
      break;
    }
    case 'command':
  }
}
