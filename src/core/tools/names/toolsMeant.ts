import {
  meaningInSet,
  OWN_TOOLS,
  plainMeaning,
  USUAL_TOOLS,
  type NameMeaning,
  type OwnTool,
} from './toolNames.ts';

/** What the names of an agent's tools come to. Each name is in it once. */
export interface ToolsMeant {
  readonly own: ReadonlySet<OwnTool>;
  /** The shell runs only commands that begin with one of these; `undefined`: any. */
  readonly shellPrefixes: readonly string[] | undefined;
  readonly mcp: readonly McpToolName[];
  /** Tools of the host by their whole names, `publisher.extension/tool`; `*`: all. */
  readonly hosted: readonly string[];
  /** Plain words nobody here knows: what an agent is called as a tool, or the host's name for one of its. */
  readonly agents: readonly string[];
  /** It may ask every agent that is a tool. */
  readonly anyAgent: boolean;
  /** Nobody can have a tool of that name. */
  readonly unknown: readonly string[];
  /** Known, but there is nothing like it here: harmless. */
  readonly noted: readonly string[];
  /** With a pattern that is not kept to: `Edit(docs/**)`. */
  readonly unkept: readonly string[];
}

/** `*`: all tools of the server; as `server` too: of every server. */
export interface McpToolName {
  readonly server: string;
  readonly tool: string;
}

/** UTF-16 units: with a pattern, long ones are still names. */
const LONGEST_NAME = 1000;

interface Draft {
  readonly own: Set<OwnTool>;
  readonly prefixes: Set<string>;
  anyCommand: boolean;
  readonly mcp: Map<string, McpToolName>;
  readonly hosted: Set<string>;
  readonly agents: Set<string>;
  anyAgent: boolean;
  readonly unknown: Set<string>;
  readonly noted: Set<string>;
  readonly unkept: Set<string>;
}

/** @param names as the agent's file writes them; `undefined`: it names none, and gets the usual ones */
export function toolsMeant(names: readonly string[] | undefined): ToolsMeant {
  const draft: Draft = {
    own: new Set(names === undefined ? USUAL_TOOLS : []),
    prefixes: new Set(),
    anyCommand: false,
    mcp: new Map(),
    hosted: new Set(),
    agents: new Set(),
    anyAgent: false,
    unknown: new Set(),
    noted: new Set(),
    unkept: new Set(),
  };
  for (const name of names ?? []) {
    const bare = name.trim().replace(/^#(?:tool:)?/, '');
    if (bare.length > LONGEST_NAME) {
      draft.unknown.add(bare);
    } else if (bare !== '') {
      readName(bare, draft);
    }
  }
  const isLimited = draft.prefixes.size > 0 && !draft.anyCommand;
  return {
    own: draft.own,
    shellPrefixes: isLimited ? [...draft.prefixes] : undefined,
    mcp: [...draft.mcp.values()],
    hosted: [...draft.hosted],
    agents: [...draft.agents],
    anyAgent: draft.anyAgent,
    unknown: [...draft.unknown],
    noted: [...draft.noted],
    unkept: [...draft.unkept],
  };
}

function readName(name: string, draft: Draft): void {
  if (name === '*') {
    OWN_TOOLS.forEach((tool) => draft.own.add(tool));
    draft.anyCommand = true;
    draft.hosted.add('*');
    addMcp('*', '*', draft);
    draft.anyAgent = true;
    return;
  }
  const pattern = /^([\w-]+)\s*\(([^]*)\)$/.exec(name);
  if (pattern !== null) {
    readPattern(name, pattern[1] ?? '', pattern[2] ?? '', draft);
    return;
  }
  const ofMcp = /^mcp__(.+?)(?:__(.+))?$/.exec(name);
  if (ofMcp !== null) {
    addMcp(ofMcp[1] ?? '', ofMcp[2] ?? '*', draft);
    return;
  }
  const slash = name.lastIndexOf('/');
  if (slash === -1) {
    readPlain(name, draft);
  } else {
    readPath(name, name.slice(0, slash), name.slice(slash + 1), draft);
  }
}

function readPlain(name: string, draft: Draft): void {
  const meaning = plainMeaning(name);
  if (meaning !== undefined) {
    addMeaning(name, meaning, draft);
  } else if (/^[\w.-]{1,64}$/.test(name)) {
    draft.agents.add(name);
  } else {
    draft.unknown.add(name);
  }
}

/** `set/tool` of VS Code, `publisher.extension/tool`, else `server/tool` of an MCP server, whose name may hold slashes. */
function readPath(name: string, first: string, tool: string, draft: Draft): void {
  const meaning = meaningInSet(first, tool);
  if (first.trim() === '' || tool.trim() === '' || meaning === undefined) {
    draft.unknown.add(name);
  } else if (meaning !== 'no set') {
    addMeaning(name, meaning, draft);
  } else if (/^[\w-]+\.[\w.-]+$/.test(first)) {
    draft.hosted.add(name);
  } else {
    addMcp(first, tool, draft);
  }
}

/** `Bash(git:*)`, `Task(reviewer, tester)`, `Edit(docs/**)`. */
function readPattern(name: string, tool: string, pattern: string, draft: Draft): void {
  const meaning = plainMeaning(tool);
  const isAll = /^(?:\*|\*\*|:\*|)$/.test(pattern.trim());
  if (meaning === undefined) {
    draft.unknown.add(name);
  } else if (isAll) {
    addMeaning(tool, meaning, draft);
  } else if (meaning === 'agents') {
    const agents = pattern.split(',').map((agent) => agent.trim());
    agents.filter(Boolean).forEach((agent) => draft.agents.add(agent));
  } else if (typeof meaning === 'object' && meaning.includes('shell')) {
    draft.own.add('shell');
    draft.prefixes.add(
      pattern
        .trim()
        .replace(/(?::\*|\s*\*)$/, '')
        .trim(),
    );
  } else {
    addMeaning(tool, meaning, draft);
    if (meaning !== 'nothing') {
      draft.unkept.add(name);
    }
  }
}

function addMeaning(name: string, meaning: NameMeaning, draft: Draft): void {
  switch (meaning) {
    case 'agents':
      draft.anyAgent = true;
      return;
    case 'mcp':
      addMcp('*', '*', draft);
      return;
    case 'nothing':
      draft.noted.add(name);
      return;
    default:
      meaning.forEach((tool) => draft.own.add(tool));
      draft.anyCommand ||= meaning.includes('shell');
  }
}

function addMcp(server: string, tool: string, draft: Draft): void {
  draft.mcp.set(`${server}/${tool}`, { server, tool });
}
