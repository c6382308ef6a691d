import { spawn } from 'node:child_process';
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pLimit from 'p-limit';
import type { KillPoint } from './countingDisk.ts';
import { digestOfCheckout, inspect, type Inspection } from './inspect.ts';
import { judgeCrash, judgeEnd, type Decisions } from './judge.ts';
import { bundleChild, childEnvironment, Prepared } from './prepare.ts';
import { REFERENCE_WORKFLOWS, type ReferenceWorkflow } from './workflows.ts';

/** What a child said at its end, or how it was ended. */
type ChildEnd =
  | { readonly kind: 'finished'; readonly seen: readonly string[] }
  | { readonly kind: 'killed' }
  | { readonly kind: 'failed'; readonly why: string };

/** The kills of one round: one, or two of which the second falls into the recovery from the first. */
export interface CrashPoint {
  readonly workflow: string;
  readonly kills: readonly KillPoint[];
}

export type PointOutcome =
  | {
      readonly kind: 'survived';
      readonly decisions: Decisions;
      /** Boundaries of the last recovery. */
      readonly recovery: number;
      readonly ms: number;
    }
  | { readonly kind: 'missed' }
  | { readonly kind: 'failed'; readonly why: string };

/** Programs under way at once: they wait for each other's disk and processes a good part of the time. */
const AT_ONCE = Math.max(2, Math.ceil(os.availableParallelism() * 1.5));
/** A boundary that comes a little later one time than another is tried again. */
const TRIES = 8;

/** Crashes the reference workflows at points of a list. Dispose of it. */
export class CrashSweep {
  readonly #bundle = fs.mkdtempSync(path.join(os.tmpdir(), 'sluice-sweep-'));
  readonly #prepared = new Map<string, Prepared>();
  readonly #limit = pLimit(AT_ONCE);
  #child = '';

  /**
   * Returns the boundaries each workflow comes by when nothing goes wrong, by name.
   * @param rounds of which the one with the fewest counts: where tasks run side by side they differ a little
   */
  async open(rounds: number): Promise<ReadonlyMap<string, readonly string[]>> {
    this.#child = await bundleChild(this.#bundle);
    for (const workflow of REFERENCE_WORKFLOWS) {
      this.#prepared.set(workflow.name, new Prepared(workflow));
    }
    const whole = await Promise.all(
      REFERENCE_WORKFLOWS.map(async (workflow) => {
        const seen = await Promise.all(
          Array.from({ length: rounds }, () => this.#limit(() => this.#runWhole(workflow))),
        );
        const [fewest = []] = seen.toSorted((one, other) => one.length - other.length);
        return [workflow.name, fewest] as const;
      }),
    );
    return new Map(whole);
  }

  /**
   * Crashes at these points, several at once, and tells how each went.
   * @param options.forMs no point is begun once so many milliseconds have passed; then it is not told of
   */
  async survive(
    points: readonly CrashPoint[],
    { forMs = Infinity }: { readonly forMs?: number },
    done: (point: CrashPoint, outcome: PointOutcome) => void,
  ): Promise<void> {
    const until = performance.now() + forMs;
    await Promise.all(
      points.map((point) =>
        this.#limit(async () => {
          if (performance.now() > until) {
            return;
          }
          let outcome = await this.#try(point);
          for (let tries = 1; outcome.kind === 'missed' && tries < TRIES; tries += 1) {
            outcome = await this.#try(point);
          }
          done(point, outcome);
        }),
      ),
    );
  }

  dispose(): void {
    fs.rmSync(this.#bundle, { recursive: true, force: true });
    this.#prepared.forEach((prepared) => prepared.dispose());
  }

  async #try({ workflow, kills }: CrashPoint): Promise<PointOutcome> {
    const begun = performance.now();
    const prepared = this.#preparedFor(workflow);
    const parent = prepared.copy();
    try {
      const checkout = digestOfCheckout(parent);
      const crashes: Inspection[] = [];
      for (const kill of kills) {
        const end = await this.#spawn(parent, workflow, kill);
        if (end.kind === 'finished') {
          return { kind: 'missed' };
        }
        assert.ok(end.kind === 'killed', end.kind === 'failed' ? end.why : '');
        const found = await inspect(parent);
        judgeCrash(found);
        crashes.push(found);
      }
      const end = await this.#spawn(parent, workflow, undefined);
      assert.ok(end.kind === 'finished', end.kind === 'failed' ? end.why : 'killed by a stranger');
      const decisions = judgeEnd(
        prepared.workflow,
        parent,
        checkout,
        crashes,
        await inspect(parent),
      );
      const ms = performance.now() - begun;
      return { kind: 'survived', decisions, recovery: end.seen.length, ms };
    } catch (error) {
      const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
      return { kind: 'failed', why };
    } finally {
      fs.rmSync(parent, { recursive: true, force: true, maxRetries: 5 });
    }
  }

  async #runWhole(workflow: ReferenceWorkflow): Promise<readonly string[]> {
    const parent = this.#preparedFor(workflow.name).copy();
    try {
      const checkout = digestOfCheckout(parent);
      const end = await this.#spawn(parent, workflow.name, undefined, {
        SLUICE_KEEP_COMPILED: '1',
      });
      assert.ok(end.kind === 'finished', end.kind === 'failed' ? end.why : 'killed by a stranger');
      const decisions = judgeEnd(workflow, parent, checkout, [], await inspect(parent));
      assert.deepEqual(decisions, { accepted: 0, rerun: 0, skipped: 0 });
      return end.seen;
    } finally {
      fs.rmSync(parent, { recursive: true, force: true, maxRetries: 5 });
    }
  }

  #preparedFor(workflow: string): Prepared {
    const prepared = this.#prepared.get(workflow);
    assert.ok(prepared, `there is no workflow ${workflow}`);
    return prepared;
  }

  #spawn(
    parent: string,
    workflow: string,
    kill: KillPoint | undefined,
    more: Readonly<Record<string, string>> = {},
  ): Promise<ChildEnd> {
    return new Promise((resolve) => {
      const args = [this.#child, parent, workflow, JSON.stringify(kill ?? null)];
      const child = spawn(process.execPath, args, {
        env: { ...childEnvironment(parent), ...more },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let printed = '';
      let complaint = '';
      child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
      child.once('close', (code, signal) => {
        if (signal === 'SIGKILL') {
          resolve({ kind: 'killed' });
        } else if (code === 0) {
          const { seen } = JSON.parse(printed) as { seen: readonly string[] };
          resolve({ kind: 'finished', seen });
        } else {
          resolve({ kind: 'failed', why: `ended with ${code ?? signal ?? ''}: ${complaint}` });
        }
      });
    });
  }
}

/** Every moment of every boundary of a workflow. */
export function pointsOf(workflow: string, seen: readonly string[]): CrashPoint[] {
  return seen.flatMap((name, index) => {
    const isWrite = name.startsWith('write ');
    const isOutside = name === 'spawn' || name === 'timer';
    const moments = isWrite
      ? (['before', 'half', 'after'] as const)
      : isOutside
        ? (['before'] as const)
        : (['before', 'after'] as const);
    return moments.map((moment) => ({ workflow, kills: [{ at: index + 1, moment }] }));
  });
}

export function nameOf({ workflow, kills }: CrashPoint): string {
  return `${workflow} ${kills.map(({ at, moment }) => `${moment}:${at}`).join('+')}`;
}
