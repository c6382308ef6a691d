import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { indexAgents } from '../../../src/core/definitions/entries.ts';
import { readDefinitions, readWorkflowFile } from '../../../src/core/definitions/project.ts';
import { TemporaryFolder } from './folder.ts';
import { said, unmark } from './marked.ts';

const never = new AbortController().signal;

describe('The definitions of a folder', () => {
  let folder: TemporaryFolder;
  beforeEach(() => {
    folder = new TemporaryFolder();
  });
  afterEach(() => folder.dispose());

  const read = () => readDefinitions(folder.path, never);

  it('are none in an empty folder', async () => {
    assert.deepEqual(await read(), { agents: [], workflows: [], diagnostics: [] });
  });

  it('are all agents and workflows, valid or not', async () => {
    folder.write('.sluice/agents/tool.yaml', 'command: [tool]');
    folder.write('.sluice/agents/broken.yaml', 'comand: [tool]');
    folder.write('.github/agents/plan.agent.md', 'Plan.');
    folder.write('.claude/agents/x/review.md', '---\nname: review\ndescription: d\n---\nReview.');
    folder.write('.claude/agents/notes.md', '# Notes');
    folder.write('.sluice/workflows/good.yaml', '[tool, plan, review]');
    folder.write('.sluice/workflows/bad.json', '{ "steps": {} }');
    const { agents, workflows, diagnostics } = await read();
    assert.deepEqual(
      agents.map(({ kind, name, file, format }) => [kind, name, file, format]),
      [
        ['invalid', 'broken', '.sluice/agents/broken.yaml', 'sluice'],
        ['valid', 'tool', '.sluice/agents/tool.yaml', 'sluice'],
        ['valid', 'plan', '.github/agents/plan.agent.md', 'vscode'],
        ['invalid', 'notes', '.claude/agents/notes.md', 'claude'],
        ['valid', 'review', '.claude/agents/x/review.md', 'claude'],
      ],
    );
    assert.deepEqual(
      workflows.map(({ kind, name, file }) => [kind, name, file]),
      [
        ['invalid', 'bad', '.sluice/workflows/bad.json'],
        ['valid', 'good', '.sluice/workflows/good.yaml'],
      ],
    );
    assert.deepEqual(
      diagnostics.map(({ file, code }) => [file, code]),
      [
        ['.claude/agents/notes.md', 'skipped-by-claude'],
        ['.sluice/agents/broken.yaml', 'missing-field'],
        ['.sluice/agents/broken.yaml', 'unknown-field'],
        ['.sluice/workflows/bad.json', 'empty-steps'],
      ],
    );
  });

  it('give every agent of a workflow to its run', async () => {
    folder.write('.sluice/agents/tool.yaml', 'command: [tool]');
    folder.write('.sluice/agents/other.yaml', 'command: [other]');
    folder.write('.sluice/workflows/w.yaml', 'steps: { a: { agent: tool }, g: { gate: Sure? } }');
    const { agents, workflows } = await read();
    const [entry] = workflows;
    assert.ok(entry?.kind === 'valid');
    const [step] = entry.workflow.steps;
    assert.ok(step?.kind === 'agent');
    assert.equal(indexAgents(agents).named(step.agent)?.name, 'tool');
  });

  it('let an agent of Sluice go before one of VS Code, and that before one of Claude Code', async () => {
    const claude = unmark('---\nname: «tool»\ndescription: d\n---\nUse it.');
    folder.write('.claude/agents/a.md', claude.text);
    folder.write('.claude/agents/b.md', '---\nname: lone\ndescription: d\n---\nUse it.');
    folder.write('.github/agents/tool.agent.md', 'Use it.');
    folder.write('.sluice/agents/z.yaml', 'command: [tool]\nname: tool');
    folder.write('.sluice/workflows/w.yaml', '[tool]');
    const { agents, workflows, diagnostics } = await read();
    const winner = '.sluice/agents/z.yaml';
    assert.deepEqual(
      agents.map(({ file, shadowedBy }) => [file, shadowedBy]),
      [
        [winner, undefined],
        ['.github/agents/tool.agent.md', winner],
        ['.claude/agents/a.md', winner],
        ['.claude/agents/b.md', undefined],
      ],
    );
    assert.deepEqual(
      diagnostics.map(({ file, severity, range, related }) => ({ file, severity, range, related })),
      ['.claude/agents/a.md', '.github/agents/tool.agent.md'].map((file, index) => ({
        file,
        severity: 'warning',
        range:
          index === 0
            ? claude.ranges[0]
            : { start: { line: 1, column: 1 }, end: { line: 1, column: 1 } },
        related: [
          {
            file: winner,
            range: { start: { line: 2, column: 7 }, end: { line: 2, column: 11 } },
            message: '"tool" is defined here first.',
          },
        ],
      })),
    );
    const [workflow] = workflows;
    assert.ok(workflow?.kind === 'valid');
    const [step] = workflow.workflow.steps;
    assert.ok(step?.kind === 'agent');
    assert.equal(indexAgents(agents).named(step.agent)?.file, winner);
  });

  it('let the path decide within one folder', async () => {
    folder.write('.claude/agents/b.md', '---\nname: x\ndescription: d\n---\nB.');
    folder.write('.claude/agents/a/z.md', '---\nname: x\ndescription: d\n---\nA.');
    const { agents } = await read();
    assert.deepEqual(
      agents.map(({ file, shadowedBy }) => [file, shadowedBy]),
      [
        ['.claude/agents/a/z.md', undefined],
        ['.claude/agents/b.md', '.claude/agents/a/z.md'],
      ],
    );
  });

  it('bring no other agent to work where the first of the name is broken', async () => {
    const broken = unmark('name: tool\ncommand: [tool]\ntimeout: «5»\n');
    folder.write('.sluice/agents/a.yaml', broken.text);
    folder.write('.github/agents/tool.md', 'Use it.');
    const workflow = unmark('steps: { a: { agent: «tool» } }');
    folder.write('.sluice/workflows/w.yaml', workflow.text);
    const { workflows } = await read();
    assert.deepEqual(workflows[0]?.diagnostics, [
      {
        file: '.sluice/workflows/w.yaml',
        range: workflow.ranges[0],
        severity: 'error',
        code: 'broken-agent',
        message: 'The agent "tool" cannot be used: its file has to be repaired.',
        related: [
          {
            file: '.sluice/agents/a.yaml',
            range: broken.ranges[0],
            message: '"timeout" needs a unit: write 5s for seconds.',
          },
        ],
      },
    ]);
  });

  it('let a name that is only guessed from a broken file claim nothing', async () => {
    folder.write('.sluice/agents/tool.yaml', 'command: [\n');
    folder.write('.claude/agents/z.md', '---\nname: tool\ndescription: d\n---\nUse it.');
    folder.write('.sluice/workflows/w.yaml', '[tool]');
    const { workflows } = await read();
    assert.equal(workflows[0]?.kind, 'valid');
  });

  it('refuse the second workflow of a name', async () => {
    folder.write('.sluice/workflows/a.yaml', 'name: same\nsteps: { a: { gate: Sure? } }');
    const second = unmark('steps: { a: { gate: Sure? } }\nname: «same»\n');
    folder.write('.sluice/workflows/b.yaml', second.text);
    folder.write('.sluice/workflows/c.yaml', 'steps: { a: { gate: Sure? } }');
    const { workflows } = await read();
    assert.deepEqual(
      workflows.map(({ kind }) => kind),
      ['valid', 'invalid', 'valid'],
    );
    const [problem] = workflows[1]?.diagnostics ?? [];
    assert.deepEqual(said(problem === undefined ? [] : [problem]), [
      'duplicate-name: The workflow of .sluice/workflows/a.yaml has the same name: rename one of them.',
    ]);
    assert.deepEqual(problem?.range, second.ranges[0]);
    assert.deepEqual(
      problem?.related.map(({ file, range }) => [file, range.start]),
      [['.sluice/workflows/a.yaml', { line: 1, column: 7 }]],
    );
  });

  it('show files that cannot be read, and read the others', async function () {
    folder.write('.sluice/agents/huge.yaml', Buffer.alloc(50 * 1024 * 1024));
    folder.write('.sluice/agents/binary.yaml', Buffer.from([0x50, 0, 1]));
    folder.write('.sluice/agents/good.yaml', 'command: [good]');
    folder.link('.sluice/agents/nowhere.yaml', 'nothing');
    const { agents } = await read();
    assert.deepEqual(
      agents.map(({ name, diagnostics }) => [name, ...said(diagnostics)]),
      [
        ['binary', 'not-text: This is no text: it holds NUL bytes.'],
        ['good'],
        ['huge', 'too-large: This file has 50 MB; definition files are read up to 1.0 MB.'],
        ['nowhere', 'unreadable: This cannot be read: it is not there.'],
      ],
    );
  });

  it('show files that the system does not let us read', async function () {
    if (process.platform === 'win32' || process.getuid?.() === 0) {
      // Nothing is closed to root.
      this.skip();
    }
    folder.write('.sluice/agents/closed.yaml', 'command: [x]');
    fs.chmodSync(path.join(folder.path, '.sluice/agents/closed.yaml'), 0);
    const { agents } = await read();
    assert.deepEqual(said(agents[0]?.diagnostics ?? []), [
      'unreadable: This cannot be read: permission denied.',
    ]);
  });

  it('end when they are told to', async () => {
    folder.write('.sluice/agents/a.yaml', 'command: [x]');
    const reason = new Error('enough');
    await assert.rejects(readDefinitions(folder.path, AbortSignal.abort(reason)), reason);
  });
});

describe('A workflow read by its path', () => {
  let folder: TemporaryFolder;
  beforeEach(() => {
    folder = new TemporaryFolder();
    folder.write('project/.sluice/agents/tool.yaml', 'command: [tool]');
  });
  afterEach(() => folder.dispose());

  const read = async (file: string) => {
    const project = path.join(folder.path, 'project');
    return readWorkflowFile(project, file, await readDefinitions(project, never), never);
  };

  it('may stand anywhere in the folder or outside it', async () => {
    folder.write('project/flows/w.yaml', '[tool]');
    folder.write('elsewhere.yaml', '[tool]');
    for (const [file, named] of [
      ['flows/w.yaml', 'flows/w.yaml'],
      ['./flows/../flows/w.yaml', 'flows/w.yaml'],
      [path.join(folder.path, 'project/flows/w.yaml'), 'flows/w.yaml'],
      ['../elsewhere.yaml', path.join(folder.path, 'elsewhere.yaml')],
    ] as const) {
      const entry = await read(file);
      assert.deepEqual([entry.kind, entry.file], ['valid', named]);
    }
  });

  it('is an invalid entry when it is not there, or no file', async () => {
    assert.deepEqual(said((await read('nothing.yaml')).diagnostics), [
      'unreadable: This cannot be read: it is not there.',
    ]);
    assert.deepEqual(said((await read('.sluice')).diagnostics), [
      'unreadable: This cannot be read: it is not a plain file.',
    ]);
  });

  it('does not wait for a pipe that nobody writes to', async function () {
    if (process.platform === 'win32') {
      this.skip();
    }
    execFileSync('mkfifo', [path.join(folder.path, 'project/w.yaml')]);
    assert.deepEqual(said((await read('w.yaml')).diagnostics), [
      'unreadable: This cannot be read: it is not a plain file.',
    ]);
  });
});
