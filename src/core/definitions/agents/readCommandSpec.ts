import type { z } from 'zod';
import { DEFAULT_GRACE_MS, DEFAULT_TIMEOUT_MS, type CommandSpec } from '../../domain/agent.ts';
import type { Location } from '../../domain/diagnostic.ts';
import * as agentProblems from './agentProblems.ts';
import type { commandShape } from './agentSchema.ts';
import { parseDuration } from '../duration.ts';
import * as problems from '../problems.ts';
import { readCheck } from '../readCommand.ts';
import { readTemplate } from '../references.ts';
import type { DocumentReader } from '../source/shape.ts';
import type { SourcePath } from '../source/sourceDocument.ts';

/** How long a probe may run that does not say, in milliseconds. */
const PROBE_TIMEOUT_MS = 60_000;

/** As `commandShape` has found them. */
export type CommandFields = {
  readonly [Field in keyof typeof commandShape]?:
    z.output<(typeof commandShape)[Field]> | undefined;
};

/** The program of an agent, from the map at `path`. */
export function readCommandSpec(
  reader: DocumentReader,
  path: SourcePath,
  fields: CommandFields,
): CommandSpec {
  const at = (...inner: SourcePath) => [...path, ...inner];
  const command = fields.command?.map((_, index) => reader.textAt(at('command', index))) ?? [];
  if (command.some((word) => word.includes('\u0000'))) {
    reader.report(at('command'), problems.wrongValue('"command"', 'cannot hold NUL characters'));
  }
  const [program = '', ...rest] = command;
  if (fields.command !== undefined && program.trim() === '') {
    reader.report(at('command', 0), problems.wrongValue('"command"', 'must name a program'));
  }
  const written = reader.document.textAt(at('effects')) ?? 'copy';
  if (fields.probe !== undefined && written === 'copy') {
    reader.report(at('probe'), agentProblems.idleProbe(), 'key');
  }
  const duration = (field: 'timeout' | 'idle-timeout' | 'grace') =>
    parseDuration(fields[field] ?? '');
  return {
    kind: 'command',
    command: [program, ...rest],
    successCodes: fields['success-codes'] ?? [0],
    env: readEnvironment(reader, at('env'), fields.env),
    install: fields.install === undefined ? undefined : reader.textAt(at('install')),
    limits: {
      timeoutMs: duration('timeout') ?? DEFAULT_TIMEOUT_MS,
      idleTimeoutMs: duration('idle-timeout'),
      graceMs: duration('grace') ?? DEFAULT_GRACE_MS,
    },
    effects: fields.effects ?? 'copy',
    probe:
      fields.probe === undefined ? undefined : readCheck(reader, at('probe'), PROBE_TIMEOUT_MS),
    stdin: fields.stdin ?? 'prompt',
  };
}

/** Where each variable of the command stands. @param path of its map */
export function placesOfVariables(
  reader: DocumentReader,
  path: SourcePath,
  { env }: CommandSpec,
): Readonly<Record<string, Location>> {
  const places = Object.keys(env).map((name) => {
    const range = reader.document.rangeOf([...path, 'env', name]);
    return [name, { file: reader.file, range }] as const;
  });
  return Object.fromEntries(places);
}

/** Checks the form of expressions in it; what they name is known where a workflow uses the agent. */
function readEnvironment(
  reader: DocumentReader,
  path: SourcePath,
  value: Readonly<Record<string, unknown>> | undefined,
): Readonly<Record<string, string>> {
  const env = Object.create(null) as Record<string, string>;
  for (const name of value === undefined ? [] : reader.document.keysAt(path)) {
    const at = [...path, name];
    const text = reader.textAt(at);
    env[name] = text;
    if (text.includes('${{')) {
      const places = reader.document.placesIn(at);
      const { problems: found } = readTemplate(text, (unknown, known) =>
        reader.suggestions.for(unknown, known),
      );
      for (const { start, end, problem } of found) {
        reader.reportAt(places.range(start, end), problem);
      }
    }
  }
  return env;
}
