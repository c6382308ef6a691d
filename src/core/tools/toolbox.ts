import fs from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { Tool, Toolbox, ToolboxRequest, ToolPort } from '../domain/tool.ts';
import { fetchTool } from './fetchTool.ts';
import { editTool } from './files/editTool.ts';
import { FileTurns } from './files/fileTurns.ts';
import { listTool } from './files/listTool.ts';
import { readTool } from './files/readTool.ts';
import { searchTool } from './files/searchTool.ts';
import { writeTool } from './files/writeTool.ts';
import { OWN_TOOLS, type OwnTool } from './names/toolNames.ts';
import { toolsMeant, type ToolsMeant } from './names/toolsMeant.ts';
import { OpenCalls } from './openCalls.ts';
import type { HostedTool, HostedTools, McpTools, RunProgram, ToolPlace } from './parts.ts';
import { shellTool } from './shellTool.ts';
import * as problems from './toolProblems.ts';
import type { Web } from './webRequest.ts';

export interface ToolsOptions {
  readonly runProgram: RunProgram;
  /** ripgrep, absolute; `undefined`: there is none, and a slower search of our own takes its place. Asked once. */
  readonly findRipgrep: () => Promise<string | undefined>;
  readonly mcp?: McpTools | undefined;
  readonly hosted?: HostedTools | undefined;
  /** @default no host is named */
  readonly web?: Partial<Web> | undefined;
  readonly clock: Clock;
}

/**
 * The tools agents have: Sluice's own, those of MCP servers and the host's. Agents that are tools are added by who
 * runs agents.
 *
 * T1. The tools of a box end with it: a call under way is stopped, and `close` waits for what it started.
 * T2. Calls of one box, and of boxes of one copy, may be made at once; changes of one file are made in turns.
 */
export class Tools implements ToolPort {
  readonly #options: ToolsOptions;
  readonly #turns = new FileTurns();
  #ripgrep: Promise<string | undefined> | undefined;

  constructor(options: ToolsOptions) {
    this.#options = options;
  }

  async open(request: ToolboxRequest, signal: AbortSignal): Promise<Toolbox> {
    signal.throwIfAborted();
    const { mcp, hosted, clock } = this.#options;
    const meant = toolsMeant(request.agent.tools);
    const root = await realOf(request.folder);
    const { scratch, marker, env, whyNotWrite } = request;
    const place: ToolPlace = { root, scratch, marker, env, whyNotWrite, clock };
    const own = OWN_TOOLS.filter((name) => meant.own.has(name)).map((name) =>
      this.#make(name, place, meant),
    );
    const servers = await mcp?.open(request.agent, request, signal);
    if (signal.aborted) {
      await servers?.close();
      signal.throwIfAborted();
    }
    const ofHost = hostedTools(hosted?.list() ?? [], meant);
    const calls = new OpenCalls(root);
    const served = new Set(servers?.tools.map(({ name }) => name));
    return {
      // Servers may have other tools from one turn to the next.
      get tools() {
        const tools = unlike([...own, ...(servers?.tools ?? []), ...ofHost.tools]);
        return tools.map((tool) => calls.guard(tool));
      },
      problems: [
        ...meant.unknown.map(problems.unknownTool),
        ...meant.unkept.map(problems.patternNotKept),
        // A server's name may look like an extension's.
        ...ofHost.missing
          .filter((name) => !served.has(name.replace(/[^\w-]/g, '_')))
          .map(problems.noHostedTool),
        ...(servers?.problems ?? []),
      ],
      close: async () => {
        await calls.close();
        await servers?.close();
      },
    };
  }

  #make(name: OwnTool, place: ToolPlace, { shellPrefixes }: ToolsMeant): Tool {
    const { runProgram, web, clock } = this.#options;
    switch (name) {
      case 'read':
        return readTool(place);
      case 'list':
        return listTool(place);
      case 'search':
        return searchTool(place, () => this.#findRipgrep());
      case 'edit':
        return editTool(place, this.#turns);
      case 'write':
        return writeTool(place, this.#turns);
      case 'shell':
        return shellTool(place, runProgram, shellPrefixes);
      case 'fetch':
        return fetchTool(place, { namedHosts: new Set(), ...web }, clock);
    }
  }

  #findRipgrep(): Promise<string | undefined> {
    this.#ripgrep ??= this.#options.findRipgrep().catch(() => undefined);
    return this.#ripgrep;
  }
}

/** The copy's folder without links; of one that is not there nothing will be read either. */
async function realOf(folder: string): Promise<string> {
  return fs.realpath(folder).catch(() => path.resolve(folder));
}

function hostedTools(
  there: readonly HostedTool[],
  { hosted, agents }: ToolsMeant,
): { readonly tools: readonly Tool[]; readonly missing: readonly string[] } {
  const goesBy = (tool: HostedTool, name: string) =>
    tool.name === name || tool.alsoKnownAs?.includes(name) === true;
  const named = [...hosted, ...agents];
  return {
    tools: there.filter((tool) => named.includes('*') || named.some((name) => goesBy(tool, name))),
    // A plain word may be an agent's.
    missing: hosted.filter((name) => name !== '*' && !there.some((tool) => goesBy(tool, name))),
  };
}

/** Of tools of one name the first. */
function unlike(tools: readonly Tool[]): readonly Tool[] {
  const names = new Set<string>();
  return tools.filter(({ name }) => {
    const isNew = !names.has(name);
    names.add(name);
    return isNew;
  });
}
