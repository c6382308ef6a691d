import fs from 'node:fs/promises';
import path from 'node:path';
import type { RunId, TaskId } from './domain/ids.ts';
import { CheckRunner } from './runners/check.ts';
import type { CommandOptions } from './runners/startCommand.ts';
import type { RunProgram } from './tools/parts.ts';

/** Of what a program printed this much is read, from its beginning and from its end, in bytes. */
const END_BYTES = 512 * 1024;

/** Runs programs of tools as checks are run: in a process group of their own, with nothing left behind. */
export function toolPrograms(options: CommandOptions): RunProgram {
  const checks = new CheckRunner(options);
  return async (command, { folder, scratch, env, marker, timeoutMs }, signal) => {
    const logFile = path.join(scratch, `.output-${options.nonce()}`);
    try {
      const { code, tail } = await checks.run(
        {
          ...placeOf(marker),
          ...{ command, timeoutMs, folder, scratch, env, logFile },
          sandbox: undefined,
        },
        signal,
      );
      const printed = await endsOf(logFile);
      // The first line is the command's.
      const output = printed.slice(printed.indexOf('\n') + 1);
      return { code, output: code === undefined ? `${output}\n${tail}` : output };
    } finally {
      await fs.rm(logFile, { force: true });
    }
  };
}

/** The attempt that a marker names: `<run>:<task>.<attempt>`. */
function placeOf(marker: string): { run: RunId; task: TaskId; attempt: number } {
  const colon = marker.indexOf(':');
  const dot = marker.lastIndexOf('.');
  return {
    run: marker.slice(0, colon) as RunId,
    task: marker.slice(colon + 1, dot) as TaskId,
    attempt: Number(marker.slice(dot + 1)),
  };
}

/** The whole file where it is not long; empty when there is none. */
async function endsOf(file: string): Promise<string> {
  let handle: fs.FileHandle;
  try {
    handle = await fs.open(file);
  } catch {
    return '';
  }
  try {
    const { size } = await handle.stat();
    if (size <= 2 * END_BYTES) {
      return (await handle.readFile()).toString('utf8');
    }
    const read = async (from: number) => {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(END_BYTES), 0, END_BYTES, from);
      return buffer.subarray(0, bytesRead).toString('utf8');
    };
    return `${await read(0)}\n…\n${await read(size - END_BYTES)}`;
  } finally {
    await handle.close();
  }
}
