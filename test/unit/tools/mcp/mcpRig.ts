import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock, type Clock } from '../../../../src/core/base/clock.ts';
import type { Digest } from '../../../../src/core/base/digest.ts';
import type { Agent, McpServerRef } from '../../../../src/core/domain/agent.ts';
import { agentName } from '../../../../src/core/domain/ids.ts';
import type { StartProgram } from '../../../../src/core/domain/runner.ts';
import { NO_TERMS } from '../../../../src/core/domain/terms.ts';
import type { Tool, ToolAnswer, ToolboxRequest } from '../../../../src/core/domain/tool.ts';
import type { JsonValue } from '../../../../src/core/domain/workflow.ts';
import { talkingPrograms } from '../../../../src/core/runners/talkingProgram.ts';
import { askAlone, type LookUp } from '../../../../src/core/tools/lookups.ts';
import { mcpTools } from '../../../../src/core/tools/mcp/servers.ts';
import type { McpTools, OpenMcpTools } from '../../../../src/core/tools/parts.ts';
import { survivors } from '../../runners/commandRig.ts';

const MODULES = path.resolve('node_modules/@modelcontextprotocol');
const FIXTURE = path.join(import.meta.dirname, '..', '..', '..', 'fixtures', 'mcp', 'server.mjs');

export const EVERYTHING = path.join(MODULES, 'server-everything', 'dist', 'index.js');
export const FILESYSTEM = path.join(MODULES, 'server-filesystem', 'dist', 'index.js');

/** A server of test/fixtures/mcp, as a file declares it. */
export function odd(how: string, ...args: string[]) {
  return { command: process.execPath, args: [FIXTURE, how, ...args] };
}

export function node(file: string, ...args: string[]) {
  return { command: process.execPath, args: [file, ...args] };
}

/** A folder with servers, an agent's copy of it, and what was opened there. */
export class McpRig implements AsyncDisposable {
  readonly root = realpathSync(mkdtempSync(path.join(tmpdir(), 'sluice-mcp-')));
  readonly folder = path.join(this.root, 'folder');
  readonly home = path.join(this.root, 'home');
  readonly copy = path.join(this.root, 'copy');
  readonly #opened: OpenMcpTools[] = [];
  readonly #hasPrinted = promised();

  constructor(servers: Readonly<Record<string, unknown>> = {}) {
    for (const folder of [this.folder, this.home, this.copy]) {
      mkdirSync(folder);
    }
    this.write('.mcp.json', JSON.stringify({ mcpServers: servers }));
  }

  /** @param file relative to the root's `folder` */
  write(file: string, text: string): void {
    const place = path.resolve(this.folder, file);
    mkdirSync(path.dirname(place), { recursive: true });
    writeFileSync(place, text);
  }

  async open(
    wanted: { readonly tools?: readonly string[]; readonly mcpServers?: readonly McpServerRef[] },
    changes: Changes = {},
  ): Promise<OpenMcpTools> {
    const { env = {}, lookUp = askAlone, signal } = changes;
    const request: ToolboxRequest = {
      agent: modelAgent(wanted),
      folder: this.copy,
      scratch: path.join(this.root, 'scratch'),
      marker: 'mcp-1:work.1',
      env,
      named: [],
      whyNotWrite: () => undefined,
      shares: true,
    };
    const opened = await this.tools(changes).open(
      request.agent,
      request,
      lookUp,
      signal ?? new AbortController().signal,
    );
    this.#opened.push(opened);
    return opened;
  }

  tools({ clock = systemClock, environment = {} }: Changes = {}): McpTools {
    const starting = talkingPrograms({
      clock: systemClock,
      environment: process.env,
      nonce: () => path.basename(this.root),
    });
    const start: StartProgram = async (...launch) => {
      const program = await starting(...launch);
      if (program.ok) {
        program.value.output.once('data', () => this.#hasPrinted.resolve());
      }
      return program;
    };
    const { folder, home } = this;
    return mcpTools({ start, clock, version: '1.0.0', folder, home, environment });
  }

  /** Resolves once one of its programs has printed something. */
  printed(): Promise<void> {
    return this.#hasPrinted.promise;
  }

  /** Numbers of the processes of its attempt that live. */
  living(): number[] {
    return survivors(path.basename(this.root));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#opened.map((each) => each.close()));
    const left = this.living();
    left.forEach((pid) => process.kill(pid, 'SIGKILL'));
    rmSync(this.root, { recursive: true, force: true, maxRetries: 5 });
    assert.deepEqual(left, [], 'processes were left');
  }
}

function promised() {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((fulfil) => (resolve = fulfil));
  return { promise, resolve };
}

interface Changes {
  readonly clock?: Clock;
  readonly env?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly lookUp?: LookUp;
  readonly signal?: AbortSignal;
}

export function modelAgent(wanted: {
  readonly tools?: readonly string[];
  readonly mcpServers?: readonly McpServerRef[];
}): Agent {
  return {
    name: agentName('helper'),
    description: '',
    criticality: 5,
    version: undefined,
    domains: [],
    tools: wanted.tools,
    runner: { kind: 'model', instructions: '', models: [], mcpServers: wanted.mcpServers ?? [] },
    outputSchema: undefined,
    asTool: undefined,
    terms: NO_TERMS,
    format: 'claude',
    file: '.claude/agents/helper.md',
    digest: '0'.repeat(64) as Digest,
  };
}

export function toolOf({ tools }: OpenMcpTools, name: string): Tool {
  const found = tools.find((tool) => tool.name === name);
  assert.ok(found, `there is no ${name} among ${tools.map((tool) => tool.name).join(', ')}`);
  return found;
}

export async function use(
  opened: OpenMcpTools,
  name: string,
  input: JsonValue = {},
  signal = new AbortController().signal,
): Promise<ToolAnswer> {
  return await toolOf(opened, name).call(input, signal);
}

export function namesOf({ tools }: OpenMcpTools): string[] {
  return tools.map((tool) => tool.name);
}
