import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { upgradePlan } from '../../../src/core/planning/upgradePlan.ts';
import { nodeDisk } from '../../../src/core/base/disk.ts';
import { digestOf } from '../../../src/core/base/digest.ts';
import { EVENT_VERSION, type RunEvent } from '../../../src/core/domain/event.ts';
import type { RunState } from '../../../src/core/domain/runState.ts';
import { foldRun } from '../../../src/core/journal/fold.ts';
import { readJournal } from '../../../src/core/journal/reader.ts';

const ROOT = path.resolve(import.meta.dirname, '../../fixtures/journals');

async function recorded(version: number): Promise<{ events: RunEvent[]; state: RunState }> {
  const folder = path.join(ROOT, `v${version}`);
  const { events, damage } = await readJournal(nodeDisk, folder);
  assert.equal(damage, undefined);
  const plan = fs.readFileSync(path.join(folder, 'plan.json'));
  assert.ok(events[0]?.type === 'run-created' && events[0].plan === digestOf(plan));
  return { events, state: foldRun(upgradePlan(JSON.parse(plan.toString('utf8'))), events) };
}

describe('A recorded journal', () => {
  it('is there for each version of the format', () => {
    for (let version = 1; version <= EVENT_VERSION; version++) {
      assert.ok(fs.existsSync(path.join(ROOT, `v${version}`, '0001.jsonl')), `version ${version}`);
    }
  });

  it('of version 1 folds to what the run was', async () => {
    const { events, state } = await recorded(1);
    const tasks = Object.fromEntries([...state.tasks].map(([id, { kind }]) => [id, kind]));
    assert.deepEqual(tasks, {
      lint: 'succeeded',
      report: 'succeeded',
      approve: 'approved',
      after: 'succeeded',
      break: 'failed',
      never: 'skipped',
      missing: 'failed',
      reject: 'failed',
      long: 'cancelled',
    });
    const { run, workflow, folder, by, seq, epoch, phase } = state;
    assert.deepEqual(
      { run, workflow, folder, by, seq, epoch, phase },
      {
        run: 'quality-1',
        workflow: 'quality',
        folder: '',
        by: { name: 'ada', via: 'vscode' },
        seq: events.length,
        epoch: 2,
        phase: { kind: 'finished', status: 'cancelled', at: events.at(-1)?.at },
      },
    );
    const why = [...state.tasks].flatMap(([id, task]) =>
      task.kind === 'failed' ? [[id, task.failure]] : [],
    );
    assert.deepEqual(Object.fromEntries(why), {
      break: { reason: 'exited', command: 'node', code: 3, tail: 'cannot' },
      missing: {
        reason: 'command-not-found',
        command: 'no-such-program-anywhere',
        install: undefined,
      },
      reject: { reason: 'rejected', by: 'ada', note: undefined },
    });
    const [[landed, landing] = []] = state.landings;
    assert.deepEqual(
      [landed, landing?.kind === 'done' && landing.branch],
      ['report', 'ai/generated/quality-1/report'],
    );
    const types = new Set(events.map(({ type }) => type));
    assert.equal(types.size, 15, [...types].join());
  });
});
