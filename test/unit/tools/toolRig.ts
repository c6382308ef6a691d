import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { rgPath } from '@vscode/ripgrep';
import type { Clock } from '../../../src/core/base/clock.ts';
import { systemClock } from '../../../src/core/base/clock.ts';
import { digestOf } from '../../../src/core/base/digest.ts';
import type { Agent } from '../../../src/core/domain/agent.ts';
import { agentName, runIdOf, stepId, taskIdOf } from '../../../src/core/domain/ids.ts';
import { NO_TERMS } from '../../../src/core/domain/terms.ts';
import type { Toolbox, ToolAnswer, ToolboxRequest } from '../../../src/core/domain/tool.ts';
import type { JsonValue } from '../../../src/core/domain/workflow.ts';
import { CheckRunner } from '../../../src/core/runners/check.ts';
import type { RunProgram } from '../../../src/core/tools/parts.ts';
import { Tools, type ToolsOptions } from '../../../src/core/tools/toolbox.ts';

export const NEVER = new AbortController().signal;
export const ALL = ['read', 'list', 'search', 'edit', 'write', 'shell', 'fetch'] as const;

export interface BoxChanges {
  readonly tools?: readonly string[] | undefined;
  readonly whyNotWrite?: ToolboxRequest['whyNotWrite'];
  readonly options?: Partial<ToolsOptions>;
  /** @default true */
  readonly shares?: boolean;
  /** Of the attempt. @default one for each rig */
  readonly marker?: string;
}

/**
 * The folders of one attempt: `tree` the workspace copy, `scratch`, and beside them what is not a tool's to touch:
 * the user's folder `source`, whose `node_modules` the copy links, and `outside`.
 */
export class ToolRig {
  readonly root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'sluice-tools-')));
  readonly folder = path.join(this.root, 'attempt/tree');
  readonly scratch = path.join(this.root, 'attempt/scratch');
  readonly #boxes: Toolbox[] = [];

  constructor() {
    fs.mkdirSync(this.folder, { recursive: true });
    fs.mkdirSync(this.scratch);
    this.put('source/node_modules/dep/index.js', 'module.exports = "dependency";\n');
    this.put('source/secret.txt', 'SECRET of the checkout\n');
    this.put('outside/secret.txt', 'SECRET outside\n');
    fs.symlinkSync(
      path.join(this.root, 'source/node_modules'),
      path.join(this.folder, 'node_modules'),
      'junction',
    );
  }

  /** A file beside the copy, relative to all. */
  put(file: string, content: string | Uint8Array): void {
    const at = path.join(this.root, file);
    fs.mkdirSync(path.dirname(at), { recursive: true });
    fs.writeFileSync(at, content);
  }

  write(file: string, content: string | Uint8Array): void {
    this.put(`attempt/tree/${file}`, content);
  }

  link(file: string, target: string): void {
    const at = path.join(this.folder, file);
    fs.mkdirSync(path.dirname(at), { recursive: true });
    fs.symlinkSync(target, at);
  }

  text(file: string): string {
    return fs.readFileSync(path.join(this.folder, file), 'utf8');
  }

  exists(file: string): boolean {
    return fs.existsSync(path.join(this.folder, file));
  }

  request({ tools, whyNotWrite, shares = true, marker }: BoxChanges): ToolboxRequest {
    return {
      agent: modelAgent(tools),
      folder: this.folder,
      scratch: this.scratch,
      marker: marker ?? `run:work.1:${path.basename(this.root)}`,
      env: {},
      named: [],
      whyNotWrite: whyNotWrite ?? (() => undefined),
      shares,
    };
  }

  async open(changes: BoxChanges = { tools: ALL }): Promise<OpenBox> {
    const tools = new Tools({
      runProgram: realPrograms(),
      findRipgrep: () => Promise.resolve(rgPath),
      clock: systemClock,
      ...changes.options,
    });
    const box = await tools.open(this.request(changes), NEVER);
    this.#boxes.push(box);
    return new OpenBox(box);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#boxes.map((box) => box.close()));
    fs.rmSync(this.root, { recursive: true, force: true });
  }
}

/** A toolbox as a model uses it. */
export class OpenBox {
  readonly box: Toolbox;

  constructor(box: Toolbox) {
    this.box = box;
  }

  get names(): string[] {
    return this.box.tools.map(({ name }) => name);
  }

  tool(name: string) {
    const tool = this.box.tools.find((one) => one.name === name);
    assert.ok(tool !== undefined, `no tool ${name}`);
    return tool;
  }

  call(name: string, input: JsonValue, signal = NEVER): Promise<ToolAnswer> {
    return this.tool(name).call(input, signal);
  }

  /** What the call gives, which must not be an error. */
  async ok(name: string, input: JsonValue): Promise<string> {
    const { text, isError } = await this.call(name, input);
    assert.equal(isError, false, text);
    return text;
  }

  /** The error the call gives. */
  async error(name: string, input: JsonValue): Promise<string> {
    const { text, isError } = await this.call(name, input);
    assert.equal(isError, true, text);
    return text;
  }
}

/** What stands between the data marks of an answer. */
export function dataIn(text: string): string {
  const found = /<data id="([0-9a-f]{12})" from="[^"]*">\n([^]*)\n<\/data id="\1">/.exec(text);
  assert.ok(found !== null, `no data in: ${text}`);
  return found[2]!;
}

export function modelAgent(tools: readonly string[] | undefined): Agent {
  return {
    name: agentName('worker'),
    description: '',
    criticality: 5,
    version: undefined,
    domains: [],
    tools,
    runner: { kind: 'model', instructions: '', models: [], mcpServers: [] },
    outputSchema: undefined,
    asTool: undefined,
    terms: NO_TERMS,
    format: 'sluice',
    file: '.sluice/agents/worker.md',
    digest: digestOf(''),
  };
}

/** Programs run by the runner of checks, as the composition root does it. */
export function realPrograms(clock: Clock = systemClock): RunProgram {
  let logs = 0;
  return async (command, { folder, scratch, env, marker, timeoutMs }, signal) => {
    const runner = new CheckRunner({ clock, environment: process.env, nonce: () => marker });
    logs += 1;
    const logFile = path.join(scratch, `shell-${logs}.log`);
    fs.mkdirSync(scratch, { recursive: true });
    const request = {
      run: runIdOf('tools', 1),
      task: taskIdOf(stepId('work')),
      attempt: 1,
      command,
      timeoutMs,
      folder,
      scratch,
      env,
      logFile,
      sandbox: undefined,
    };
    const { code, tail } = await runner.run(request, signal);
    const printed = fs.readFileSync(logFile, 'utf8').split('\n').slice(1).join('\n');
    fs.rmSync(logFile);
    return { code, output: code === undefined ? tail : printed };
  };
}
