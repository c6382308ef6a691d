import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { systemClock } from '../../../src/core/base/clock.ts';
import { DefinitionIndex } from '../../../src/core/definitions/files/definitionIndex.ts';
import { readDefinitions } from '../../../src/core/definitions/project.ts';
import { readSourceFile } from '../../../src/core/definitions/files/readSource.ts';
import { sampleOf } from '../../support/sample.ts';
import { TemporaryFolder } from './folder.ts';

const never = new AbortController().signal;

/** One at which every file there is was written long ago. */
const LATER = { now: () => Date.now() + 60_000, monotonic: () => systemClock.monotonic() };

const AGENT = (name: string, more = '') =>
  `---\nname: ${name}\ndescription: Does ${name}.\n${more}---\n\nDo it.\n`;
const COMMAND = (name: string, more = '') => `name: ${name}\ncommand: [make, ${name}]\n${more}`;

describe('An index of definitions', () => {
  let folder: TemporaryFolder;
  let home: TemporaryFolder;
  beforeEach(() => {
    folder = new TemporaryFolder();
    home = new TemporaryFolder();
  });
  afterEach(() => {
    folder.dispose();
    home.dispose();
  });

  it('tells after any change what a first reading tells', async function () {
    this.timeout(sampleOf(120_000));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 20 }), async (changes) => {
        const project = new TemporaryFolder();
        const user = new TemporaryFolder();
        try {
          const index = new DefinitionIndex({
            folder: project.path,
            home: user.path,
            clock: systemClock,
          });
          for (const [number, one] of changes.entries()) {
            apply(one, project, user);
            if (one.read) {
              const after = await index.refresh(never);
              const first = await readDefinitions(project.path, never, user.path);
              assert.deepEqual(after, first, `after change ${number}`);
            }
          }
        } finally {
          project.dispose();
          user.dispose();
        }
      }),
      { numRuns: sampleOf(30) },
    );
  });

  it('judges workflows again that stand in each other, after any change to one of them', async function () {
    this.timeout(sampleOf(120_000));
    const workflow = fc.constantFrom('one', 'two', 'three');
    const text = fc.oneof(
      fc.constantFrom('steps: [ann]\n', 'steps: [anne]\n', 'steps: [nobody]\n', 'steps: {}\n'),
      fc.constantFrom('inputs: { x: {} }\nsteps: [ann]\n', 'name: one\nsteps: [ann]\n'),
      {
        weight: 6,
        arbitrary: workflow.map((name) => `steps:\n  in: { workflow: ${name} }\n`),
      },
      workflow.map((name) => `steps:\n  in: { uses: ./${name}.yaml }\n`),
      workflow.map((name) => `steps:\n  in: { workflow: ${name}s }\n`),
      workflow.map((name) => `steps:\n  in: { uses: ./${name}s.yaml }\n`),
      fc.constant(undefined),
    );
    const changes = fc.array(
      fc.oneof(
        { weight: 5, arbitrary: fc.tuple(workflow, text) },
        { weight: 1, arbitrary: fc.constantFrom('ann', 'anna', undefined) },
      ),
      { minLength: 2, maxLength: 15 },
    );
    await fc.assert(
      fc.asyncProperty(changes, async (all) => {
        const project = new TemporaryFolder();
        try {
          project.write('.sluice/agents/a.yaml', COMMAND('ann'));
          const options = { folder: project.path, home: undefined, clock: systemClock };
          const index = new DefinitionIndex(options);
          for (const one of all) {
            const [file, content] = Array.isArray(one)
              ? [`.sluice/workflows/${one[0]}.yaml`, one[1]]
              : ['.sluice/agents/a.yaml', one && COMMAND(one)];
            if (content === undefined) {
              fs.rmSync(path.join(project.path, file), { force: true });
            } else {
              project.write(file, content);
            }
            assert.deepEqual(
              await index.refresh(never),
              await readDefinitions(project.path, never),
            );
          }
        } finally {
          project.dispose();
        }
      }),
      { numRuns: sampleOf(60) },
    );
  });

  describe('of many files', () => {
    const files: string[] = [];
    const indexed = () => {
      const index = new DefinitionIndex({
        folder: folder.path,
        home: home.path,
        clock: LATER,
        read: (at, file) => {
          files.push(file);
          return readSourceFile(at, file);
        },
      });
      return async () => {
        files.length = 0;
        const definitions = await index.refresh(never);
        return { definitions, read: [...files].sort() };
      };
    };
    const all = [
      ...Array.from({ length: 20 }, (_, n) => `.claude/agents/deep/a${n}.md`),
      '.sluice/agents/b.yaml',
      '.sluice/agents.yaml',
      '.sluice/workflows/w.yaml',
      'schema.json',
    ].sort();

    beforeEach(() => {
      for (let n = 0; n < 20; n += 1) {
        folder.write(`.claude/agents/deep/a${n}.md`, AGENT(`a${n}`));
      }
      folder.write('.sluice/agents/b.yaml', COMMAND('b'));
      folder.write('.sluice/agents.yaml', 'a1: { criticality: 9 }\n');
      folder.write(
        '.sluice/workflows/w.yaml',
        'steps:\n  one: { agent: a1, produces: [{ path: x.json, schema: schema.json }] }\n',
      );
      folder.write('schema.json', '{"type": "object"}');
    });

    it('reads nothing again while nothing changes', async () => {
      const refresh = indexed();
      assert.deepEqual((await refresh()).read, all);
      const { definitions, read } = await refresh();
      assert.deepEqual(read, []);
      assert.equal(definitions.agents.length, 21);
      assert.deepEqual(definitions.diagnostics, []);
    });

    it('reads one changed file and no other', async () => {
      const refresh = indexed();
      await refresh();
      folder.write('.claude/agents/deep/a7.md', AGENT('other'));
      const { definitions, read } = await refresh();
      assert.deepEqual(read, ['.claude/agents/deep/a7.md']);
      assert.ok(definitions.agents.some(({ name }) => name === 'other'));
      folder.write('schema.json', '{"type": "nothing"}');
      const then = await refresh();
      assert.deepEqual(then.read, ['schema.json']);
      assert.equal(then.definitions.workflows[0]?.kind, 'invalid');
    });

    it('reads a new file, a renamed one and one with an old time, and no other', async () => {
      const refresh = indexed();
      await refresh();
      folder.write('.claude/agents/new/c.md', AGENT('c'));
      assert.deepEqual((await refresh()).read, ['.claude/agents/new/c.md']);
      fs.renameSync(
        path.join(folder.path, '.claude/agents/new/c.md'),
        path.join(folder.path, '.claude/agents/new/d.md'),
      );
      assert.deepEqual((await refresh()).read, ['.claude/agents/new/d.md']);
      const same = '.claude/agents/deep/a3.md';
      const old = new Date('2020-01-01');
      const write = (text: string) => {
        folder.write(same, text);
        fs.utimesSync(path.join(folder.path, same), old, old);
      };
      write(AGENT('a3'));
      assert.deepEqual((await refresh()).read, [same]);
      write(AGENT('a3').replace('Do it', 'It do'));
      assert.deepEqual((await refresh()).read, [same]);
    });

    it('tells files with one text and one name in different folders from each other', async () => {
      for (const at of ['.claude/agents/one', '.claude/agents/two', '.sluice/agents']) {
        folder.write(`${at}/twin.md`, AGENT('twin'));
      }
      const refresh = indexed();
      const { definitions } = await refresh();
      const twins = definitions.agents.filter(({ name }) => name === 'twin');
      assert.deepEqual(
        twins.map(({ file, format }) => [file, format]),
        [
          ['.sluice/agents/twin.md', 'sluice'],
          ['.claude/agents/one/twin.md', 'claude'],
          ['.claude/agents/two/twin.md', 'claude'],
        ],
      );
    });

    it('forgets a file that goes, so that it is read when it comes back', async () => {
      const refresh = indexed();
      await refresh();
      const file = path.join(folder.path, '.claude/agents/deep/a3.md');
      fs.renameSync(file, path.join(folder.path, 'aside'));
      const { definitions, read } = await refresh();
      assert.deepEqual(read, []);
      assert.equal(definitions.agents.length, 20);
      fs.renameSync(path.join(folder.path, 'aside'), file);
      assert.deepEqual((await refresh()).read, ['.claude/agents/deep/a3.md']);
    });

    it('judges no workflow again that has nothing to do with the change', async () => {
      folder.write('.sluice/workflows/v.yaml', 'steps:\n  one: { agent: a2 }\n');
      const refresh = indexed();
      const entry = async (name: string) =>
        (await refresh()).definitions.workflows.find((one) => one.name === name);
      const [v, w] = [await entry('v'), await entry('w')];
      folder.write('.claude/agents/deep/a7.md', AGENT('other'));
      assert.equal(await entry('v'), v);
      folder.write('.sluice/agents.yaml', 'a1: { criticality: 8 }\n');
      assert.equal(await entry('v'), v);
      assert.notEqual(await entry('w'), w);
    });
  });

  it('reads a file again whose last change is too near to tell it from one more', async () => {
    let reads = 0;
    let now = 0;
    const index = new DefinitionIndex({
      folder: folder.path,
      home: undefined,
      clock: { now: () => now, monotonic: () => 0 },
      read: (at, file) => {
        reads += 1;
        return readSourceFile(at, file);
      },
    });
    const parsed = new Set<unknown>();
    const readsOf = async () => {
      reads = 0;
      const [entry] = (await index.refresh(never)).agents;
      assert.equal(entry?.kind, 'valid');
      parsed.add(entry.agent);
      return reads;
    };
    folder.write('.claude/agents/a.md', AGENT('a'));
    now = fs.statSync(path.join(folder.path, '.claude/agents/a.md')).ctimeMs + 10;
    assert.equal(await readsOf(), 1);
    assert.equal(await readsOf(), 1);
    now += 5000;
    assert.equal(await readsOf(), 1);
    assert.equal(await readsOf(), 0);
    assert.equal(parsed.size, 1, 'the same text is not parsed again');
  });

  it('stops with the reason it is given', async () => {
    folder.write('.claude/agents/a.md', AGENT('a'));
    const reason = new Error('enough');
    const index = new DefinitionIndex({ folder: folder.path, home: undefined, clock: systemClock });
    await assert.rejects(index.refresh(AbortSignal.abort(reason)), reason);
  });

  it('lets the program do other work while it reads, and stops in the middle', async () => {
    for (let n = 0; n < 50; n += 1) {
      folder.write(`.claude/agents/a${n}.md`, AGENT(`a${n}`));
    }
    const stop = new AbortController();
    const reason = new Error('enough');
    let reads = 0;
    let time = 0;
    const index = new DefinitionIndex({
      folder: folder.path,
      home: undefined,
      // Each look at it is a millisecond later.
      clock: { now: () => systemClock.now(), monotonic: () => (time += 1) },
      read: (at, file) => {
        reads += 1;
        if (reads === 10) {
          setImmediate(() => stop.abort(reason));
        }
        return readSourceFile(at, file);
      },
    });
    await assert.rejects(index.refresh(stop.signal), reason);
    assert.ok(reads < 50, `${reads} files were read`);
    await assert.doesNotReject(index.refresh(never));
  });
});

type Change = { readonly read: boolean } & (
  | {
      readonly kind: 'write';
      readonly file: string;
      readonly text: string;
      readonly keepTime: boolean;
    }
  | { readonly kind: 'remove'; readonly file: string }
  | { readonly kind: 'rename'; readonly file: string; readonly to: string }
  | { readonly kind: 'folder'; readonly file: string }
  | { readonly kind: 'link'; readonly file: string; readonly to: string }
);

const agentNames = ['ann', 'bob', 'cat'];
const oneAgent = fc.constantFrom(...agentNames);
const agentFile = fc.constantFrom(
  '.sluice/agents/ann.md',
  '.sluice/agents/x.yaml',
  '.sluice/agents/y.json',
  '.github/agents/bob.agent.md',
  '.claude/agents/ann.md',
  '.claude/agents/deep/er/cat.md',
  '.claude/agents/deep/two.md',
  '~/.claude/agents/ann.md',
  '~/.copilot/agents/dan.agent.md',
);
const agentText = fc.oneof(
  oneAgent.map((name) => AGENT(name)),
  oneAgent.map((name) => AGENT(name, 'tools: Read\n')),
  oneAgent.map((name) => AGENT(name, 'tols: Read\nmodel: [\n')),
  oneAgent.map((name) => COMMAND(name)),
  oneAgent.map((name) =>
    COMMAND(name, 'env: { A: "${{ inputs.x }}", B: "${{ steps.one.output" }\n'),
  ),
  fc.constantFrom('', 'no front matter', '{}', '\u0000binary', 'runner: command\nwrong: 1\n'),
);
const workflowFile = fc.constantFrom(
  '.sluice/workflows/one.yaml',
  '.sluice/workflows/two.yml',
  '.sluice/workflows/three.json',
  '.sluice/workflows/copy.yaml',
);
const workflowName = fc.constantFrom('one', 'two', 'three');
const workflowText = fc.oneof(
  fc
    .tuple(oneAgent, fc.constantFrom('ann', 'bbo', 'inputs'))
    .map(
      ([a, b]) =>
        `inputs: { x: {} }\nsteps:\n  a: { agent: ${a} }\n  b: { agent: ${b}, needs: [a] }\n`,
    ),
  fc
    .tuple(workflowName, workflowName)
    .map(
      ([name, inner]) =>
        `name: ${name}\nsteps:\n  in: { workflow: ${inner} }\n  b: { agent: ann }\n`,
    ),
  workflowName.map((inner) => `steps:\n  in: { uses: ./${inner}.yaml }\n`),
  oneAgent.map(
    (agent) =>
      `steps:\n  a: { agent: ${agent}, produces: [{ path: r.json, schema: schemas/r.json }] }\n`,
  ),
  fc.constant(
    'steps:\n  a: { agent: ann, produces: [{ path: r.json, schema: { type: wrong } }] }\n  b: { agent: ann, owns: [src/**] }\n  c: { agent: bob, owns: [src/x] }\n',
  ),
  fc.constantFrom('', 'steps: [', 'steps: {}'),
);
const otherText = fc
  .constantFrom(
    ['.sluice/agents.yaml', 'ann: { criticality: 9 }\n'],
    [
      '.sluice/agents.yaml',
      'bob: { command: [make], env: { A: "${{ inputs.y }}" } }\nnobody: {}\n',
    ],
    ['.sluice/agents.yaml', 'ann: [\n'],
    [
      '.claude/claude.json',
      '{"agents": {"eve": {"file": "agents/ann.md"}, "bob": {"file": "no.md"}}}',
    ],
    [
      '.claude/claude.json',
      '{"agents": {"eve": {"file": "agents/deep/two.md"}}, "workflows": {"list": {"steps": ["eve", "ann"]}, "one": {"steps": ["bob"]}}}',
    ],
    ['.sluice/todos/todo.yaml', '- title: x\n  agent: ann\n'],
    ['schemas/r.json', '{"type": "object"}'],
    ['schemas/r.json', '{"type": "wrong"}'],
    ['schemas/r.json', '{'],
  )
  .map(([file = '', text = '']) => ({ file, text }));
const anyFile = fc.oneof(
  { weight: 3, arbitrary: agentFile },
  { weight: 2, arbitrary: workflowFile },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '.claude/agents',
      '.claude/agents/deep',
      '.sluice',
      '.sluice/workflows',
      '.claude/claude.json',
      'schemas/r.json',
      'aside',
    ),
  },
);
const write = fc
  .tuple(
    fc.oneof(
      { weight: 3, arbitrary: fc.record({ file: agentFile, text: agentText }) },
      { weight: 3, arbitrary: fc.record({ file: workflowFile, text: workflowText }) },
      { weight: 2, arbitrary: otherText },
    ),
    fc.boolean(),
  )
  .map(([one, keepTime]) => ({ kind: 'write' as const, ...one, keepTime }));
const change: fc.Arbitrary<Change> = fc
  .tuple(
    fc.oneof(
      { weight: 8, arbitrary: write },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('remove' as const), file: anyFile }) },
      {
        weight: 2,
        arbitrary: fc.record({ kind: fc.constant('rename' as const), file: anyFile, to: anyFile }),
      },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('folder' as const), file: anyFile }) },
      {
        weight: 1,
        arbitrary: fc.record({ kind: fc.constant('link' as const), file: anyFile, to: anyFile }),
      },
    ),
    fc.boolean(),
  )
  .map(([one, read]) => ({ ...one, read }));

/** What cannot be done, as a rename of a file that is not there, changes nothing. */
function apply(one: Change, project: TemporaryFolder, user: TemporaryFolder): void {
  const absolute = (file: string) =>
    file.startsWith('~/') ? path.join(user.path, file.slice(2)) : path.join(project.path, file);
  const file = absolute(one.file);
  try {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    switch (one.kind) {
      case 'write': {
        const before = fs.statSync(file, { throwIfNoEntry: false });
        fs.writeFileSync(file, one.text);
        if (one.keepTime && before !== undefined) {
          fs.utimesSync(file, before.atime, before.mtime);
        }
        break;
      }
      case 'remove':
        fs.rmSync(file, { recursive: true });
        break;
      case 'rename':
        fs.mkdirSync(path.dirname(absolute(one.to)), { recursive: true });
        fs.renameSync(file, absolute(one.to));
        break;
      case 'folder':
        fs.mkdirSync(file);
        break;
      case 'link':
        fs.symlinkSync(absolute(one.to), file);
        break;
    }
  } catch (thrown) {
    assert.ok(thrown instanceof Error && 'code' in thrown);
  }
}
