import assert from 'node:assert/strict';
import { digestOf } from '../../../src/core/base/digest.ts';
import type { EventBody } from '../../../src/core/domain/event.ts';
import type { RunPlan } from '../../../src/core/domain/workflow.ts';
import { taskPage } from '../../../src/core/projections/taskPage.ts';
import { gate, plan, step } from '../../support/plans.ts';
import {
  answered,
  cancelRequested,
  dropped,
  failed,
  landed,
  landingFailed,
  opened,
  skipped,
  started,
  stateAfter,
  succeeded,
  task,
  undone,
} from './histories.ts';

const version = { digest: digestOf('old'), bytes: 3, executable: false };

// a --> ask --> after
const guarded = plan(
  step('a'),
  { ...gate('ask', ['a']), show: ['report.md'] },
  step('after', ['ask']),
);

describe('The page of a task', () => {
  function page(
    id: string,
    log: string | Uint8Array | undefined,
    ...bodies: readonly EventBody[]
  ): string {
    return pageOf(guarded, id, log, ...bodies);
  }

  function pageOf(
    of: RunPlan,
    id: string,
    log: string | Uint8Array | undefined,
    ...bodies: readonly EventBody[]
  ): string {
    const bytes = typeof log === 'string' ? Buffer.from(log) : log;
    return taskPage(of, stateAfter(of, ...bodies), task(id), bytes);
  }

  /** Without what stands on each: the run, the rule above the log, and what is told of the cache. */
  const lines = (text: string) =>
    text.split('\n').filter((line) => !/^(?:─|Cache: |Run: )/.test(line));

  it('says in its head which run it belongs to', () => {
    assert.match(page('a', ''), /^a · pending\nRun: example-1 \(example\)\n/);
  });

  it('says of a pending one what it waits for', () => {
    assert.deepEqual(lines(page('after', undefined)), [
      'after · pending',
      'Agent: after-agent (.sluice/agents/after-agent.yaml)',
      'Command: true',
      'Now: needs ask',
      '(nothing printed)',
      '',
    ]);
  });

  it('shows of a running one what it has printed so far', () => {
    assert.deepEqual(lines(page('a', 'so far\n', started('a'))), [
      'a · running',
      'Agent: a-agent (.sluice/agents/a-agent.yaml)',
      'Command: true',
      'so far',
      '',
      '',
    ]);
  });

  it('shows of a succeeded one its exit code, what it made, where that is and what it printed', () => {
    const made = [started('a'), succeeded('a', 'report.md')];
    assert.deepEqual(
      lines(
        page('a', 'all of it', ...made, opened('ask'), answered('ask', 'approved'), landed('a')),
      ),
      [
        'a · succeeded · 1.5 s',
        'Agent: a-agent (.sluice/agents/a-agent.yaml)',
        'Command: true',
        'Exit code: 0',
        'Artifact: report.md (9 B)',
        'Branch: ai/generated/example-1/a',
        'all of it',
        '',
      ],
    );
  });

  it('shows of a succeeded one what it removed, and by whom it was rolled back', () => {
    const made = { ...succeeded('a', 'report.md'), removed: [{ path: 'old.md', was: version }] };
    const history = [started('a'), made, opened('ask'), answered('ask', 'approved'), landed('a')];
    assert.deepEqual(lines(page('a', '', ...history)).slice(3, -2), [
      'Exit code: 0',
      'Artifact: report.md (9 B)',
      'Removed: old.md',
      'Branch: ai/generated/example-1/a',
    ]);
    assert.deepEqual(lines(page('a', '', ...history, undone('a'))).slice(3, -2), [
      'Exit code: 0',
      'Artifact: report.md (9 B)',
      'Removed: old.md',
      'Rolled back by ada: it is on no branch any more',
    ]);
  });

  it('says of a succeeded one why what it made is on no branch', () => {
    const made = [started('a'), succeeded('a', 'report.md'), opened('ask')];
    assert.match(
      page('a', '', ...made, answered('ask', 'approved'), landingFailed('a', 'it is in the way')),
      /\nArtifact: report\.md \(9 B\)\nThe artifacts could not be committed: it is in the way\. Nothing of it reached a branch\. What the task printed is kept with the run\.\n/,
    );
  });

  it('says of a failed one what went wrong and what to do, and shows its last words where no log is', () => {
    const failure = { reason: 'exited', command: 'x', code: 3, tail: 'last words' } as const;
    const bodies = [started('a'), failed('a', failure)];
    const title = [
      'a · failed · 1.5 s',
      'Agent: a-agent (.sluice/agents/a-agent.yaml)',
      'Command: true',
      '',
      '"x" exited with code 3',
      'Read its output. If this code means success, add it to success-codes in the agent file.',
    ];
    assert.deepEqual(lines(page('a', undefined, ...bodies)), [...title, 'last words', '']);
    assert.deepEqual(lines(page('a', 'all words', ...bodies)), [...title, 'all words', '']);
  });

  it('says of a gate what it asks and shows, and who answered', () => {
    const made = [started('a'), succeeded('a', 'report.md')];
    assert.deepEqual(lines(page('ask', undefined)).slice(0, 3), [
      'ask · pending',
      'Asks: May ask pass?',
      'Shows: report.md',
    ]);
    assert.deepEqual(lines(page('ask', undefined, ...made, opened('ask', 'Is 1 enough?'))), [
      'ask · waiting',
      'Asks: Is 1 enough?',
      'Shows: report.md',
      'Now: waits for an answer',
      '(nothing printed)',
      '',
    ]);
    assert.match(
      page('ask', undefined, ...made, opened('ask'), answered('ask', 'approved', 'well done')),
      /^ask · approved\n.*\n.*\n.*\nApproved by ada: well done\n/,
    );
    assert.match(
      page('ask', undefined, ...made, opened('ask'), answered('ask', 'rejected', 'no')),
      /\nRejected by ada: no\n/,
    );
  });

  it('says of a skipped one because of what, and of a cancelled one that it is', () => {
    const rejected = [started('a'), succeeded('a'), opened('ask'), answered('ask', 'rejected')];
    assert.match(
      page('after', undefined, ...rejected, skipped('after', 'ask')),
      /^after · skipped\n[^]*Skipped: ask did not succeed\n/,
    );
    assert.match(
      page('a', 'some', started('a'), cancelRequested, dropped('a', 700)),
      /^a · cancelled · 700 ms\n[^]*some\n$/,
    );
  });

  it('shows no bytes that are no text, and nothing that would act on an editor or a terminal', () => {
    const binary = page('a', Buffer.from([0, 1, 2, 0xff]), started('a'), succeeded('a'));
    assert.match(binary, /\(4 bytes of binary output, kept with the run\)/);
    const hostile = page(
      'a',
      '\u001b[31mred\u001b[0m\r\n\u202eevil\u0007',
      started('a'),
      succeeded('a'),
    );
    assert.ok(hostile.endsWith('red\nevil\n'));
    const bytes = page('a', Buffer.from([0xc3, 0x28]), started('a'), succeeded('a'));
    assert.ok(bytes.endsWith('\ufffd(\n'), 'what is no UTF-8 is marked');
  });

  it('hides what looks like a secret, in what was printed and in what is said of it', () => {
    const token = `ghp_${'a1'.repeat(18)}`;
    const failure = { reason: 'exited', command: `x ${token}`, code: 3, tail: token } as const;
    const bodies = [started('a'), failed('a', failure)];
    for (const log of [undefined, `so\n${token}\n`]) {
      const text = page('a', log, ...bodies);
      assert.ok(!text.includes(token), text);
      assert.match(text, /\[hidden\]/);
    }
  });

  it('shows the end of a very long log, and says how much is missing', () => {
    const long = page('a', `first\n${'x'.repeat(3_000_000)}\nlast`, started('a'));
    assert.ok(long.length < 2_001_000);
    assert.match(long, /\(the first 1000011 characters are not shown\)\nx/);
    assert.ok(long.endsWith('x\nlast\n'));
  });

  it('says so when the run has no such task', () => {
    assert.equal(page('nothing', undefined), 'The run example-1 has no task nothing.\n');
  });
});
