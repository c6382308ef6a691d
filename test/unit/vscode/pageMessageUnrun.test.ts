import assert from 'node:assert/strict';
import type { RunPlan } from '../../../src/core/domain/workflow.ts';
import { detailOfUnrun, pictureOfUnrun } from '../../../src/vscode/graph/unrunWorkflow.ts';
import { gate, nested, plan, planWith, step, workflowOf } from '../../support/plans.ts';
import { pastOf, preflightOf } from '../preflight/preflightRig.ts';

const made = plan(
  step('lint', [], { prompt: 'Look at ${{ inputs.x }}.' }),
  step('report', ['lint']),
  gate('ok', ['report'], 'Good?'),
);
const known = (of: RunPlan) => preflightOf(of, { pastOf: pastOf({ lint: 2000 }) });

function facts(of: RunPlan, id: string): Record<string, string> {
  const detail = detailOfUnrun(of.workflow, id, known(of));
  return Object.fromEntries((detail?.facts ?? []).map(({ name, value }) => [name, value]));
}

describe('The graph of a workflow that has not run', () => {
  it('is drawn before its pre-flight is there', () => {
    const { nodes, run, moment } = pictureOfUnrun(made.workflow, undefined);
    assert.deepEqual(
      nodes.map(({ id, detail, estimateMs }) => [id, detail, estimateMs]),
      [
        ['lint', '', 0],
        ['report', '', 0],
        ['ok', '', 0],
      ],
    );
    assert.deepEqual([run, moment], [undefined, undefined]);
  });

  it('tells of each step how long it is expected to take, where that is known', () => {
    const { nodes } = pictureOfUnrun(made.workflow, known(made));
    assert.deepEqual(
      nodes.map(({ id, detail, estimateMs }) => [id, detail, estimateMs]),
      [
        ['lint', '2.0 s', 2000],
        ['report', '', 0],
        ['ok', '', 0],
      ],
    );
  });

  it('tells how many tasks a nested workflow comes to', () => {
    const inner = workflowOf('inner', step('x'), step('y', ['x']));
    const outer = planWith({ workflows: [inner] }, nested('sub', [], 'inner'));
    const { nodes } = pictureOfUnrun(outer.workflow, known(outer));
    assert.deepEqual(
      nodes.map(({ id, detail }) => [id, detail]),
      [['sub', '2 tasks']],
    );
    assert.equal(facts(outer, 'sub')['Tasks'], '2 in 2 steps');
  });

  it('tells what the pre-flight found wrong, on the card and in the panel', () => {
    const preflight = {
      ...known(made),
      findings: [
        {
          severity: 'error',
          step: 'lint',
          message: 'eslint is not there',
          at: undefined,
          repair: 'Install it.',
        },
        {
          severity: 'warning',
          step: 'lint',
          message: 'it is slow',
          at: undefined,
          repair: undefined,
        },
      ],
    } as const;
    const [lint, report] = pictureOfUnrun(made.workflow, preflight).nodes;
    assert.equal(lint?.reason, 'Cannot run: eslint is not there (and 1 more)');
    assert.equal(report?.reason, '');
    const detail = detailOfUnrun(made.workflow, 'lint', preflight);
    assert.deepEqual(detail?.problem, { title: 'eslint is not there', fix: 'Install it.' });
    assert.deepEqual(detail.facts[0], { name: 'Look at this', value: 'it is slow' });
  });

  it('has in the panel what a step would be asked, need, take and cost', () => {
    const detail = detailOfUnrun(made.workflow, 'lint', known(made));
    assert.equal(detail?.prompt, 'Look at ${{ inputs.x }}.');
    assert.deepEqual([detail.verbs, detail.attempts, detail.gate], [[], [], undefined]);
    const told = facts(made, 'lint');
    assert.match(told['Agent'] ?? '', /^lint-agent \(.sluice\/agents\/lint-agent.yaml\): command/);
    assert.match(told['Expected to take'] ?? '', /2\.0 s/);
    assert.equal(facts(made, 'report')['Needs'], 'lint');
    const asks = detailOfUnrun(made.workflow, 'ok', undefined);
    assert.deepEqual([asks?.kind, asks?.prompt], ['gate', 'Good?']);
  });

  it('has no detail of a step that is not there', () => {
    assert.equal(detailOfUnrun(made.workflow, 'nope', known(made)), undefined);
  });
});
