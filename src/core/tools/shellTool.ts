import { z } from 'zod';
import { err, ok } from '../base/result.ts';
import { plainText } from '../base/text.ts';
import type { Tool } from '../domain/tool.ts';
import { beginAndEnd } from './cutText.ts';
import { FENCE_NOTE, fenced } from './fenced.ts';
import { ownTool } from './ownTool.ts';
import type { RunProgram, ToolPlace } from './parts.ts';
import * as problems from './toolProblems.ts';

/** Characters of output in one answer. */
const MOST_OUTPUT = 30_000;
const USUAL_SECONDS = 120;
const MOST_SECONDS = 600;

const schema = z.strictObject({
  command: z
    .string()
    .min(1)
    .max(20_000)
    .refine((text) => !text.includes('\0'), 'holds a NUL character')
    .describe('One command line; its working directory is the root of the workspace'),
  timeout: z
    .int()
    .min(1)
    .max(MOST_SECONDS)
    .optional()
    .describe(`Seconds until it is ended. Default ${USUAL_SECONDS}`),
});

/** @param prefixes the agent may run only plain commands that begin with one of these; `undefined`: any */
export function shellTool(
  { root, scratch, env, marker }: ToolPlace,
  runProgram: RunProgram,
  prefixes: readonly string[] | undefined,
): Tool {
  const shell = process.platform === 'win32' ? 'cmd' : 'sh';
  return ownTool(
    {
      name: 'shell',
      description: `Runs one command line with ${shell} in the workspace, without standard input, and gives its exit code and output. Every process of it is ended with it. To change files use edit and write. ${FENCE_NOTE}`,
      schema,
      does: 'run',
      summary: ({ command }) => `run ${command}`,
      run: async ({ command, timeout }, signal) => {
        if (prefixes !== undefined && !prefixes.some((prefix) => isPlain(command, prefix))) {
          return err(problems.notThisCommand(prefixes));
        }
        const { code, output } = await runProgram(
          commandFor(command),
          { folder: root, scratch, env, marker, timeoutMs: (timeout ?? USUAL_SECONDS) * 1000 },
          signal,
        );
        const text = beginAndEnd(plainText(output).trimEnd(), MOST_OUTPUT);
        const head = code === undefined ? 'It did not end by itself.' : `Exit code ${code}.`;
        const told =
          text === ''
            ? `${head} It printed nothing.`
            : `${head}\n${fenced(text, 'output of the command', marker)}`;
        return code === 0 ? ok(told) : err(told);
      },
    },
    root,
  );
}

function commandFor(line: string): [string, ...string[]] {
  return process.platform === 'win32'
    ? ['cmd.exe', '/d', '/s', '/c', line]
    : ['/bin/sh', '-c', line];
}

/**
 * A command that begins with these words, and nothing beside it. This keeps to what the author of an agent wrote; it
 * is no wall: many programs start others.
 */
function isPlain(line: string, prefix: string): boolean {
  const command = line.trim();
  return (
    (command === prefix || command.startsWith(`${prefix} `)) && !/[;&|<>`$(){}\r\n\\]/.test(command)
  );
}
