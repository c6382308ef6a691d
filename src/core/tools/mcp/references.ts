import type { McpToolName } from '../names/toolsMeant.ts';

// Which tools of which servers an agent's words mean. VS Code's words have the server's own name; Claude's have other
// characters than letters, digits, `_` and `-` written as `_`, and do not tell where a server's name ends.

/** A server that there is, and tools of it. */
export interface ToolReference {
  readonly server: string;
  /** May hold `*` for any characters. */
  readonly tool: string;
}

/** @param servers names of the servers there are */
export function referencesOf(
  { server, tool }: McpToolName,
  servers: readonly string[],
): readonly ToolReference[] {
  if (server === '*') {
    return servers.map((each) => ({ server: each, tool }));
  }
  if (servers.includes(server)) {
    return [{ server, tool }];
  }
  const written = tool === '*' ? server : `${server}__${tool}`;
  // The longest name first: one server's name may begin with another's.
  for (const each of servers.toSorted((a, b) => b.length - a.length)) {
    const name = claudeName(each);
    if (written === name || written.startsWith(`${name}__`)) {
      return [{ server: each, tool: written.slice(name.length + 2) || '*' }];
    }
  }
  return [];
}

export function namesTool({ tool }: ToolReference, name: string): boolean {
  if (!tool.includes('*')) {
    return tool === name || tool === claudeName(name);
  }
  const parts = tool.split('*');
  let rest = name;
  for (const [index, part] of parts.entries()) {
    const at = index === 0 ? (rest.startsWith(part) ? 0 : -1) : rest.indexOf(part);
    if (at < 0) {
      return false;
    }
    if (index === parts.length - 1) {
      return part === '' || rest.endsWith(part);
    }
    rest = rest.slice(at + part.length);
  }
  return rest === '';
}

/** A name with only letters, digits, `_` and `-`. */
export function claudeName(name: string): string {
  return name.replace(/[^A-Za-z0-9_-]/g, '_');
}
