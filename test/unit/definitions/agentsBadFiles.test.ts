import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { MAX_DEPTH } from '../../../src/core/definitions/source/sourceNode.ts';
import { AgentRig, claudeFile } from './agentRig.ts';

/** 50 MB that take no room on the disk. */
function writeHuge(rig: AgentRig, file: string): void {
  rig.write(file, '');
  fs.truncateSync(path.join(rig.folder, file), 50 * 1024 * 1024);
}

const front = (yaml: string) => `---\nname: a\ndescription: d\n${yaml}\n---\nHelp.\n`;

const BOMB = ['a: &a [x, x, x, x, x, x, x, x, x, x]']
  .concat(
    'b c d e f g h'.split(' ').map((name, index) => {
      const before = 'abcdefgh'[index] ?? '';
      return `${name}: &${name} [${Array.from({ length: 10 }, () => `*${before}`).join(', ')}]`;
    }),
  )
  .join('\n');

const nested = (depth: number) => `deep: ${'['.repeat(depth)}${']'.repeat(depth)}`;

/** Front matter of a Claude agent and the code of its first error; `undefined`: it is fine. */
const FRONT_MATTER: readonly [what: string, yaml: string, code: string | undefined][] = [
  ['aliases that stand for billions', BOMB, 'too-many-aliases'],
  ['a key twice', 'tools: Read\ntools: Write', 'duplicate-key'],
  ['tabs for indentation', 'a:\n\tb: c', 'yaml-syntax'],
  [
    'merge keys, which Claude Code does not read either',
    'x: &x { tools: Read }\n<<: *x',
    undefined,
  ],
  ['the prototype as a key', '__proto__: { polluted: 1 }', 'bad-key'],
  ['the constructor as a key', 'constructor: { prototype: { polluted: 1 } }', undefined],
  ['lists as deep as may be', nested(MAX_DEPTH - 1), undefined],
  ['lists too deep', nested(MAX_DEPTH), 'too-deep'],
  ['lists far too deep', nested(100_000), 'too-deep'],
];

/** A file, and the code of its first error. */
const FILES: readonly [what: string, content: string | Uint8Array, code: string | undefined][] = [
  ['an empty file', '', 'empty-file'],
  ['blank lines', '\n \n', 'empty-file'],
  ['a byte order mark', `\ufeff${claudeFile('a')}`, undefined],
  ['nothing but a byte order mark', '\ufeff', 'empty-file'],
  ['line ends of Windows', claudeFile('a').replaceAll('\n', '\r\n'), undefined],
  ['bytes that are no text', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0]), 'not-text'],
  [
    'bytes that are no UTF-8',
    Buffer.concat([Buffer.from(claudeFile('a')), Buffer.from([0xff])]),
    'not-utf8',
  ],
  ['UTF-16', Buffer.from(`\ufeff${claudeFile('a')}`, 'utf16le'), 'not-utf8'],
  ...FRONT_MATTER.map(
    ([what, yaml, code]) => [what, front(yaml), code] as [string, string, string | undefined],
  ),
];

describe('An agent file', () => {
  let rig: AgentRig;
  beforeEach(() => {
    rig = new AgentRig();
  });
  afterEach(() => rig.dispose());

  for (const [what, content, code] of FILES) {
    it(`with ${what} is ${code === undefined ? 'read' : 'shown with the reason'}, and no other is lost`, async () => {
      rig.write('.claude/agents/a.md', content);
      rig.write('.claude/agents/b.md', claudeFile('b'));
      const { agents } = await rig.find();
      const [first, second] = agents;
      assert.deepEqual([first?.name, second?.name, second?.kind], ['a', 'b', 'valid']);
      const problem = first?.diagnostics.find(({ severity }) => severity === 'error');
      assert.deepEqual(
        [first?.kind, problem?.code, problem?.file],
        code === undefined
          ? ['valid', undefined, undefined]
          : ['invalid', code, '.claude/agents/a.md'],
      );
      assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
    });
  }

  it('of 50 MB is refused with its size, wherever it is named', async () => {
    writeHuge(rig, '.sluice/agents/a.yaml');
    writeHuge(rig, '.github/agents/b.agent.md');
    writeHuge(rig, '.claude/agents/c.md');
    writeHuge(rig, '.claude/big.md');
    rig.write('.claude/claude.json', '{ "agents": { "d": { "file": "big.md" } } }');
    writeHuge(rig, '.sluice/agents.yaml');
    const { agents, diagnostics } = await rig.find();
    assert.deepEqual(
      agents.map(({ name, kind }) => [name, kind]),
      ['a', 'd', 'b', 'c'].map((name) => [name, 'invalid']),
    );
    for (const problem of [
      ...agents.flatMap((one) => one.diagnostics.slice(0, 1)),
      ...diagnostics,
    ]) {
      assert.match(
        problem.message,
        /This file has 50 MB; definition files are read up to 1\.0 MB\./,
      );
    }
  });

  it('that is a folder, a pipe or a circle of links is none, and holds nothing up', async function () {
    if (process.platform === 'win32') {
      this.skip();
    }
    rig.write('.github/agents/x.agent.md/inside.md', 'Plan.');
    rig.link('.github/agents/round.agent.md', 'round.agent.md');
    execFileSync('mkfifo', [path.join(rig.folder, '.github/agents/pipe.md')]);
    rig.write('.github/agents/good.md', 'Plan.');
    rig.link('.claude/agents/up', '../..');
    rig.write('.claude/agents/c.md', claudeFile('c'));
    const { agents, diagnostics } = await rig.find();
    assert.deepEqual(diagnostics, []);
    assert.deepEqual(agents.map(({ name, kind }) => [name, kind]).slice(0, 1), [['good', 'valid']]);
    assert.ok(agents.some(({ name }) => name === 'c'));
  });

  it('that claude.json and agents.yaml are pipes and folders for is told of, not waited for', async function () {
    if (process.platform === 'win32') {
      this.skip();
    }
    rig.write('.sluice/agents.yaml/inside', 'x');
    rig.write('.claude/agents/c.md', claudeFile('c'));
    execFileSync('mkfifo', [path.join(rig.folder, '.claude/claude.json')]);
    const { agents, diagnostics } = await rig.find();
    assert.deepEqual(
      agents.map(({ file, kind }) => [file, kind]),
      [
        ['.claude/claude.json', 'invalid'],
        ['.claude/agents/c.md', 'invalid'],
      ],
    );
    assert.deepEqual(
      diagnostics.map(({ file, code }) => [file, code]),
      [['.sluice/agents.yaml', 'unreadable']],
    );
  });

  it('that its user may not read is shown with the reason', async function () {
    if (process.platform === 'win32' || process.getuid?.() === 0) {
      // Nothing is closed to root.
      this.skip();
    }
    rig.write('.claude/agents/a.md', claudeFile('a'));
    fs.chmodSync(path.join(rig.folder, '.claude/agents/a.md'), 0);
    const [entry] = (await rig.find()).agents;
    assert.equal(entry?.kind, 'invalid');
    assert.match(entry.diagnostics[0]?.message ?? '', /permission denied/);
  });
});
