import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatBytes, thrownMessage } from '../../base/text.ts';
import type { JsonValue } from '../../domain/workflow.ts';
import { parseJsonWithComments } from './jsonWithComments.ts';
import { fileMisshapen, fileMistaken, fileNotRead } from './problems.ts';

/** Where a folder declares its MCP servers, in the order in which they go before each other. */
export const MCP_FILES = ['.mcp.json', '.vscode/mcp.json'] as const;
/** The same for all folders of a user, in their home folder. */
const MCP_FILE_OF_USER = '.copilot/mcp-config.json';
const MAX_BYTES = 1024 * 1024;

/** A server as it stands in a file. */
export interface WrittenServer {
  /** For people. */
  readonly file: string;
  readonly settings: JsonValue;
}

export interface McpConfiguration {
  /** By name. */
  readonly servers: ReadonlyMap<string, WrittenServer>;
  /** Files that cannot be read: a sentence each. */
  readonly problems: readonly string[];
}

/**
 * Reads what a folder and its user declare. Only for a folder that is trusted: what stands there is run.
 * @param folder absolute
 * @param home absolute; `undefined`: the user's own are not looked for
 */
export async function readMcpConfiguration(
  folder: string,
  home: string | undefined,
): Promise<McpConfiguration> {
  const files: readonly (readonly [string, string])[] = [
    ...MCP_FILES.map((file) => [file, join(folder, file)] as const),
    ...(home === undefined
      ? []
      : [[`~/${MCP_FILE_OF_USER}`, join(home, MCP_FILE_OF_USER)] as const]),
  ];
  const servers = new Map<string, WrittenServer>();
  const problems: string[] = [];
  for (const [shown, file] of files) {
    const text = await textOf(file);
    if (text === undefined) {
      continue;
    }
    const read = typeof text === 'string' ? serversIn(shown, text) : fileNotRead(shown, text.why);
    if (typeof read === 'string') {
      problems.push(read);
      continue;
    }
    for (const [name, settings] of Object.entries(read)) {
      if (!servers.has(name)) {
        servers.set(name, { file: shown, settings });
      }
    }
  }
  return { servers, problems };
}

/** The servers of a file by their names, or what is wrong with it. */
export function serversIn(
  file: string,
  text: string,
): Readonly<Record<string, JsonValue>> | string {
  const parsed = parseJsonWithComments(text);
  if (!parsed.ok) {
    const { line, column, message } = parsed.error;
    return fileMistaken(file, line, column, message);
  }
  const root = parsed.value;
  if (!isObject(root)) {
    return fileMistaken(file, 1, 1, 'an object was expected');
  }
  const key = 'mcpServers' in root ? 'mcpServers' : 'servers';
  const servers = root[key];
  if (servers === undefined) {
    return {};
  }
  return isObject(servers) ? servers : fileMisshapen(file, key);
}

/** `undefined`: there is no such file. */
async function textOf(file: string): Promise<string | { readonly why: string } | undefined> {
  try {
    const bytes = await readFile(file);
    return bytes.length > MAX_BYTES
      ? { why: `it is larger than ${formatBytes(MAX_BYTES)}` }
      : bytes.toString('utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR' ? undefined : { why: thrownMessage(error) };
  }
}

function isObject(value: JsonValue): value is Readonly<Record<string, JsonValue>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
