import assert from 'node:assert/strict';
import type { SeenRequest } from '../../examples/scripted-model/scriptedModel.mjs';
import type { Fix } from '../../src/core/domain/debugging.ts';
import type { Sluice } from '../../src/core/sluice.ts';
import type { TempRepository } from '../support/tempRepository.ts';
import { lastRun, type Drafted } from './play.ts';
import type { Scenario } from './scenario.ts';

/** What a scenario has come to. Two that have come to the same are equal. */
export interface Outcome {
  readonly run: string;
  readonly tasks: Readonly<Record<string, string>>;
  readonly fixes: readonly object[];
  readonly branches: Readonly<Record<string, Readonly<Record<string, string | null>>>>;
  readonly reused: readonly string[];
}

/** @throws AssertionError with what is not as the scenario says */
export async function judge(
  scenario: Scenario,
  { sluice, repository, seen, drafted }: Ended,
): Promise<Outcome | undefined> {
  const { ends } = scenario;
  for (const { agent, holds } of ends.told) {
    assert.ok(
      seen.some(({ system, prompt }) => system.includes(`the ${agent} `) && prompt.includes(holds)),
      `nobody told the ${agent} "${holds}". It was told:\n${toldTo(agent, seen)}`,
    );
  }
  assert.equal(repository.problems(), '');
  if (scenario.draft !== undefined) {
    judgePlan(scenario, drafted);
    return undefined;
  }
  const outcome = outcomeOf(sluice, repository);
  const expected: Outcome = {
    run: ends.run,
    tasks: ends.tasks,
    fixes: sorted(
      ends.fixes.map(({ id, of, parent = of, fault, to }) => ({ id, of, parent, fault, to })),
    ),
    branches: ends.branches,
    reused: ends.reused,
  };
  assert.deepEqual(outcome, expected, troubleIn(seen, sluice));
  await judgeMerged(scenario, sluice, repository);
  return outcome;
}

/** What the branches have goes onto one branch without anybody being asked. */
async function judgeMerged(
  { ends: { branches } }: Scenario,
  sluice: Sluice,
  repository: TempRepository,
): Promise<void> {
  if (Object.keys(branches).length === 0) {
    return;
  }
  const { run } = lastRun(sluice)!;
  const merged = await sluice.results.merge(run, { signal: new AbortController().signal });
  assert.ok(merged.ok && merged.value.kind === 'done', `not merged: ${JSON.stringify(merged)}`);
  assert.deepEqual(
    changesOn(merged.value.commit, repository),
    Object.assign({}, ...Object.values(branches)),
  );
}

/** All that is looked at once a scenario has ended. */
export interface Ended {
  readonly sluice: Sluice;
  readonly repository: TempRepository;
  /** What the scripted model was asked. */
  readonly seen: readonly SeenRequest[];
  readonly drafted: Drafted | undefined;
}

function judgePlan({ ends: { plan, noPlan } }: Scenario, drafted: Drafted | undefined): void {
  assert.ok(drafted !== undefined);
  if (drafted.kind === 'none') {
    assert.ok(noPlan !== undefined, drafted.why);
    assert.match(drafted.why, new RegExp(noPlan));
    return;
  }
  assert.ok(plan !== undefined, `${drafted.plan.file} was kept`);
  const { name, todos, faults } = drafted.plan;
  assert.deepEqual([name, todos.map(({ id }) => id)], [plan.name, plan.todos]);
  if (plan.fault === undefined) {
    assert.deepEqual(faults, []);
  } else {
    assert.match(faults.join('\n'), new RegExp(plan.fault));
  }
}

function outcomeOf(sluice: Sluice, repository: TempRepository): Outcome {
  const { run, state, plan } = lastRun(sluice)!;
  const prefix = `refs/heads/ai/generated/${run}/`;
  const branches = repository
    .git('for-each-ref', '--format=%(refname)', prefix)
    .split('\n')
    .filter((ref) => ref !== '');
  const tasks = [...state.tasks];
  return {
    run: state.phase.kind === 'finished' ? state.phase.status : state.phase.kind,
    tasks: Object.fromEntries(tasks.map(([task, { kind }]) => [task, kind])),
    fixes: sorted((plan.fixes ?? []).map(shownFix)),
    branches: Object.fromEntries(
      branches.map((ref) => [ref.slice(prefix.length), changesOn(ref, repository)]),
    ),
    reused: tasks.flatMap(([task, one]) =>
      one.kind === 'succeeded' && one.reused !== undefined ? [task] : [],
    ),
  };
}

function shownFix({ id, of, parent, fault, agent }: Fix) {
  return { id, of, parent, fault, to: agent };
}

/** Fixes of tasks that are mended at the same time are opened in any order. */
function sorted<One extends { readonly id: string }>(fixes: readonly One[]): readonly One[] {
  return fixes.toSorted((one, other) => (one.id < other.id ? -1 : 1));
}

/** What the branch has otherwise than `main`. */
function changesOn(ref: string, repository: TempRepository): Record<string, string | null> {
  const listed = repository.git('diff', '--name-status', '--no-renames', 'main', ref);
  return Object.fromEntries(
    listed
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const [status = '', file = ''] = line.split('\t');
        return [file, status === 'D' ? null : `${repository.git('show', `${ref}:${file}`)}\n`];
      }),
  );
}

function toldTo(agent: string, seen: readonly SeenRequest[]): string {
  return seen
    .filter(({ system, turn }) => turn === 0 && system.includes(`the ${agent} `))
    .map(({ prompt }) => prompt)
    .join('\n────\n');
}

/** What explains an end that nobody meant. */
function troubleIn(seen: readonly SeenRequest[], sluice: Sluice): string {
  const { state } = lastRun(sluice)!;
  const failures = [...state.tasks].flatMap(([task, one]) =>
    one.kind === 'failed' ? [`${task}: ${JSON.stringify(one.failure)}`] : [],
  );
  const unanswered = seen.flatMap(({ trouble }) => (trouble === undefined ? [] : [trouble]));
  return ['it ends otherwise', ...unanswered, ...failures].join('\n');
}
