import type { Clock } from '../base/clock.ts';
import { digestOfJson, type Digest } from '../base/digest.ts';
import { redactor } from '../base/redact.ts';
import type { Agent } from '../domain/agent.ts';
import type { AgentName } from '../domain/ids.ts';
import type { SharedAnswers } from '../domain/sharing.ts';
import type { Tool, Toolbox, ToolboxRequest, ToolPort } from '../domain/tool.ts';
import { fetchTool } from './fetchTool.ts';
import { realOf } from './files/copyPaths.ts';
import { editTool } from './files/editTool.ts';
import { FileTurns } from './files/fileTurns.ts';
import { findAgain, type AskedRead } from './files/findAgain.ts';
import { listTool } from './files/listTool.ts';
import { readTool } from './files/readTool.ts';
import { searchTool } from './files/searchTool.ts';
import { writeTool } from './files/writeTool.ts';
import { askAlone, sharedLookUp } from './lookups.ts';
import { OWN_TOOLS, type OwnTool } from './names/toolNames.ts';
import { toolsMeant, type ToolsMeant } from './names/toolsMeant.ts';
import { OpenCalls } from './openCalls.ts';
import type { HostedTool, HostedTools, McpTools, RunProgram, ToolPlace } from './parts.ts';
import { shellTool } from './shellTool.ts';
import * as problems from './toolProblems.ts';
import { askedAgentsDigest, specOf } from './toolSetDigest.ts';
import type { Web } from './webRequest.ts';

export interface ToolsOptions {
  readonly runProgram: RunProgram;
  /** ripgrep, absolute; `undefined`: there is none, and a slower search of our own takes its place. Asked once. */
  readonly findRipgrep: () => Promise<string | undefined>;
  readonly mcp?: McpTools | undefined;
  readonly hosted?: HostedTools | undefined;
  /** @default no host is named */
  readonly web?: Partial<Web> | undefined;
  /** Answers of the world outside that all agents share. @default each agent asks for itself */
  readonly shared?: SharedAnswers | undefined;
  /** Hides secrets in what is kept. @default what looks like one */
  readonly redact?: ((text: string) => string) | undefined;
  readonly clock: Clock;
}

/** Where tools would work that are only described. */
const NOWHERE: Omit<ToolPlace, 'clock'> = {
  root: '',
  scratch: '',
  marker: '',
  env: {},
  whyNotWrite: () => undefined,
  named: [],
  lookUp: askAlone,
};

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
  readonly #described = new Map<OwnTool, Digest>();
  #ripgrep: Promise<string | undefined> | undefined;

  constructor(options: ToolsOptions) {
    this.#options = options;
  }

  async open(request: ToolboxRequest, signal: AbortSignal): Promise<Toolbox> {
    signal.throwIfAborted();
    const { mcp, hosted, shared, redact = redactor(() => []), clock } = this.#options;
    const meant = toolsMeant(request.agent.tools);
    const root = await realOf(request.folder);
    const { scratch, marker, env, whyNotWrite, named, shares, agent } = request;
    const lookUp =
      shares && shared !== undefined ? sharedLookUp(shared, clock, agent.name, redact) : askAlone;
    const place: ToolPlace = { root, scratch, marker, env, whyNotWrite, named, clock, lookUp };
    const own = OWN_TOOLS.filter((name) => meant.own.has(name)).map((name) =>
      this.#make(name, place, meant),
    );
    const servers = await mcp?.open(agent, request, lookUp, signal);
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
      isPartial: servers?.hasFailed === true,
      close: async () => {
        await calls.close();
        await servers?.close();
      },
    };
  }

  /**
   * Of all that decides which tools the agent has and what they do, told without starting a server. Files that declare
   * servers are read anew.
   * @param agents those of the run's plan, which it may ask as tools
   */
  async digestFor(agent: Agent, agents: Readonly<Record<AgentName, Agent>> = {}): Promise<Digest> {
    const { mcp, hosted, web } = this.#options;
    const asked = askedAgentsDigest(agent, agents);
    const tools = agent.tools?.filter((name) => !asked.names.has(name));
    const meant = toolsMeant(tools);
    return digestOfJson({
      own: OWN_TOOLS.filter((name) => meant.own.has(name)).map((name) => this.#describe(name)),
      shellPrefixes: meant.shellPrefixes,
      namedHosts: meant.own.has('fetch') ? [...(web?.namedHosts ?? [])].sort() : [],
      servers: await mcp?.digestFor(tools === undefined ? agent : { ...agent, tools }),
      hosted: hostedTools(hosted?.list() ?? [], meant).tools.map(specOf),
      asked: asked.digest,
    });
  }

  /**
   * What `found` of a look would be in another folder, as `findAgain` says.
   * @param folder absolute @throws the signal's reason
   */
  findAgain(read: AskedRead, folder: string, signal: AbortSignal): Promise<Digest | undefined> {
    const { clock } = this.#options;
    const ripgrep = () => this.#findRipgrep();
    return findAgain(read, folder, { ripgrep, clock, marker: 'cache', signal });
  }

  #describe(name: OwnTool): Digest {
    let digest = this.#described.get(name);
    if (digest === undefined) {
      const place = { ...NOWHERE, clock: this.#options.clock };
      digest = digestOfJson(specOf(this.#make(name, place, toolsMeant([name]))));
      this.#described.set(name, digest);
    }
    return digest;
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
