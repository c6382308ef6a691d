import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { PlanEdit, PlanPicture } from '../../../src/core/projections/planPicture.ts';
import { changePlan, planOf } from '../../../src/core/planEditing.ts';
import { pictureOfPlan } from '../../../src/core/projections/plan.ts';
import { parsePlanEdit } from '../../../src/vscode/graph/planMessage.ts';
import { parseHostMessage } from '../../../src/webview/graph/messages.ts';
import {
  agentLabel,
  dependentsOf,
  doneText,
  fieldOf,
  freeId,
  linesOf,
  troubleOf,
} from '../../../src/webview/graph/plan/words.ts';
import { agentsNamed, readWorkflowText, sourceOf } from '../definitions/marked.ts';

const AGENTS = agentsNamed('coder', 'Code-Reviewer');

const LIST = `name: shop
todos:
  - id: a
    agent_role: code_reviewer
    description: |
      One.
      Two.
    acceptance_criteria:
      tests: [{ cmd: npm test, timeout_seconds: 60 }, { cmd: npm run e2e }]
    validation_rules:
      - type: lint
        command: npm run lint
  - id: b
    title: B
    agent_role: nobody
    dependencies: [a, ghost]
    owns: src/**
    never: [dist]
  - id: c
    parent_id: b
    agent_role: coder
`;

const FILE = '.sluice/todos/shop.yaml';

function planIn(text: string): PlanPicture {
  const { diagnostics } = readWorkflowText(sourceOf(FILE, text), AGENTS);
  const agents = AGENTS.names.flatMap((name) => AGENTS.named(name) ?? []);
  return planOf({ file: FILE, text, isUnsaved: false, diagnostics }, agents);
}

const EDITS: readonly PlanEdit[] = [
  { kind: 'rename', from: 'a', to: 'z' },
  { kind: 'retitle', id: 'a', title: 'A' },
  { kind: 'describe', id: 'a', description: '' },
  { kind: 'remove', id: 'a', rewire: true },
  { kind: 'add', id: 'd', title: '', agent_role: 'coder', dependencies: ['a'], after: 'a' },
  { kind: 'add', id: 'd', title: '', agent_role: 'coder', dependencies: [] },
  { kind: 'dependencies', id: 'a', list: [] },
  { kind: 'agent', id: 'a', role: 'coder' },
  { kind: 'tests', id: 'a', tests: [{ cmd: 'x', timeout_seconds: 1 }, { cmd: 'y' }] },
  { kind: 'rules', id: 'a', rules: [{ type: 'lint' }, { command: 'y' }] },
  { kind: 'owns', id: 'a', globs: ['src/**'] },
  { kind: 'never', id: 'a', globs: [] },
];

describe('The picture of a plan', () => {
  it('has all that a person changes, as the file says it', () => {
    const [a, b, c] = planIn(LIST).todos;
    assert.deepEqual(a, {
      id: 'a',
      title: '',
      description: 'One.\nTwo.\n',
      role: 'code_reviewer',
      agent: 'Code-Reviewer',
      dependencies: [],
      parent: undefined,
      owns: [],
      never: [],
      tests: [
        { cmd: 'npm test', seconds: 60 },
        { cmd: 'npm run e2e', seconds: undefined },
      ],
      rules: [{ type: 'lint', command: 'npm run lint' }],
      problems: [],
    });
    assert.deepEqual([b?.agent, b?.owns, b?.never], [undefined, ['src/**'], ['dist']]);
    assert.equal(c?.parent, 'b');
  });

  it('has what is wrong at the todo and the field it is about, else with the list', () => {
    const { todos, problems } = planIn(LIST.replace('name: shop', 'name: shop\ntitle: [1]'));
    const fields = todos.map((todo) => todo.problems.map(({ field }) => field));
    assert.deepEqual(fields, [[], ['agent', 'dependencies'], []]);
    assert.equal(problems.length, 1);
    const broken = planIn('todos: [');
    assert.deepEqual(broken.todos, []);
    assert.equal(broken.problems[0]?.severity, 'error');
  });

  it('is drawn also where no workflow comes of it', () => {
    const { nodes } = pictureOfPlan('shop', planIn(LIST));
    assert.deepEqual(
      nodes.map(({ id, needs, subtitle }) => [id, needs, subtitle]),
      [
        ['a', [], 'Code-Reviewer'],
        ['b', ['a'], 'nobody'],
        ['c', ['b'], 'coder'],
      ],
    );
    assert.match(nodes[1]?.reason ?? '', /^Cannot run: There is no agent "nobody"/);
  });

  it('is read by the page, whole or not at all', () => {
    const plan = planIn(LIST);
    const message = JSON.parse(JSON.stringify({ type: 'plan', plan })) as object;
    assert.deepEqual(JSON.stringify(parseHostMessage(message)), JSON.stringify(message));
    assert.deepEqual(parseHostMessage({ type: 'plan', plan: undefined }), {
      type: 'plan',
      plan: undefined,
    });
    for (const spoilt of [null, [], {}, { ...plan, todos: [{}] }, { ...plan, isUnsaved: 1 }]) {
      assert.equal(parseHostMessage({ type: 'plan', plan: spoilt }), undefined);
    }
    const answer = { type: 'plan-answer', number: 3, refused: 'No.' };
    assert.deepEqual(parseHostMessage(answer), answer);
    assert.equal(parseHostMessage({ ...answer, number: -1 }), undefined);
  });
});

describe('A change of a plan', () => {
  it('is taken from the page as it was sent, and not when a part of it is missing', () => {
    for (const edit of EDITS) {
      assert.deepEqual(parsePlanEdit(JSON.parse(JSON.stringify(edit))), edit);
      assert.deepEqual(parsePlanEdit({ ...edit, also: 1 }), edit);
      for (const name of Object.keys(edit).filter((one) => one !== 'after')) {
        assert.equal(parsePlanEdit({ ...edit, [name]: undefined }), undefined, name);
        assert.equal(parsePlanEdit({ ...edit, [name]: 7 }), undefined, name);
      }
    }
    fc.assert(fc.property(fc.anything(), (raw) => parsePlanEdit(raw) === undefined));
  });

  it('can be taken back to the byte', () => {
    for (const edit of EDITS) {
      const change = changePlan(LIST, 'yaml', edit);
      if (!change.ok) {
        assert.fail(`${change.error} ${JSON.stringify(edit)}`);
      }
      let { text } = change.value;
      for (const { start, end, text: put } of [...change.value.back].reverse()) {
        text = text.slice(0, start) + put + text.slice(end);
      }
      assert.equal(text, LIST, JSON.stringify(edit));
    }
  });

  it('is told in a sentence, and belongs to one part of the form', () => {
    for (const edit of EDITS) {
      assert.match(doneText(edit), /^\S.*\.$/);
      assert.match(fieldOf(edit), /^[a-z]+$/);
    }
  });
});

describe('What the page works out of a plan', () => {
  const plan = planIn(LIST);

  it('is which todos cannot be needed, since they need the todo themselves', () => {
    assert.deepEqual([...dependentsOf(plan, 'a')], ['a', 'b', 'c']);
    assert.deepEqual([...dependentsOf(plan, 'c')], ['c']);
  });

  it('is an id that is free, and how an agent nobody knows is shown', () => {
    assert.equal(freeId(plan), 'todo-4');
    const [first] = plan.todos;
    assert.ok(first);
    assert.equal(freeId({ ...plan, todos: [{ ...first, id: 'todo-2' }] }), 'todo-3');
    assert.deepEqual(plan.todos.map(agentLabel), ['Code-Reviewer', 'nobody (unknown)', 'coder']);
    assert.equal(agentLabel({ role: '', agent: undefined }), 'No agent');
  });

  it('is what is wrong with the file as a whole, once', () => {
    assert.equal(troubleOf(undefined), '');
    assert.equal(troubleOf(plan), '');
    assert.match(troubleOf({ ...plan, isUnsaved: true }), /^The file is not saved/);
    const problem = { severity: 'error', message: 'No.', field: undefined } as const;
    assert.equal(troubleOf({ ...plan, problems: [problem, problem] }), 'No. (and 1 more)');
  });

  it('is the globs of lines', () => {
    assert.deepEqual(linesOf(' src/** \n\n*.md\r\n'), ['src/**', '*.md']);
  });
});
