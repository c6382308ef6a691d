import fc from 'fast-check';
import { digestOf } from '../../../src/core/base/digest.ts';
import type { Effects } from '../../../src/core/domain/agent.ts';
import { agentName, stepId, taskIdOf } from '../../../src/core/domain/ids.ts';
import { NO_TERMS } from '../../../src/core/domain/terms.ts';
import type { PlannedTask, RunPlan } from '../../../src/core/domain/workflow.ts';

// Runs made up by chance, and what happens to them.

export interface TaskShape {
  /** Which of the tasks before it are needed. */
  readonly needs: readonly boolean[];
  /** Of which of the needed it is enough that nothing went wrong. */
  readonly barrier: readonly boolean[];
  readonly isGate: boolean;
  readonly hasCondition: boolean;
  readonly after: 'done' | 'ended';
  readonly retries: boolean;
  readonly effects: Effects;
  readonly produces: boolean;
  readonly estimateMs: number;
}

export interface RunShape {
  readonly tasks: readonly TaskShape[];
  readonly maxParallel: number;
  readonly canLand: boolean;
  readonly stopAtFailure: boolean;
}

/** What happens to a run. `at` chooses among what it can happen to, by its remainder. */
export type Step =
  | {
      readonly kind: 'ends';
      readonly at: number;
      readonly well: boolean;
      readonly mayPass: boolean;
    }
  | { readonly kind: 'comes-back'; readonly at: number; readonly well: boolean }
  | { readonly kind: 'answer'; readonly at: number; readonly well: boolean }
  | { readonly kind: 'pause'; readonly running: 'finish' | 'interrupt' }
  | { readonly kind: 'unpause' | 'cancel' }
  | { readonly kind: 'hold' | 'release' | 'stop' | 'rerun' | 'skip'; readonly at: number }
  | { readonly kind: 'accept'; readonly at: number; readonly well: boolean }
  | { readonly kind: 'crash'; readonly probe: 'done' | 'undone' | 'unknown' }
  | { readonly kind: 'wait'; readonly ms: number };

const at = fc.nat(40);
const sometimes = (percent: number) => fc.nat(99).map((n) => n < percent);

export const runShape: fc.Arbitrary<RunShape> = fc.record({
  tasks: fc.array(
    fc.record({
      needs: fc.array(sometimes(40), { minLength: 9, maxLength: 9 }),
      barrier: fc.array(sometimes(25), { minLength: 9, maxLength: 9 }),
      isGate: sometimes(20),
      hasCondition: sometimes(20),
      after: sometimes(20).map((is) => (is ? 'ended' : 'done')),
      retries: sometimes(30),
      effects: sometimes(25).map((is) => (is ? 'external' : 'copy')),
      produces: sometimes(40),
      estimateMs: fc.nat(1000),
    }),
    { minLength: 1, maxLength: 9 },
  ),
  maxParallel: fc.integer({ min: 1, max: 4 }),
  canLand: sometimes(75),
  stopAtFailure: sometimes(15),
});

export const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 36,
      arbitrary: fc.record({
        kind: fc.constant('ends'),
        at,
        well: sometimes(75),
        mayPass: sometimes(70),
      }),
    },
    {
      weight: 24,
      arbitrary: fc.record({ kind: fc.constant('comes-back'), at, well: sometimes(85) }),
    },
    { weight: 12, arbitrary: fc.record({ kind: fc.constant('answer'), at, well: sometimes(75) }) },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('pause'),
        running: fc.constantFrom('finish', 'interrupt'),
      }),
    },
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('unpause') }) },
    { weight: 24, arbitrary: onTask('hold', 'release', 'stop', 'rerun', 'skip') },
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('accept'), at, well: sometimes(60) }) },
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('crash'),
        probe: fc.constantFrom('done', 'undone', 'unknown'),
      }),
    },
    { weight: 9, arbitrary: fc.record({ kind: fc.constant('wait'), ms: fc.nat(100) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel') }) },
  ),
  { maxLength: 40 },
);

function onTask(...kinds: readonly ('hold' | 'release' | 'stop' | 'rerun' | 'skip')[]) {
  return fc.record({ kind: fc.constantFrom(...kinds), at });
}

/** The plan of such a run, its tasks called `t0`, `t1`, … */
export function planOf({ tasks, maxParallel, canLand, stopAtFailure }: RunShape): RunPlan {
  const names = { scope: 0, matrix: {}, steps: {} };
  const planned = tasks.map((shape, index): PlannedTask => {
    const id = stepId(`t${index}`);
    const needs = shape.needs.flatMap((is, at) => (is && at < index ? [stepId(`t${at}`)] : []));
    const barrier = needs.filter((need) => shape.barrier[Number(need.slice(1))]);
    const base = {
      id,
      needs,
      condition: undefined,
      matrix: undefined,
      maxParallel: undefined,
      metadata: undefined,
    };
    return {
      id: taskIdOf(id),
      step: shape.isGate
        ? { ...base, kind: 'gate', ask: 'Go on?', show: [] }
        : {
            ...base,
            kind: 'agent',
            agent: agentName('worker'),
            prompt: '',
            env: {},
            produces: shape.produces ? [{ path: 'made.txt', schema: undefined }] : [],
            outputSchema: undefined,
            checks: [],
            limits: {},
            retry: shape.retries
              ? { attempts: 3, delayMs: 50, maxDelayMs: 1000, on: undefined }
              : undefined,
            effects: shape.effects,
            terms: NO_TERMS,
          },
      needs: needs.map(taskIdOf),
      names,
      conditions: shape.hasCondition ? [{ text: 'always()', names }] : [],
      after: shape.after,
      barrier: barrier.map(taskIdOf),
      builtOn: [],
      groups: [],
      estimateMs: shape.estimateMs,
      unfoldsAfter: [],
      lanes: [],
    };
  });
  return {
    workflow: {
      name: 'model',
      description: '',
      inputs: {},
      steps: planned.map(({ step }) => step),
      phases: [],
      maxParallel,
      onFailure: stopAtFailure ? 'stop' : 'continue',
      budget: undefined,
      cache: undefined,
      base: undefined,
      validate: [],
      metadata: undefined,
      file: 'model.yaml',
      digest: digestOf('model'),
    },
    agents: {},
    inputs: {},
    tasks: planned,
    scopes: [{ inputs: {}, within: undefined }],
    maxParallel,
    useCache: false,
    baseTree: undefined,
    landing: undefined,
    correlation: undefined,
    checkout: undefined,
    nested: {},
    files: {},
    unfolded: undefined,
    base: canLand ? { kind: 'git', commit: undefined, branch: 'main' } : { kind: 'plain' },
  };
}
