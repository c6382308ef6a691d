import assert from 'node:assert/strict';
import type { EventBody } from '../../../src/core/domain/event.ts';
import type { RunPlan } from '../../../src/core/domain/workflow.ts';
import {
  evidenceTexts,
  gateEvidence,
  makerLines,
} from '../../../src/core/projections/gateEvidence.ts';
import { gate, plan, step, withModels } from '../../support/plans.ts';
import {
  ADA,
  answered,
  called,
  callEnded,
  failed,
  opened,
  started,
  stateAfter,
  succeeded,
  task,
} from './histories.ts';

const check = { command: ['npm', 'test'], timeoutMs: 1000 } as const;

// a --> ask
const guarded = plan(
  step('a', [], {
    produces: ['docs/a.md', { path: 'report.json', schema: { type: 'object' } }],
    checks: [check],
  }),
  gate('ask', ['a']),
);

describe('What shows that the work before a gate is done', () => {
  const evidenceAt = (of: RunPlan, ...bodies: readonly EventBody[]) =>
    gateEvidence(of, stateAfter(of, ...bodies), task('ask'));
  const lines = (...bodies: readonly EventBody[]) =>
    evidenceTexts(evidenceAt(guarded, ...bodies, opened('ask')));
  const accepted = (by: typeof ADA | 'probe'): EventBody => ({
    ...(succeeded('a', 'docs/a.md', 'report.json') as Extract<
      EventBody,
      { type: 'task-succeeded' }
    >),
    accepted: by,
  });

  it('names declared files with their sizes, checks that passed, and how the command ended', () => {
    assert.deepEqual(lines(started('a'), succeeded('a', 'docs/a.md', 'report.json')), [
      'docs/a.md is there (9 B)',
      'report.json is there (11 B), as its schema wants it',
      'npm test passed',
      'exit code 0 of true',
    ]);
  });

  it('counts what was changed beside the declared files', () => {
    const made = succeeded('a', 'docs/a.md', 'report.json', 'x.ts', 'y.ts');
    assert.equal(lines(started('a'), made).at(-1), 'changed 2 other files');
  });

  it('speaks against what was not looked at because a person accepted it', () => {
    const [made] = evidenceAt(
      guarded,
      started('a'),
      { type: 'task-unknown', task: task('a'), attempt: 1, log: undefined },
      accepted(ADA),
    );
    assert.deepEqual(
      made?.lines.map(({ kind, text }) => `${kind}: ${text}`),
      [
        'shown: docs/a.md is there (9 B)',
        'shown: report.json is there (11 B), as its schema wants it',
        'against: npm test was not run',
        'told: it was cut off, and ada says that it had done its work',
      ],
    );
  });

  it('says of a declared file that is not among what was made that it is not there', () => {
    const [made] = evidenceAt(guarded, started('a'), succeeded('a', 'docs/a.md'));
    assert.deepEqual(made?.lines[1], { kind: 'against', text: 'report.json is not there' });
  });

  it('claims nothing of a path that holds an expression', () => {
    const lanes = plan(step('a', [], { produces: ['${{ matrix.x }}.md'] }), gate('ask', ['a']));
    assert.deepEqual(
      evidenceTexts(evidenceAt(lanes, started('a'), succeeded('a', 'one.md'))).join('; '),
      'exit code 0 of true; changed 1 other file',
    );
  });

  it('names the agent, and the model that answered last', () => {
    const asked = withModels(guarded);
    const evidence = evidenceAt(
      asked,
      started('a'),
      called('a', 1, 'claude-x'),
      callEnded('a', 1, { served: 'claude-x-2026' }),
      succeeded('a', 'docs/a.md', 'report.json'),
    );
    assert.deepEqual(makerLines(evidence), ['a: a-agent · claude-x-2026']);
    assert.ok(!evidenceTexts(evidence).some((text) => text.includes('exit code')));
  });

  it('says which task it was where there are several, and how those stand that are no success', () => {
    const several = plan(step('a'), step('b'), gate('before', []), {
      ...gate('ask', ['a', 'b', 'before']),
      condition: 'always()',
    });
    const evidence = evidenceAt(
      several,
      started('a'),
      succeeded('a'),
      started('b'),
      failed('b', { reason: 'timed-out', limit: 'wall', afterMs: 60_000 }),
      opened('before'),
      answered('before', 'approved'),
    );
    const texts = evidenceTexts(evidence);
    assert.equal(texts[0], 'a: exit code 0 of true');
    assert.match(texts[1] ?? '', /^b: failed: /);
    assert.equal(texts[2], 'before: approved by ada');
    assert.equal(evidence[1]?.lines[0]?.kind, 'against');
    assert.deepEqual(makerLines(evidence), ['a: a-agent', 'b: b-agent']);
  });

  it('shows names of agents and files as one line each, whatever is in them', () => {
    const odd = plan(step('a', [], { produces: ['a\n\u001b[31mb.md'] }), gate('ask', ['a']));
    const texts = evidenceTexts(evidenceAt(odd, started('a'), succeeded('a')));
    assert.equal(texts[0], 'a b.md is not there');
  });
});
