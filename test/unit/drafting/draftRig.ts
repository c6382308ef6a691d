import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { nodeDisk, type Disk } from '../../../src/core/base/disk.ts';
import type { Result } from '../../../src/core/base/result.ts';
import { FolderDrafts } from '../../../src/core/drafts.ts';
import type {
  DraftProblem,
  KeptPlan,
  PlanWish,
  SettleOptions,
} from '../../../src/core/draftsApi.ts';
import type { RunId } from '../../../src/core/domain/ids.ts';
import type { Ports } from '../../../src/core/ports.ts';
import type { Sluice } from '../../../src/core/sluice.ts';
import { LoopbackProvider, type Reply } from '../../support/loopbackProvider.ts';
import { TempProject } from '../../support/project.ts';
import { TestHost } from '../models/modelRig.ts';

const KEY = 'sk-ant-api03-0123456789abcdef0123456789';

export interface Todo {
  readonly id: string;
  readonly [field: string]: unknown;
}

/** A todo that nothing is wrong with. */
export function todo(id: string, over: Readonly<Record<string, unknown>> = {}): Todo {
  return {
    id,
    title: `Do ${id}`,
    description: `All there is to know of ${id}.`,
    agent_role: 'coder',
    acceptance_criteria: { tests: [{ cmd: 'node --version', timeout_seconds: 30 }] },
    ...over,
  };
}

/** A list as a planner answers it. */
export function list(todos: readonly Todo[], head: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({ name: 'add-login', title: 'Add a login', ...head, todos });
}

export function says(text: string): Reply {
  return { answer: { text } };
}

/** A folder with a planner, which is a model on this machine's own socket, and a coder. */
export class DraftRig {
  readonly project: TempProject;
  readonly provider: LoopbackProvider;
  sluice!: Sluice;
  drafts!: FolderDrafts;

  static async open(kind: 'git' | 'plain' = 'git'): Promise<DraftRig> {
    const rig = new DraftRig(new TempProject(kind), await LoopbackProvider.start());
    rig.agent('planner', 'Plans.');
    rig.agent('coder', 'Writes code.');
    await rig.reopen();
    return rig;
  }

  private constructor(project: TempProject, provider: LoopbackProvider) {
    this.project = project;
    this.provider = provider;
  }

  agent(name: string, description: string): void {
    const head = [`name: ${name}`, `description: ${description}`, 'model: anthropic/claude-test'];
    this.project.write(
      `.sluice/agents/${name}.md`,
      `---\n${[...head, 'tools: []'].join('\n')}\n---\n\nBe brief.\n`,
    );
  }

  /** As another program: what the first one knew is not known. */
  async reopen(ports: Partial<Ports> = {}, disk: Disk = nodeDisk): Promise<void> {
    const host = new TestHost();
    host.keys.set('anthropic', KEY);
    host.set({ baseURLs: { anthropic: this.provider.baseURL('anthropic') } });
    const models = host.models();
    this.sluice = await this.project.open(this.project.folder, {
      models: () => Promise.resolve(models),
      ...ports,
    });
    const { environment } = this.project;
    this.drafts = new FolderDrafts(this.sluice, { disk, environment });
  }

  /** Starts the run that drafts. */
  async begin(wish: PlanWish): Promise<RunId> {
    const prepared = await this.drafts.prepare(wish);
    assert.ok(prepared.ok, prepared.ok ? '' : prepared.error.message);
    const started = await this.sluice.start({
      ...prepared.value,
      approveGate: () => false,
      leaveAtGates: true,
    });
    assert.ok(started.ok, started.ok ? '' : started.error.message);
    return started.value.run;
  }

  async plan(
    wish: Partial<PlanWish> = {},
    options?: SettleOptions,
  ): Promise<Result<KeptPlan, DraftProblem>> {
    const run = await this.begin({ request: 'Add a login page.', ...wish });
    return await this.drafts.settle(run, options);
  }

  read(file: string): string {
    return fs.readFileSync(path.resolve(this.project.folder, file), 'utf8');
  }

  plans(): string[] {
    const folder = path.join(this.project.folder, '.sluice/todos');
    return fs.existsSync(folder) ? fs.readdirSync(folder).sort() : [];
  }

  async dispose(): Promise<void> {
    await this.project.dispose();
    await this.provider.close();
  }
}

export function kept(result: Result<KeptPlan, DraftProblem>): KeptPlan {
  assert.ok(result.ok, result.ok ? '' : `${result.error.kind}: ${result.error.message}`);
  return result.value;
}

export function problem(result: Result<unknown, DraftProblem>): DraftProblem {
  assert.ok(!result.ok, 'there is a plan');
  return result.error;
}
