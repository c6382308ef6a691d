import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { z } from 'zod';
import { err, ok, type Result } from '../../base/result.ts';
import { thrownMessage } from '../../base/text.ts';
import type { McpServer } from '../../domain/agent.ts';
import type { JsonValue } from '../../domain/workflow.ts';
import { quoted } from './problems.ts';
import { expand, type Variables } from './variables.ts';

/** A server as a file declares it; texts may hold `${…}`. */
export interface DeclaredServer {
  readonly name: string;
  /** Where it is declared, for people. */
  readonly file: string;
  readonly server: McpServer;
  /** The folder it is to run in. @default the workspace copy */
  readonly cwd?: string | undefined;
  /** A file with more variables for it, as `NAME=value` lines. */
  readonly envFile?: string | undefined;
  /** How long it may be silent while it answers a call, in milliseconds. */
  readonly timeoutMs?: number | undefined;
}

/** A server that can be started or reached. */
export interface ReadyServer extends Omit<DeclaredServer, 'cwd' | 'envFile'> {
  /** Absolute. */
  readonly folder: string;
  /** Values that are not to be shown. */
  readonly secrets: readonly string[];
}

const TEXT = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const TEXTS = z
  .record(z.string(), TEXT.nullable())
  .transform((entries): Record<string, string> => withoutNull(entries));

const ENTRY = z.looseObject({
  type: z.string().optional(),
  command: z.string().min(1).optional(),
  args: z.array(TEXT).optional(),
  env: TEXTS.optional(),
  envFile: z.string().optional(),
  cwd: z.string().optional(),
  url: z.string().min(1).optional(),
  headers: TEXTS.optional(),
  timeout: z
    .number()
    .positive()
    .max(2 ** 31 - 1)
    .optional(),
  sandboxEnabled: z.boolean().optional(),
  headersHelper: z.unknown().optional(),
});

/** The error says what is wrong with it, as the end of a sentence. */
export function declaredServer(
  name: string,
  file: string,
  written: JsonValue,
): Result<DeclaredServer, string> {
  const parsed = ENTRY.safeParse(written);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const place = issue?.path.join('.') ?? '';
    return err(
      `its settings are wrong${place === '' ? '' : ` at "${place}"`}: ${issue?.message ?? ''}`,
    );
  }
  const entry = parsed.data;
  if (entry.sandboxEnabled === true) {
    return err('it asks for a sandbox of VS Code, which Sluice cannot give it');
  }
  if (entry.headersHelper !== undefined) {
    return err('it has a "headersHelper", which Sluice does not run; use "headers"');
  }
  const server = serverOf(entry);
  const { cwd, envFile, timeout: timeoutMs } = entry;
  return server.ok ? ok({ name, file, server: server.value, cwd, envFile, timeoutMs }) : server;
}

function serverOf(entry: z.infer<typeof ENTRY>): Result<McpServer, string> {
  const { command, args = [], env = {}, url, headers = {} } = entry;
  switch (entry.type ?? (command === undefined ? 'http' : 'stdio')) {
    case 'stdio':
    case 'local':
      return command === undefined
        ? err('it has no "command"')
        : ok({ kind: 'stdio', command: [command, ...args], env });
    case 'http':
    case 'streamable-http':
    case 'streamableHttp':
      return url === undefined
        ? err('it has neither "command" nor "url"')
        : ok({ kind: 'http', url, headers });
    case 'sse':
      return url === undefined ? err('it has no "url"') : ok({ kind: 'sse', url, headers });
    default:
      return err(`its type "${quoted(entry.type ?? '')}" is none of stdio, http and sse`);
  }
}

/**
 * Fills in what it needs of the host. The error says what is missing, as the end of a sentence.
 * @param project absolute: the folder that `envFile` counts from; what Git ignores is not in a copy
 */
export async function readyServer(
  declared: DeclaredServer,
  variables: Variables,
  project: string,
): Promise<Result<ReadyServer, string>> {
  const { name, file, timeoutMs } = declared;
  const missing: string[] = [];
  const fill = (text: string, by = variables): string => {
    const filled = expand(text, by);
    if (!filled.ok) {
      missing.push(filled.error);
    }
    return filled.ok ? filled.value : '';
  };
  const fillAll = (texts: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, fill(text)]));
  const folder = resolve(variables.workspaceFolder, fill(declared.cwd ?? ''));
  const envFile = fill(declared.envFile ?? '', { ...variables, workspaceFolder: project });
  const server = filled(declared.server, fill, fillAll);
  if (missing[0] !== undefined) {
    return err(missing[0]);
  }
  if (server.kind !== 'stdio') {
    const wrong = wrongUrl(server.url);
    return wrong === undefined
      ? ok({ name, file, timeoutMs, folder, server, secrets: secretHeaders(server.headers) })
      : err(wrong);
  }
  const more = envFile === '' ? ok({}) : await variablesOf(resolve(project, envFile));
  if (!more.ok) {
    return more;
  }
  const env = { ...more.value, ...server.env };
  return ok({
    name,
    file,
    timeoutMs,
    folder,
    server: { ...server, env },
    secrets: secretValues(env),
  });
}

function filled(
  server: McpServer,
  fill: (text: string) => string,
  fillAll: (texts: Readonly<Record<string, string>>) => Record<string, string>,
): McpServer {
  if (server.kind !== 'stdio') {
    return { ...server, url: fill(server.url), headers: fillAll(server.headers) };
  }
  const [command, ...args] = server.command;
  return {
    ...server,
    command: [fill(command), ...args.map((each) => fill(each))],
    env: fillAll(server.env),
  };
}

function wrongUrl(url: string): string | undefined {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  return parsed?.protocol === 'http:' || parsed?.protocol === 'https:'
    ? undefined
    : 'its "url" is no address that begins with http:// or https://';
}

async function variablesOf(file: string): Promise<Result<Record<string, string>, string>> {
  try {
    return ok({ ...parseEnv(await readFile(file, 'utf8')) } as Record<string, string>);
  } catch (error) {
    return err(`its "envFile" cannot be read: ${quoted(thrownMessage(error))}`);
  }
}

const SECRET_NAME = /key|token|secret|passw|credential|auth|cookie/i;

/** True for the name of a variable that holds a key, a token or the like. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}

/** What is shorter is found in many texts by chance. */
const SECRET_LENGTH = 6;

function secretValues(env: Readonly<Record<string, string>>): string[] {
  return Object.entries(env).flatMap(([name, value]) =>
    isSecretName(name) && value.length >= SECRET_LENGTH ? [value] : [],
  );
}

/** Also without the scheme: `Bearer abc` is secret for its second word. */
function secretHeaders(headers: Readonly<Record<string, string>>): string[] {
  return Object.values(headers).flatMap((value) =>
    [value, value.slice(value.indexOf(' ') + 1)].filter((part) => part.length >= SECRET_LENGTH),
  );
}

function withoutNull(entries: Readonly<Record<string, string | null>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(entries).filter((entry): entry is [string, string] => entry[1] !== null),
  );
}
