import { z } from 'zod';
import type { McpServer, McpServerRef } from '../../domain/agent.ts';
import { environment, text } from '../commonSchema.ts';
import type { DocumentReader } from '../source/shape.ts';
import type { SourcePath } from '../source/sourceDocument.ts';
import * as agentProblems from './agentProblems.ts';

// MCP servers in agents' files: names of servers the folder has, or servers written out, as a list of both
// (Claude Code), or as a map by name (VS Code).

/** What a server says: `command` is started, `url` is reached. */
const serverSchema = z.looseObject({
  type: z
    .enum(['stdio', 'local', 'http', 'streamable-http', 'sse'])
    .optional()
    .describe('Left out: "stdio" with a command, "http" with a url.'),
  command: text.optional().describe('The program that is the server.'),
  args: z.array(text).optional().describe('Its arguments.'),
  env: environment.optional().describe('Its environment variables; values may hold ${NAME}.'),
  url: z
    .string()
    .regex(/^(?:https?:\/\/|\$\{)/, { error: 'must begin with http:// or https://' })
    .optional()
    .describe('Where a server that runs already is reached.'),
  headers: z.record(z.string(), text).optional().describe('HTTP headers; values may hold ${NAME}.'),
});

const byName = z.record(z.string(), serverSchema).describe('Servers by name.');

export const mcpServersField = z
  .union([z.array(z.union([z.string().describe('A server the folder has.'), byName])), byName])
  .optional()
  .describe('MCP servers whose tools it may use: by name, or written out.');

/**
 * The servers at the path, of any spelling. What cannot be read is told and left out.
 * @param isForeign another tool owns the file: what is wrong for us may be right for it, and is a warning
 */
export function readMcpServers(
  reader: DocumentReader,
  path: SourcePath,
  isForeign: boolean,
): readonly McpServerRef[] {
  const node = reader.document.nodeAt(path);
  const tell = (at: SourcePath, rule: string) => {
    reader.report(at, agentProblems.badServer(rule, isForeign));
    return [];
  };
  if (node === undefined || (node.kind === 'scalar' && node.value === null)) {
    return [];
  }
  switch (node.kind) {
    case 'scalar':
      return tell(path, 'must be a list of names and servers, or servers by name');
    case 'map':
      return reader.document.keysAt(path).flatMap((name) => named(name, [...path, name]));
    case 'list':
      return node.items.flatMap((item, index) => {
        const at = [...path, index];
        if (item.kind === 'map') {
          return reader.document.keysAt(at).flatMap((name) => named(name, [...at, name]));
        }
        const name = item.kind === 'scalar' ? reader.textAt(at).trim() : '';
        return name === ''
          ? tell(at, 'must be the name of a server, or a server by its name')
          : [name];
      });
  }

  function named(name: string, at: SourcePath): McpServerRef[] {
    const server = reader.document.nodeAt(at);
    if (server?.kind !== 'map') {
      return tell(at, 'must be made of fields: "command", or "url"');
    }
    const found = isForeign ? readLoosely(at) : reader.fields(serverSchema, at, server.value);
    const read = found && serverOf(found, at);
    return read === undefined ? [] : [{ name, server: read }];
  }

  function readLoosely(at: SourcePath): Partial<z.output<typeof serverSchema>> | undefined {
    const server = reader.document.nodeAt(at);
    const parsed = serverSchema.safeParse(server?.kind === 'map' ? server.value : {});
    if (parsed.success) {
      return parsed.data;
    }
    const field = parsed.error.issues[0]?.path[0];
    tell(
      typeof field === 'string' ? [...at, field] : at,
      'is not as Sluice can read it, and the server is left out',
    );
    return undefined;
  }

  function serverOf(
    { type, url, command, args, env, headers }: Partial<z.output<typeof serverSchema>>,
    at: SourcePath,
  ): McpServer | undefined {
    const isReached = type === undefined ? command === undefined : !/^(?:stdio|local)$/.test(type);
    if (isReached) {
      if (url === undefined) {
        tell(at, 'needs "command", or "url"');
        return undefined;
      }
      return {
        kind: type === 'sse' ? 'sse' : 'http',
        url: reader.textAt([...at, 'url']),
        headers: textsAt([...at, 'headers'], headers),
      };
    }
    if (command === undefined || reader.textAt([...at, 'command']).trim() === '') {
      tell(at, 'needs "command": the program that is the server');
      return undefined;
    }
    return {
      kind: 'stdio',
      command: [
        reader.textAt([...at, 'command']),
        ...(args ?? []).map((_, index) => reader.textAt([...at, 'args', index])),
      ],
      env: textsAt([...at, 'env'], env),
    };
  }

  function textsAt(at: SourcePath, value: unknown): Readonly<Record<string, string>> {
    const names = value === undefined ? [] : reader.document.keysAt(at);
    return Object.fromEntries(names.map((name) => [name, reader.textAt([...at, name])]));
  }
}
