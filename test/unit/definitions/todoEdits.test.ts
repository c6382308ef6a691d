import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parse } from 'yaml';
import {
  editTodoList,
  type TodoEdit,
  type TodoListFormat,
} from '../../../src/core/definitions/imports/todoEdits.ts';
import { editedText } from '../../../src/core/definitions/source/lines.ts';

const LIST = `# What the team agreed on
name: basket
todos:
  - id: contract # first of all
    title: "Agree on the interface"
    agent_role: architect
    dependencies: []

  - id: store
    agent_role: coder
    description: |
      Keep the basket.

      In a file.
    dependencies:
      - contract # it says how
    acceptance_criteria:
      tests:
        - cmd: npm test
          timeout_seconds: 60
          name: kept

  - id: page
    agent_role: 'coder'
    dependencies: [contract, store] # both
  - id: mend
    parent_id: page
    agent_role: debugger
`;

function edited(text: string, edit: TodoEdit, format: TodoListFormat = 'yaml'): string {
  const edits = editTodoList(text, format, edit);
  assert.ok(edits.ok, edits.ok ? '' : `${edits.error}\n${JSON.stringify(edit)}\n${text}`);
  const made = editedText(text, edits.value);
  assert.ok(made.ok);
  return made.value;
}

function refusal(edit: TodoEdit, text = LIST): string {
  const edits = editTodoList(text, 'yaml', edit);
  assert.ok(!edits.ok, 'It was not refused.');
  return edits.error;
}

/** Expects the list with some of its lines replaced by others. */
function changes(edit: TodoEdit, before: string, after: string): void {
  assert.equal(LIST.split(before).length, 2, 'The lines do not stand in the list exactly once.');
  assert.equal(
    edited(LIST, edit),
    LIST.replace(before, () => after),
  );
}

describe('An edit of a todo list', () => {
  it('renames a todo wherever others name it', () => {
    const renamed = edited(LIST, { kind: 'rename', from: 'page', to: 'shop.page' });
    assert.equal(renamed, LIST.replaceAll('page', 'shop.page'));
    assert.equal(edited(LIST, { kind: 'rename', from: 'page', to: 'page' }), LIST);
  });

  it('writes a text in the quotes that stand there', () => {
    changes(
      { kind: 'retitle', id: 'contract', title: 'Say "how"' },
      '"Agree on the interface"',
      String.raw`"Say \"how\""`,
    );
    changes({ kind: 'agent', id: 'page', role: "o'hara" }, `'coder'`, `'o''hara'`);
    changes(
      { kind: 'describe', id: 'store', description: 'One line.\n' },
      '      Keep the basket.\n\n      In a file.\n',
      '      One line.\n',
    );
  });

  it('gives a field its place among the others, and takes it away when it is empty', () => {
    changes(
      { kind: 'retitle', id: 'store', title: 'Keep: it' },
      '  - id: store\n',
      "  - id: store\n    title: 'Keep: it'\n",
    );
    changes(
      { kind: 'retitle', id: 'contract', title: '' },
      '    title: "Agree on the interface"\n',
      '',
    );
    changes(
      { kind: 'owns', id: 'page', globs: ['src/page/**', ' *.css', ''] },
      '# both\n',
      "# both\n    owns: [src/page/**, '*.css']\n",
    );
  });

  it('gives those that depended on a todo what it depended on, where that is wanted', () => {
    const remove = { kind: 'remove', id: 'store' } as const;
    const store = LIST.slice(LIST.indexOf('  - id: store'), LIST.indexOf('  - id: page'));
    const without = LIST.replace(store, '');
    assert.equal(edited(LIST, { ...remove, rewire: true }), without.replace(', store]', ']'));
    const root = edited(LIST, { kind: 'remove', id: 'contract', rewire: false });
    assert.match(root, /dependencies: \[\]\n {4}acceptance/);
    assert.match(root, /dependencies: \[store\] # both/);
  });

  it('puts a new todo where it is wanted, as far apart as the others are', () => {
    changes(
      {
        ...{ kind: 'add', id: 'api', title: 'Serve it', agent_role: 'coder' },
        ...{ dependencies: ['contract'], after: 'contract' },
      },
      'dependencies: []\n\n',
      `dependencies: []

  - id: api
    title: Serve it
    agent_role: coder
    dependencies: [contract]

`,
    );
    const last = edited('- id: a\n  agent_role: coder', {
      ...{ kind: 'add', id: 'b', title: '', agent_role: 'coder', dependencies: [] },
    });
    assert.equal(last, '- id: a\n  agent_role: coder\n- id: b\n  agent_role: coder');
  });

  it('leaves the comments of needs that stay', () => {
    changes({ kind: 'dependencies', id: 'page', list: ['store'] }, '[contract, store]', '[store]');
    changes(
      { kind: 'dependencies', id: 'store', list: [] },
      'dependencies:\n      - contract # it says how\n',
      'dependencies: []\n',
    );
  });

  it('keeps what a test says beside its command and its time', () => {
    const tests = [{ cmd: 'npm test', timeout_seconds: 5 }, { cmd: 'npm run e2e' }];
    changes(
      { kind: 'tests', id: 'store', tests },
      '60\n          name: kept\n',
      '5\n          name: kept\n        - cmd: npm run e2e\n',
    );
    changes(
      { kind: 'tests', id: 'page', tests: [{ cmd: 'npm test' }] },
      '# both\n',
      '# both\n    acceptance_criteria:\n      tests:\n        - cmd: npm test\n',
    );
  });

  it('leaves JSON as it is indented', () => {
    const list = [
      { id: 'a', agent_role: 'coder', dependencies: [] },
      { id: 'b', agent_role: 'coder', dependencies: ['a'] },
    ];
    const add = { id: 'c', title: 'C', agent_role: 'coder', dependencies: ['b'] };
    for (const indent of [2, 4, '\t', undefined]) {
      const written = (todos: readonly object[]): string =>
        JSON.stringify({ tasks: todos }, null, indent);
      const text = written(list);
      const added = edited(text, { kind: 'add', ...add }, 'json');
      assert.equal(added, written([...list, add]));
      assert.equal(edited(added, { kind: 'remove', id: 'c', rewire: false }, 'json'), text);
      const owns = edited(text, { kind: 'owns', id: 'b', globs: ['src/**'] }, 'json');
      assert.equal(owns, written([list[0] ?? {}, { ...list[1], owns: ['src/**'] }]));
    }
  });

  it('is refused in a sentence where the list would make no sense', () => {
    const sentences: readonly (readonly [TodoEdit, string])[] = [
      [{ kind: 'retitle', id: 'x', title: '' }, 'There is no todo x.'],
      [{ kind: 'rename', from: 'store', to: 'page' }, 'Two todos would be called page.'],
      [{ kind: 'dependencies', id: 'page', list: ['x'] }, 'There is no todo x.'],
      [{ kind: 'dependencies', id: 'page', list: ['page'] }, 'page cannot need itself.'],
      [
        { kind: 'dependencies', id: 'contract', list: ['page'] },
        'contract would need itself through page.',
      ],
      [
        { kind: 'dependencies', id: 'contract', list: ['mend'] },
        'contract would need itself through mend and page.',
      ],
      [
        { kind: 'remove', id: 'page', rewire: true },
        'mend is there for when page fails: remove mend first.',
      ],
      [{ kind: 'agent', id: 'page', role: ' ' }, 'page needs an agent: name one.'],
      [
        { kind: 'tests', id: 'page', tests: [{ cmd: ' ' }] },
        'A test needs a command: write one, or remove the test.',
      ],
    ];
    for (const [edit, sentence] of sentences) {
      assert.equal(refusal(edit), sentence);
    }
    assert.match(refusal({ kind: 'rename', from: 'page', to: 'a b' }), /^"a b" cannot be the id/);
    assert.match(
      refusal({ kind: 'remove', id: 'a', rewire: false }, '[{ id: a, agent_role: coder }]'),
      /^a is the only todo/,
    );
    assert.match(
      refusal({ kind: 'retitle', id: 'a', title: '' }, '- { id: a }\n- { id: a }'),
      /^Two todos are called a/,
    );
    assert.match(refusal({ kind: 'retitle', id: 'a', title: '' }, 'steps: {}'), /no list of todos/);
    assert.match(refusal({ kind: 'retitle', id: 'a', title: '' }, '- {'), /cannot be read/);
  });

  it('opens a circle that stands in the file', () => {
    const circle = 'todos: [{ id: a, dependencies: [b, a] }, { id: b, dependencies: [a] }]';
    assert.equal(
      edited(circle, { kind: 'dependencies', id: 'a', list: ['b'] }),
      circle.replace('[b, a]', '[b]'),
    );
  });

  it('does not touch what an anchor shares', () => {
    const shared = `todos:
  - { id: a, agent_role: &role coder }
  - { id: b, agent_role: *role, dependencies: &needs [a] }
  - { id: c, agent_role: *role, dependencies: *needs }
`;
    for (const edit of [
      { kind: 'agent', id: 'a', role: 'tester' },
      { kind: 'agent', id: 'b', role: 'tester' },
      { kind: 'dependencies', id: 'b', list: [] },
      { kind: 'dependencies', id: 'c', list: ['b'] },
      { kind: 'remove', id: 'b', rewire: false },
    ] as const) {
      assert.match(refusal(edit, shared), /anchor/, JSON.stringify(edit));
    }
    assert.equal(
      edited(shared, { kind: 'rename', from: 'a', to: 'z' }),
      shared.replace('id: a,', 'id: z,').replace('[a]', '[z]'),
    );
    assert.match(edited(shared, { kind: 'retitle', id: 'c', title: 'C' }), /id: c, title: C,/);
  });

  it('costs milliseconds in a list of a thousand todos', () => {
    const todos = Array.from({ length: 1000 }, (_, index) => ({
      id: `t${index}`,
      agent_role: 'coder',
      dependencies: index === 0 ? [] : ['t0'],
    }));
    const text = JSON.stringify({ todos }, null, 2);
    const renamed = edited(text, { kind: 'rename', from: 't0', to: 'first' }, 'json');
    assert.equal(renamed.match(/"first"/g)?.length, 1000);
  }).timeout(5000);
});

interface Todo {
  readonly id: string;
  readonly title?: string;
  readonly description?: string;
  readonly agent_role: string;
  readonly dependencies?: readonly string[];
  readonly owns?: readonly string[];
  readonly acceptance_criteria?: { readonly tests: readonly Test[] };
  readonly extra?: unknown;
}
interface Test {
  readonly cmd: string;
  readonly timeout_seconds?: number;
}
type Layout = { readonly [name: string]: boolean | number };

const line = fc.oneof(
  fc.constantFrom('npm test', 'a: b', '# no', '- x', 'true', '1e3', '~', '[x]', "it's", '"', 'é…'),
  fc.string({ minLength: 1, maxLength: 12, unit: 'binary' }).filter((text) => /\S/.test(text)),
);
const prose = fc.oneof(
  line,
  fc
    .array(fc.constantFrom('One.', '', 'Two: #x', '  three'), { minLength: 2, maxLength: 5 })
    .map((lines) => lines.join('\n') || 'x'),
);
const texts = fc.uniqueArray(fc.constantFrom('src/**', '*.md', 'docs/a b.md', 'x'), {
  maxLength: 3,
});
const tests = fc.array(
  fc.record(
    { cmd: line, timeout_seconds: fc.integer({ min: 1, max: 99 }) },
    { requiredKeys: ['cmd'] },
  ),
  { maxLength: 3 },
);

/** Each needs some of those before it. */
const lists = fc
  .array(
    fc.record(
      {
        title: line,
        description: prose,
        agent_role: fc.constantFrom('coder', 'tester'),
        needs: fc.array(fc.nat(5), { maxLength: 3 }),
        owns: texts,
        tests,
        extra: fc.constantFrom([{ a: 1 }], 'x', { b: [null, 1.5] }),
      },
      { requiredKeys: ['agent_role'] },
    ),
    { minLength: 2, maxLength: 6 },
  )
  .map((drafts) =>
    drafts.map(({ needs, tests: checks, ...fields }, index): Todo => {
      const before = needs?.filter((need) => need < index).map((need) => `t-${need}`);
      return {
        id: `t-${index}`,
        ...fields,
        ...(before === undefined ? {} : { dependencies: [...new Set(before)] }),
        ...(checks === undefined ? {} : { acceptance_criteria: { tests: checks } }),
      };
    }),
  );

const layouts: fc.Arbitrary<Layout> = fc.record({
  isBare: fc.boolean(),
  isCrlf: fc.boolean(),
  isEnded: fc.boolean(),
  isApart: fc.boolean(),
  isDeep: fc.boolean(),
  comments: fc.boolean(),
  flowLists: fc.boolean(),
  flowTodos: fc.boolean(),
  quotes: fc.nat(2),
  json: fc.constantFrom(0, 0, 0, 1, 2, 3),
  tail: fc.boolean(),
});

const edits: fc.Arbitrary<{ readonly at: number; readonly what: TodoEdit }> = fc
  .record({ at: fc.nat(5), other: fc.nat(5), line, prose, texts, tests, flag: fc.boolean() })
  .chain(({ at, other, line: text, prose: long, texts: globs, tests: checks, flag }) => {
    const id = `t-${at}`;
    return fc
      .constantFrom<TodoEdit>(
        { kind: 'rename', from: id, to: 'other' },
        { kind: 'retitle', id, title: flag ? text : '' },
        { kind: 'describe', id, description: flag ? long : '' },
        { kind: 'remove', id, rewire: flag },
        {
          ...{ kind: 'add', id: 'new', title: text, agent_role: 'coder' },
          dependencies: flag ? [id] : [],
          ...(flag ? { after: `t-${other}` } : {}),
        },
        { kind: 'dependencies', id, list: at > other ? [`t-${other}`] : [] },
        { kind: 'agent', id, role: text },
        { kind: 'tests', id, tests: checks },
        { kind: flag ? 'owns' : 'never', id, globs },
      )
      .map((what) => ({ at, what }));
  });

/** The list with the edit done, as anybody would write it down. */
function expected(todos: readonly Todo[], edit: TodoEdit): readonly object[] {
  const one = (id: string, change: (todo: Todo) => object): readonly object[] =>
    todos.map((todo) => (todo.id === id ? change(todo) : todo));
  const put = (todo: object, name: string, value: unknown, isEmpty: boolean): object => {
    return isEmpty && !Object.hasOwn(todo, name) ? todo : { ...todo, [name]: value };
  };
  switch (edit.kind) {
    case 'rename': {
      const named = (id: string): string => (id === edit.from ? edit.to : id);
      return todos.map((todo) => ({
        ...todo,
        id: named(todo.id),
        ...(todo.dependencies && { dependencies: todo.dependencies.map(named) }),
      }));
    }
    case 'retitle':
      return one(edit.id, ({ title: _, ...todo }) =>
        edit.title === '' ? todo : { ...todo, title: edit.title },
      );
    case 'describe':
      return one(edit.id, ({ description: _, ...todo }) =>
        edit.description === '' ? todo : { ...todo, description: edit.description },
      );
    case 'agent':
      return one(edit.id, (todo) => ({ ...todo, agent_role: edit.role }));
    case 'remove': {
      const gone = todos.find(({ id }) => id === edit.id);
      const needs = edit.rewire ? (gone?.dependencies ?? []) : [];
      return todos
        .filter((todo) => todo !== gone)
        .map((todo) =>
          todo.dependencies === undefined
            ? todo
            : {
                ...todo,
                dependencies: [
                  ...new Set(todo.dependencies.flatMap((id) => (id === edit.id ? needs : [id]))),
                ],
              },
        );
    }
    case 'add': {
      const { kind: _, after, title, dependencies, ...todo } = edit;
      const at = after === undefined ? todos.length : Number(after.slice(2)) + 1;
      const made = {
        ...todo,
        ...(title === '' ? {} : { title }),
        ...(dependencies.length === 0 ? {} : { dependencies }),
      };
      return (todos as readonly object[]).toSpliced(at, 0, made);
    }
    case 'dependencies':
      return one(edit.id, (todo) => put(todo, 'dependencies', edit.list, edit.list.length === 0));
    case 'owns':
    case 'never':
      return one(edit.id, (todo) => put(todo, edit.kind, edit.globs, edit.globs.length === 0));
    case 'tests':
      return one(edit.id, (todo) =>
        put(todo, 'acceptance_criteria', { tests: edit.tests }, edit.tests.length === 0),
      );
    case 'rules':
      return todos;
  }
}

/** The text of a list, and where each todo stands in it. */
function written(todos: readonly Todo[], layout: Layout) {
  const isBare = layout['isBare'] === true;
  const fields = { name: 'list', todos };
  const root = isBare ? todos : fields;
  if (layout['json'] !== 0) {
    const indent = [undefined, undefined, 2, '\t'][Number(layout['json'])];
    return { text: JSON.stringify(root, null, indent), format: 'json' as const, root };
  }
  const left = isBare ? '' : layout['isDeep'] === true ? '    ' : '';
  const note = (text: string): string => (layout['comments'] === true ? ` # ${text}` : '');
  const lines = isBare ? ['# a list'] : ['# a list', 'name: list', `todos:${note('here')}`];
  todos.forEach((todo, index) => {
    if (index > 0 && layout['isApart'] === true) {
      lines.push('');
    }
    if (layout['comments'] === true) {
      lines.push(`${left}# above ${todo.id}`);
    }
    if (layout['flowTodos'] === true) {
      lines.push(`${left}- ${JSON.stringify(todo)}${note(todo.id)}`);
      return;
    }
    Object.entries(todo).forEach(([name, value], place) => {
      const sign = place === 0 ? '- ' : '  ';
      lines.push(...fieldLines(name, value, layout, todo.id, left + sign, `${left}  `));
    });
  });
  if (!isBare && layout['tail'] === true) {
    lines.push('# the end', 'more: [1]');
  }
  const text = lines.join('\n') + (layout['isEnded'] === true ? '\n' : '');
  return {
    text: layout['isCrlf'] === true ? text.replaceAll('\n', '\r\n') : text,
    format: 'yaml' as const,
    root: !isBare && layout['tail'] === true ? { ...fields, more: [1] } : root,
  };
}

function fieldLines(
  name: string,
  value: unknown,
  layout: Layout,
  id: string,
  left: string,
  deeper: string,
): readonly string[] {
  const note = layout['comments'] === true ? ` # ${name} of ${id}` : '';
  const scalar = (text: string): string =>
    layout['quotes'] === 1 && /^[\w' ]+$/.test(text)
      ? `'${text.replaceAll("'", "''")}'`
      : layout['quotes'] === 0 && /^[a-z][\w/-]*$/.test(text) && !/^(?:true|null|false)$/.test(text)
        ? text
        : JSON.stringify(text).replace(
            /[\u007f-\uffff]/g,
            (unseen) => `\\u${unseen.charCodeAt(0).toString(16).padStart(4, '0')}`,
          );
  if (typeof value === 'string') {
    const isBlock =
      /^[A-Z][^\r]*\n[^\r]*[A-Z]\S*$/.test(value) && !/^ *$/m.test(value.replaceAll(/^$/gm, 'x'));
    return isBlock && layout['isCrlf'] === false && /^[\x20-\x7e\n]*$/.test(value)
      ? [
          `${left}${name}: |-${note}`,
          ...value.split('\n').map((one) => (one === '' ? '' : `${deeper}  ${one}`)),
        ]
      : [`${left}${name}: ${scalar(value)}${note}`];
  }
  if (name === 'acceptance_criteria' && layout['flowLists'] === false) {
    const { tests: checks } = value as { readonly tests: readonly Test[] };
    return checks.length === 0
      ? [`${left}${name}: { tests: [] }${note}`]
      : [
          `${left}${name}:${note}`,
          `${deeper}  tests:`,
          ...checks.flatMap(({ cmd, timeout_seconds: seconds }) => [
            `${deeper}    - cmd: ${scalar(cmd)}${note}`,
            ...(seconds === undefined ? [] : [`${deeper}      timeout_seconds: ${seconds}`]),
          ]),
        ];
  }
  if (
    Array.isArray(value) &&
    value.every((item) => typeof item === 'string') &&
    value.length > 0 &&
    layout['flowLists'] === false
  ) {
    return [`${left}${name}:${note}`, ...value.map((item) => `${deeper}- ${scalar(item)}${note}`)];
  }
  return [`${left}${name}: ${JSON.stringify(value)}${note}`];
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('An edit of any todo list', function () {
  this.timeout(60_000);

  it('says exactly what it is to say, and every comment stays but those of what goes', () => {
    let done = 0;
    fc.assert(
      fc.property(lists, layouts, edits, (todos, layout, { at, what }) => {
        const isOutside =
          at >= todos.length ||
          (what.kind === 'add' &&
            what.after !== undefined &&
            Number(what.after.slice(2)) >= todos.length) ||
          (what.kind === 'dependencies' &&
            what.list.some((id) => Number(id.slice(2)) >= todos.length));
        fc.pre(!isOutside);
        const { text, format, root } = written(todos, layout);
        assert.deepEqual(plain(parse(text)), plain(root), text);
        const after = edited(text, what, format);
        const wanted = expected(todos, what);
        const [was, is] = [parse(text) as object, parse(after) as object];
        assert.deepEqual(
          plain(is),
          plain(Array.isArray(was) ? wanted : { ...was, todos: wanted }),
          `${JSON.stringify(what)}\n${text}\n-----\n${after}`,
        );
        done += after === text ? 0 : 1;
        const id = 'id' in what && what.kind !== 'add' ? what.id : '';
        for (const [comment] of text.matchAll(
          / # \w+ of t-\d+$| # t-\d+$|# above t-\d+$|# the end$/gm,
        )) {
          assert.ok(
            after.includes(comment) ||
              comment.endsWith(` ${id}`) ||
              comment.includes('dependencies'),
            `${comment} is gone: ${JSON.stringify(what)}\n${text}\n-----\n${after}`,
          );
        }
        assert.equal(after.includes('\r'), text.includes('\r'));
        assert.equal(/\r?\n$/.test(after), /\r?\n$/.test(text));
        assert.doesNotMatch(after.replaceAll('\r\n', ''), text.includes('\r') ? /\n/ : /\r/);
      }),
      { numRuns: 500 },
    );
    assert.ok(done > 200, String(done));
  });

  it('leaves every byte outside the todo it is about', () => {
    fc.assert(
      fc.property(lists, layouts, edits, (todos, layout, { at, what }) => {
        fc.pre(at < todos.length && !['rename', 'remove', 'add'].includes(what.kind));
        fc.pre(what.kind !== 'dependencies' || what.list.length === 0);
        const { text, format } = written(todos, layout);
        const after = edited(text, what, format);
        const start = text.search(new RegExp(`["']?id["']?: ?["']?t-${at}\\b`));
        const nextAt = text.slice(start + 8).search(/["']?id["']?: ?["']?t-\d/);
        const end = nextAt === -1 ? text.length : start + 8 + nextAt;
        assert.equal(after.slice(0, start), text.slice(0, start));
        assert.ok(
          after.endsWith(text.slice(end)),
          `${JSON.stringify(what)}\n${text}\n-----\n${after}`,
        );
      }),
      { numRuns: 300 },
    );
  });

  it('is taken back by its opposite', () => {
    fc.assert(
      fc.property(lists, layouts, line, (todos, layout, text) => {
        const todo = todos.at(-2);
        assert.ok(todo);
        const list = written(todos, layout);
        const { id } = todo;
        const add = { agent_role: 'coder', title: text, dependencies: [id], after: id };
        const pairs: readonly (readonly [TodoEdit, TodoEdit])[] = [
          [
            { kind: 'rename', from: id, to: 'other' },
            { kind: 'rename', from: 'other', to: id },
          ],
          [
            { kind: 'retitle', id, title: text },
            { kind: 'retitle', id, title: todo.title ?? '' },
          ],
          [
            { kind: 'agent', id, role: text },
            { kind: 'agent', id, role: todo.agent_role },
          ],
          [
            { kind: 'add', id: 'new', ...add },
            { kind: 'remove', id: 'new', rewire: true },
          ],
        ];
        for (const [there, back] of pairs) {
          const again = edited(edited(list.text, there, list.format), back, list.format);
          assert.deepEqual(parse(again), parse(list.text), JSON.stringify(there));
          if (there.kind === 'add') {
            assert.equal(again, list.text);
          }
        }
      }),
      { numRuns: 80 },
    );
  });
});
