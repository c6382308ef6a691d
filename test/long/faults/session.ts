import fs from 'node:fs';
import path from 'node:path';
import { Landing } from '../../../src/core/artifacts/landing.ts';
import type { Digest } from '../../../src/core/base/digest.ts';
import { productProblems } from '../../../src/core/artifacts/productSchema.ts';
import type { EventBody, RunEvent } from '../../../src/core/domain/event.ts';
import type { RunId, TaskId } from '../../../src/core/domain/ids.ts';
import type { RequestOutcome, RunRequest } from '../../../src/core/domain/request.ts';
import type { RunState } from '../../../src/core/domain/runState.ts';
import type { RunPlan } from '../../../src/core/domain/workflow.ts';
import { RunDriver, type DriveEnd } from '../../../src/core/engine/driver.ts';
import type { DriverParts, LandingPort } from '../../../src/core/engine/parts.ts';
import { gitProgram } from '../../../src/core/git/gitProgram.ts';
import { openRepository } from '../../../src/core/git/repository.ts';
import { claimRun, type Claim } from '../../../src/core/journal/claim.ts';
import { RunFold } from '../../../src/core/journal/fold.ts';
import { graphOf } from '../../../src/core/journal/planGraph.ts';
import { RunStore } from '../../../src/core/journal/runStore.ts';
import { JournalWriter } from '../../../src/core/journal/writer.ts';
import { gitEnvironment } from '../../support/tempRepository.ts';
import type { PowerDisk } from './powerDisk.ts';
import { mend } from '../../../src/core/debugging/mend.ts';
import { HeldCache } from '../../support/heldCache.ts';
import type { Told, World } from './world.ts';

const ADA = { name: 'ada', via: 'terminal' } as const;

/**
 * One program that goes on with the run it finds, or starts one, as `Driving` fits it together: claim, journal,
 * blobs, landings and driver are the real ones, on the disk it is given. It answers what the run asks.
 */
export class Session {
  readonly told: Told = { staged: [], committed: [], flushed: 0, shown: 0, answered: new Set() };
  readonly #world: World;
  readonly #plan: RunPlan;
  readonly #power: PowerDisk;
  readonly #store: RunStore;
  #driver: RunDriver | undefined;
  #fold: RunFold | undefined;
  readonly #asked = new Set<string>();

  constructor(world: World, plan: RunPlan, power: PowerDisk) {
    this.#world = world;
    this.#plan = plan;
    this.#power = power;
    this.#store = new RunStore({ disk: power.disk, clock: world.clock, root: world.store });
  }

  get store(): RunStore {
    return this.#store;
  }

  /** Of the run at the end. */
  get state(): RunState | undefined {
    return this.#fold?.state;
  }

  /** Goes on with this run, or starts one. Rejects with what keeps it from being driven. */
  async drive(run: RunId | undefined): Promise<DriveEnd> {
    if (run !== undefined) {
      return await this.#drive(run, undefined);
    }
    const { digest } = await this.#store.blobs.put(Buffer.from(JSON.stringify(this.#plan)));
    return await this.#drive(this.#store.create(this.#plan.workflow.name), digest);
  }

  /** @param plan of a run that is new */
  async #drive(run: RunId, plan: Digest | undefined): Promise<DriveEnd> {
    const { clock } = this.#world;
    const { disk } = this.#power;
    const folder = this.#store.folder(run);
    const claimed = claimRun(disk, folder);
    if (!claimed.ok) {
      throw new Error(`the run is held by ${claimed.error.pid}`);
    }
    const claim = claimed.value;
    const opened = await JournalWriter.open({ disk, clock, folder, run, claim }).catch(
      (error: unknown) => {
        release(claim);
        throw error;
      },
    );
    if (!opened.ok) {
      throw new Error(`the journal is refused: ${JSON.stringify(opened.error)}`);
    }
    const { writer, events } = opened.value;
    const landing = await this.#landing();
    try {
      const graph = graphOf(this.#plan);
      const before = plan === undefined ? events : this.#append(writer, this.#created(plan));
      const [created, ...rest] = before;
      const fold = new RunFold(this.#plan, graph, created!);
      this.#fold = fold;
      rest.forEach((event) => fold.apply(event));
      const claiming = { type: 'run-claimed', by: ADA, pid: process.pid } as const;
      this.#append(writer, claiming).forEach((event) => fold.apply(event));
      const rules = {
        graph,
        isRival: () => false,
        maxParallel: this.#plan.maxParallel,
        canLand: landing !== undefined,
        stopAtFailure: false,
      };
      const options = { by: ADA, approveGate: () => false, leaveAtGates: false };
      const parts = this.#parts(writer, landing);
      this.#driver = new RunDriver(rules, fold, parts, options);
      const end = this.#driver.drive();
      this.#repair(fold.state);
      this.#look(fold.state);
      return await end;
    } finally {
      await writer.close().catch(() => undefined);
      release(claim);
    }
  }

  #created(plan: Digest): EventBody {
    const { name } = this.#plan.workflow;
    return { type: 'run-created', plan, workflow: name, folder: '', by: ADA };
  }

  #append(writer: JournalWriter, ...bodies: Parameters<JournalWriter['append']>[0]): RunEvent[] {
    const staged = writer.stage(bodies);
    this.told.staged.push(...staged);
    writer.commit();
    this.told.committed.push(...staged);
    return staged;
  }

  #parts(writer: JournalWriter, landing: LandingPort | undefined): DriverParts {
    const { told } = this;
    const { blobs } = this.#store;
    let pending: RunEvent[] = [];
    return {
      ...this.#world.parts(this.#power),
      unfold: () => Promise.reject(new Error('nothing unfolds here')),
      mend,
      testReport: () => Promise.resolve(undefined),
      cache: new HeldCache(),
      journal: {
        stage: (bodies) => {
          const staged = writer.stage(bodies);
          told.staged.push(...staged);
          pending.push(...staged);
          return staged;
        },
        commit: () => {
          const batch = pending;
          pending = [];
          writer.commit();
          told.committed.push(...batch);
        },
        sync: async () => {
          const upTo = told.committed.length;
          await writer.sync();
          told.flushed = Math.max(told.flushed, upTo);
        },
      },
      blobs: {
        put: (bytes) => blobs.put(bytes),
        adopt: (file) => blobs.adopt(file),
        copy: (file) => blobs.copy(file),
        read: (digest) => blobs.read(digest),
      },
      productProblems: (schema, bytes) => Promise.resolve(productProblems(schema, bytes)),
      landing,
      clock: this.#world.clock,
      random: () => 0.5,
      log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
      onAppended: (events) => {
        const last = told.committed.findIndex(({ seq }) => seq === events.at(-1)?.seq);
        told.shown = Math.max(told.shown, last + 1);
        this.#look(this.#fold!.state);
      },
      onPrinted: ignore,
    };
  }

  /** A failure that the disk caused is over: a person asks for what failed once more. */
  #repair({ phase, tasks, landings }: RunState): void {
    if (phase.kind !== 'finished' || phase.status === 'succeeded') {
      return;
    }
    const failed = [...tasks].filter(([, { kind }]) => kind === 'failed').map(([id]) => id);
    const unlanded = [...landings].filter(([, { kind }]) => kind === 'failed').map(([id]) => id);
    const [first, ...others] = failed.length > 0 ? failed : unlanded;
    for (const task of first === undefined ? [] : [first, ...others]) {
      this.#request({
        kind: 'rerun',
        task,
        prompt: undefined,
        model: undefined,
        withoutCache: false,
        by: ADA,
      });
    }
  }

  /** Answers gates, and looks at the world where nobody knows what an attempt has done. */
  #look({ frontier, tasks }: RunState): void {
    for (const task of frontier.waiting) {
      const gate = tasks.get(task);
      if (gate?.kind === 'waiting' && this.#isNew(`${task} ${gate.digest}`)) {
        const { digest } = gate;
        const answer = { kind: 'answer', task, digest, decision: 'approved' } as const;
        this.#request({ ...answer, by: ADA, note: undefined }, ({ kind }) => {
          if (kind === 'accepted') {
            this.told.answered.add(task);
          }
        });
      }
    }
    for (const task of frontier.unknown) {
      const found = tasks.get(task);
      if (found?.kind === 'unknown' && this.#isNew(`${task} ${found.attempt}`)) {
        this.#settle(task);
      }
    }
  }

  #settle(task: TaskId): void {
    if (this.#world.times(task) === 0) {
      this.#request({
        kind: 'rerun',
        task,
        prompt: undefined,
        model: undefined,
        withoutCache: false,
        by: ADA,
      });
      return;
    }
    this.#request({ kind: 'accept', task, by: ADA }, ({ kind }) => {
      if (kind === 'refused') {
        this.#request({ kind: 'skip', task, by: ADA });
      }
    });
  }

  #isNew(question: string): boolean {
    const isNew = !this.#asked.has(question);
    this.#asked.add(question);
    return isNew;
  }

  #request(request: RunRequest, then: (outcome: RequestOutcome) => void = ignore): void {
    void this.#driver?.request(request).then(then);
  }

  async #landing(): Promise<LandingPort | undefined> {
    const { repository } = this.#world;
    if (!fs.existsSync(path.join(repository, '.git'))) {
      return undefined;
    }
    const program = gitProgram(gitEnvironment);
    const opened = await openRepository(repository, { disk: this.#power.disk, program });
    if (opened.kind !== 'repository') {
      throw new Error(`the repository cannot be used: ${JSON.stringify(opened)}`);
    }
    const { blobs } = this.#store;
    return new Landing({ target: opened.repository, readBlob: (digest) => blobs.read(digest) });
  }
}

/** A disk that fails keeps the claim until the program ends. */
function release(claim: Claim): void {
  try {
    claim.release();
  } catch {
    // As above.
  }
}

function ignore(): void {
  // Nobody listens.
}
