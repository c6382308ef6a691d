import assert from 'node:assert/strict';
import { DEFAULT_SANDBOX } from '../../../src/core/domain/sandbox.ts';
import { NO_TERMS } from '../../../src/core/domain/terms.ts';
import { preflightPage } from '../../../src/core/preflight/page.ts';
import { folderText, sandboxText, writesText } from '../../../src/core/preflight/words.ts';
import { gate, plan, planWith, step } from '../../support/plans.ts';
import { owning, preflightOf, withAgent } from './preflightRig.ts';

const SHUT_IN = { terms: { ...NO_TERMS, sandbox: DEFAULT_SANDBOX } };
const sectionOf = (page: string, step: string) =>
  page.split('\n### ').find((section) => new RegExp(`^\\d+\\. ${step}\n`).test(section)) ?? '';

describe('A pre-flight', () => {
  it('tells which steps are shut in, as their agents or they themselves say, and how far', () => {
    const made = withAgent(
      plan(
        step('a', [], SHUT_IN),
        step('b'),
        step('c', [], { terms: { ...NO_TERMS, sandbox: { ...DEFAULT_SANDBOX, use: false } } }),
        step('d'),
        gate('g', []),
      ),
      'b-agent',
      { terms: { ...NO_TERMS, sandbox: { ...DEFAULT_SANDBOX, cpus: 2, image: 'node:22' } } },
    );
    const told = preflightOf(made);
    assert.deepEqual(
      told.steps.map(({ sandbox }) => sandbox?.cpus),
      [1, 2, undefined, undefined, undefined],
    );
    assert.deepEqual(told.steps.map(sandboxText), [
      'no network, 1 processor, 2.0 GB of memory, 1.0 GB of disk, at most 5 min',
      'no network, 2 processors, 2.0 GB of memory, 1.0 GB of disk, at most 5 min, in the image node:22',
      ...['', '', ''],
    ]);
    const page = preflightPage(told);
    assert.match(sectionOf(page, 'a'), /^- Sandbox: no network, 1 processor/m);
    assert.doesNotMatch(sectionOf(page, 'c'), /Sandbox/);
  });

  it('tells what tasks begin with', () => {
    const on = (baseTree: 'head' | 'worktree' | undefined) =>
      preflightOf(planWith({ baseTree }, step('a')), {
        folder: { makesBranches: true, branch: 'main', commit: 'f'.repeat(40), freeBytes: 1e9 },
      });
    assert.deepEqual(
      [on('head'), on('worktree'), on(undefined)].map(({ baseTree }) => baseTree),
      ['head', 'worktree', 'worktree'],
    );
    const textOf = ({ folder, baseTree }: ReturnType<typeof on>) => folderText(folder, baseTree);
    assert.match(
      textOf(on('head')),
      /^the last commit, on main at fffffff, without what is not committed; /,
    );
    assert.match(textOf(on('worktree')), /^the folder as it is when the run starts, on main at f/);
    assert.match(preflightPage(on('head')), /^- Works on: the last commit, on main at /m);
    const { folder } = on('head');
    assert.match(
      folderText({ ...folder, commit: undefined }, 'head'),
      /^no files, because there is no commit yet/,
    );
  });

  it('tells the commands that validate among what will run, and looks for their programs', () => {
    const told = preflightOf(
      planWith(
        { workflow: { validate: [{ command: ['npm', 'test', '--', 'a b'], timeoutMs: 9000 }] } },
        step('a', [], owning('src/**')),
        gate('ok', ['a']),
      ),
    );
    const validate = told.steps.find(({ step: name }) => name === 'validate');
    assert.ok(validate);
    assert.deepEqual(
      [validate.kind, validate.command, validate.limitMs, validate.needs, validate.programs],
      [
        'check',
        ['npm', 'test', '--', 'a b'],
        9000,
        ['a'],
        [{ use: 'agent', name: 'npm', state: 'found', file: '/bin/npm' }],
      ],
    );
    assert.equal(told.steps[0]?.command, undefined);
    assert.deepEqual(told.together.ranks, [['a'], ['validate'], ['ok']]);
    assert.match(sectionOf(preflightPage(told), 'validate'), /^- Command: `npm test -- a b`$/m);
  });

  it('lets be known which protected files a step may change, and warns of nothing', () => {
    const told = preflightOf(
      planWith(
        { inputs: { file: 'package.json' } },
        step('a', [], owning('src/**', '.github/workflows/ci.yml', '${{ inputs.file }}')),
        step('b', ['a'], owning('**', '.github/**', '.vscode', 'docs/x.md')),
        step('c', ['b']),
      ),
    );
    assert.deepEqual(
      told.steps.map(({ writes }) => writes?.guarded),
      [['.github/workflows/ci.yml', 'package.json'], [], []],
    );
    assert.equal(told.verdict, 'ready');
    const [first] = told.steps;
    assert.ok(first?.writes);
    assert.match(
      writesText(first.writes),
      /may change the protected \.github\/workflows\/ci\.yml, package\.json/,
    );
    const page = preflightPage(told);
    assert.match(
      page,
      /## What to know\n\n- `a`: May change what is protected, because `owns` names it: `\.github\/workflows\/ci\.yml`, `package\.json`\./,
    );
    assert.doesNotMatch(preflightPage(preflightOf(plan(step('a')))), /What to know/);
  });
});
