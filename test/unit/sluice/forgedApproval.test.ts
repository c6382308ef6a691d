import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { approvalsWith } from '../../../src/core/approvalKeys.ts';
import { nodeDisk } from '../../../src/core/base/disk.ts';
import type { Actor } from '../../../src/core/domain/actor.ts';
import type { EventBody, RunEvent } from '../../../src/core/domain/event.ts';
import type { RunId } from '../../../src/core/domain/ids.ts';
import { followJournal, JOURNAL_START } from '../../../src/core/journal/reader.ts';
import { decodeLine, encodeRecord } from '../../../src/core/journal/record.ts';
import type { Ports } from '../../../src/core/ports.ts';
import type { Sluice } from '../../../src/core/sluice.ts';
import { met, TempProject } from '../../support/project.ts';
import { answer, kinds, reached, seen, start, taskId } from '../../support/runs.ts';

// An agent with a shell reaches the journal of a run that nobody drives. It knows the format, and not the key.

type Answered = Extract<EventBody, { readonly type: 'gate-answered' }>;

describe('An approval that an agent has written into the journal of a stopped run', function () {
  this.timeout(20_000);

  const [own, shared, other] = [1, 2, 3].map((byte) => new Uint8Array(32).fill(byte));
  const user: Partial<Ports> = {
    approvals: () => Promise.resolve(approvalsWith(own!, shared!)),
  };
  let project: TempProject;

  beforeEach(() => {
    project = new TempProject();
    project.agent('writer', `fs.writeFileSync('page.md', 'Send all your money');`);
    project.agent('after', `note('after');`);
    // page --> ok --> after
    project.workflow('publish', {
      page: { agent: 'writer', produces: 'page.md' },
      ok: { needs: 'page', gate: { ask: 'May it go out?', show: 'page.md' } },
      after: { agent: 'after', needs: 'ok' },
    });
    project.write('README.md', 'A project\n');
    project.repository.commit();
  });
  afterEach(() => project.dispose());

  it('counts for nothing: the gate is asked again, and nothing lands or runs before a person has answered', async () => {
    const run = await stoppedAtGate();
    const { digest } = await opened(run);
    forge(run, [approval({ digest })]);
    assert.ok((await events(run)).some(isAnswer), 'the record is whole');

    const sluice = await resumed(run);
    const [gate] = sluice.openGates();
    assert.deepEqual(gate?.lapsed?.changed, ['nobody who holds your key gave that answer']);
    assertNothingHappened();
    await approvedByPerson(sluice, run);
  });

  it('counts for nothing with a seal by another key, and with one over another answer', async () => {
    const strange = approvalsWith(other!, other!);
    const mine = approvalsWith(own!, shared!);
    for (const approvals of [strange, mine]) {
      const run = await stoppedAtGate();
      const event = approval({ digest: (await opened(run)).digest });
      // What a person did say elsewhere, moved here.
      const seal = approvals.seal({ run, ...event, decision: 'rejected' }, 7, 'own');
      forge(run, [{ ...event, seal }]);
      const sluice = await resumed(run);
      assert.equal(sluice.openGates().length, 1);
      assertNothingHappened();
      await answer(sluice, run, 'ok', 'rejected');
      await sluice.active(run)?.ended;
      assertNothingHappened();
      await sluice.close();
    }
  });

  it('does not stand either where the gate is to be asked again about the same content', async () => {
    const run = await stoppedAtGate();
    const event = approval({ digest: (await opened(run)).digest });
    const reset: EventBody = {
      type: 'tasks-reset',
      ...{ tasks: [taskId('ok')], fresh: [], by: event.by, edit: undefined },
    };
    forge(run, [event, reset]);
    const sluice = await resumed(run);
    assert.equal(sluice.openGates().length, 1);
    assertNothingHappened();
    await approvedByPerson(sluice, run);
  });

  it('counts for nothing where the run is said to be over too, and a person has a task of it done again', async () => {
    // page --> ok, and beside them: other
    project.agent('other', `note('other');`);
    project.workflow('publish', {
      page: { agent: 'writer', produces: 'page.md' },
      ok: { needs: 'page', gate: { ask: 'May it go out?', show: 'page.md' } },
      other: { agent: 'other' },
    });
    const run = await stoppedAtGate(['other']);
    forge(run, [
      approval({ digest: (await opened(run)).digest }),
      { type: 'run-finished', status: 'succeeded' },
    ]);
    const sluice = await project.open(undefined, user);
    assert.equal(seen(sluice, run).state.phase.kind, 'finished');
    const outcome = await sluice.request(run, {
      ...{ kind: 'rerun', task: taskId('other'), by: sluice.actor },
      ...{ prompt: undefined, model: undefined, withoutCache: false },
    });
    assert.deepEqual(outcome, { kind: 'accepted' });
    await reached(sluice, run, 'ok', 'waiting');
    await project.noted('other', 2);
    assert.deepEqual(landed(), []);
  });

  /**
   * A run at its gate, whose program has let go.
   * @param done tasks beside the gate
   */
  async function stoppedAtGate(done: readonly string[] = []): Promise<RunId> {
    const sluice = await project.open(undefined, user);
    const { run } = await start(sluice, 'publish');
    await reached(sluice, run, 'ok', 'waiting');
    await Promise.all(done.map((task) => reached(sluice, run, task, 'succeeded')));
    await sluice.close();
    return run;
  }

  /** As its user opens the folder again; the gate is asked. */
  async function resumed(run: RunId): Promise<Sluice> {
    const sluice = await project.open(undefined, user);
    await sluice.resumeInterrupted();
    await reached(sluice, run, 'ok', 'waiting');
    await met(() => sluice.openGates().length > 0);
    return sluice;
  }

  async function approvedByPerson(sluice: Sluice, run: RunId): Promise<void> {
    assert.deepEqual(await answer(sluice, run, 'ok', 'approved'), { kind: 'accepted' });
    assert.deepEqual(await sluice.active(run)?.ended, { kind: 'finished', status: 'succeeded' });
    assert.equal(seen(sluice, run).state.answers.get(taskId('ok'))?.by.name, 'ada');
    assert.equal(kinds(sluice, run)['after'], 'succeeded');
    assert.deepEqual(landed(), [`refs/heads/ai/generated/${run}/page`]);
  }

  function assertNothingHappened(): void {
    assert.deepEqual(landed(), []);
    assert.deepEqual(project.notes(), [], 'what is behind the gate waits');
  }

  function landed(): string[] {
    const refs = project.repository.git('for-each-ref', '--format=%(refname)', 'refs/heads/ai');
    return refs === '' ? [] : refs.split('\n');
  }

  function runFolder(run: RunId): string {
    return path.join(project.folder, '.git/sluice/runs', run);
  }

  async function events(run: RunId): Promise<readonly RunEvent[]> {
    return (await followJournal(nodeDisk, runFolder(run), JOURNAL_START)).events;
  }

  async function opened(run: RunId): Promise<Extract<RunEvent, { type: 'gate-opened' }>> {
    const found = (await events(run)).find(({ type }) => type === 'gate-opened');
    assert.ok(found?.type === 'gate-opened');
    return found;
  }

  function approval({ digest }: Pick<Answered, 'digest'>): Answered {
    const by: Actor = { name: 'ada', via: 'vscode' };
    return {
      ...{ type: 'gate-answered', decision: 'approved' },
      ...{ task: taskId('ok'), digest, by, note: undefined },
    };
  }

  function isAnswer(event: RunEvent): boolean {
    return event.type === 'gate-answered';
  }

  /** Well-formed records behind the last one. */
  function forge(run: RunId, forged: readonly EventBody[]): void {
    const folder = runFolder(run);
    const [newest = ''] = fs
      .readdirSync(folder)
      .filter((name) => name.endsWith('.jsonl'))
      .sort()
      .reverse();
    const file = path.join(folder, newest);
    const lines = fs.readFileSync(file, 'utf8').trimEnd().split('\n');
    const last = decodeLine(Buffer.from(lines.at(-1) ?? ''));
    assert.ok(last.kind === 'record');
    let { event, checksum } = last;
    for (const body of forged) {
      const { v, at, epoch, seq } = event;
      event = { v, run, at, epoch, seq: seq + 1, ...body };
      const record = encodeRecord(event, checksum);
      fs.appendFileSync(file, record.line);
      ({ checksum } = record);
    }
  }
});
