import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { protectedName } from '../../../src/core/domain/protectedPaths.ts';
import { pathInside, placeToRead, placeToWrite } from '../../../src/core/tools/files/copyPaths.ts';
import { openFile } from '../../../src/core/tools/files/openFile.ts';
import { replaceFile } from '../../../src/core/tools/files/replaceFile.ts';
import { sampleOf } from '../../support/sample.ts';
import { NEVER, type OpenBox, ToolRig } from './toolRig.ts';

/** Paths that must not be read, listed, searched nor changed, with `ROOT` for the folder that holds all. */
const OUT = [
  // Up and absolute
  '..',
  '../scratch/secret.txt',
  '../../outside/secret.txt',
  './../../outside/secret.txt',
  'src/../../../outside/secret.txt',
  'src/./../../../outside/secret.txt',
  'no/such/../../../../outside/secret.txt',
  '../tree/../../outside/secret.txt',
  'ROOT/outside/secret.txt',
  'ROOT/attempt/tree/../../outside/secret.txt',
  '//ROOT/outside/secret.txt',
  '/etc/passwd',
  '/',
  '/proc/self/environ',
  '/proc/self/cwd/package.json',
  '~',
  '~/.ssh/id_rsa',
  // CVE-2025-54794: a folder whose name begins like the copy's
  '../tree-evil/secret.txt',
  'ROOT/attempt/tree-evil/secret.txt',
  // CVE-2025-59829, CVE-2025-58373: links
  'to-outside/secret.txt',
  'to-outside/new.txt',
  'to-outside/new/folder/new.txt',
  'to-file',
  'relative-out/secret.txt',
  'chain/secret.txt',
  'src/inner-out/secret.txt',
  'to-src/inner-out/secret.txt',
  'to-outside/../secret.txt/../../outside/secret.txt',
  'circle',
  'circle/a',
  'to-root/etc/passwd',
  'to-proc/self/environ',
  'dangling-out',
  'dangling-out/new.txt',
  // Links that only look like dependencies
  'packages/fake/node_modules/secret.txt',
  'packages/root/node_modules/etc/passwd',
  'packages/other/.venv/secret.txt',
  'node_modules/back-to-source/secret.txt',
  'node_modules/../../source/secret.txt',
  // Git itself, in any spelling
  '.git',
  '.git/config',
  '.git/hooks/pre-commit',
  'src/.git',
  'src/.git/config',
  '.GIT/config',
  '.Git/hooks/post-checkout',
  '.git./config',
  '.git /config',
  '.git::$INDEX_ALLOCATION/config',
  '.gi\u200bt/config',
  '.g\u0131t/../.git/config',
  'git~1/config',
  'GIT~1/config',
  'to-git/config',
  // Signs that other systems take for something else
  '..\\..\\outside\\secret.txt',
  'src\\..\\..\\..\\outside\\secret.txt',
  'a\0b',
  '../../outside/secret.txt\0.ts',
  'a\nb',
  '\u001b[2Ja',
] as const;

/** Paths in the copy that may be read but not be made, changed or exchanged. */
const UNWRITABLE = [
  // CVE-2025-53773, CVE-2025-53536, CVE-2025-58372, CVE-2025-54135, CVE-2025-59944, CVE-2026-25725
  '.vscode/settings.json',
  '.vscode/tasks.json',
  '.VSCODE/settings.json',
  '.vsc\u200dode/settings.json',
  'deep/er/.vscode/launch.json',
  'my.code-workspace',
  'MY.Code-Workspace',
  '.cursor/mcp.json',
  '.Cursor/MCP.json',
  '.mcp.json',
  '.claude/settings.json',
  '.claude/agents/new.md',
  '.sluice/agents/worker.md',
  '.sluice/workflows/x.yaml',
  '.github/workflows/ci.yml',
  '.github/agents/a.agent.md',
  '.gitmodules',
  '.gitattributes',
  '.husky/pre-commit',
  '.devcontainer/devcontainer.json',
  '.idea/workspace.xml',
  '.npmrc',
  '.env',
  '.env.local',
  'package.json',
  'packages/a/Package.JSON',
  'Makefile',
  'AGENTS.md',
  'CLAUDE.md',
  '.bashrc',
  '.roomodes',
  // By a link in the copy
  'to-editor/settings.json',
  // Dependencies are the user's own
  'node_modules/dep/index.js',
  'node_modules/new.js',
  'node_modules/new/index.js',
  'packages/real/node_modules/dep/index.js',
  // A link is not written through, nor a folder replaced
  'to-a',
  'dangling',
  'src',
  '.',
  '',
  // Names that are another file, or none, on other systems
  'src/a.ts:stream',
  'src/a.ts.',
  'src/a.ts ',
  'src/trailing./b.ts',
  'CON',
  'src/nul.txt',
  'COM1',
  'file:///etc/passwd',
  'C:/Windows/x',
  'n'.repeat(256),
  `src/${'ä'.repeat(128)}`,
  'a/'.repeat(3000),
] as const;

function layOut(rig: ToolRig): void {
  rig.put('attempt/scratch/secret.txt', 'SECRET of the scratch folder\n');
  rig.put('attempt/tree-evil/secret.txt', 'SECRET of the neighbour\n');
  rig.put('fake/secret.txt', 'SECRET of a fake\n');
  rig.put('theirs/.venv-real/secret.txt', 'SECRET of a fake\n');
  rig.put('source/packages/real/node_modules/dep/index.js', 'module.exports = 1;\n');
  rig.write('src/a.ts', 'inside\n');
  rig.write('.vscode/settings.json', '{}\n');
  rig.write('package.json', '{}\n');
  rig.write('.git/config', 'SECRET of Git\n');
  rig.write('src/.git/config', 'SECRET of Git\n');
  rig.write('trailing', '');
  rig.link('to-outside', path.join(rig.root, 'outside'));
  rig.link('to-file', path.join(rig.root, 'outside/secret.txt'));
  rig.link('relative-out', '../../outside');
  rig.link('chain', 'to-outside');
  rig.link('src/inner-out', '../../../outside');
  rig.link('to-src', 'src');
  rig.link('circle', 'circle');
  rig.link('to-root', '/');
  rig.link('to-proc', '/proc');
  rig.link('to-git', '.git');
  rig.link('to-a', 'src/a.ts');
  rig.link('to-editor', '.vscode');
  rig.link('dangling', 'not-there.txt');
  rig.link('dangling-out', '../../outside/made.txt');
  rig.link('packages/fake/node_modules', path.join(rig.root, 'fake'));
  // Named as it must be, but on to somewhere else.
  rig.link('../../elsewhere/packages/root/node_modules', '/');
  rig.link(
    'packages/root/node_modules',
    path.join(rig.root, 'elsewhere/packages/root/node_modules'),
  );
  rig.link('packages/other/.venv', path.join(rig.root, 'theirs/.venv-real'));
  rig.link('packages/real/node_modules', path.join(rig.root, 'source/packages/real/node_modules'));
  rig.link('../../source/node_modules/back-to-source', '..');
}

/** Everything there is: files with their content, links with their targets. */
function everything(folder: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const at = path.join(folder, entry.name);
    if (entry.isDirectory()) {
      found[entry.name] = 'folder';
      for (const [name, what] of Object.entries(everything(at))) {
        found[`${entry.name}/${name}`] = what;
      }
    } else {
      found[entry.name] = entry.isFile()
        ? fs.readFileSync(at, 'utf8')
        : `link ${fs.readlinkSync(at)}`;
    }
  }
  return found;
}

/** Makes a link where nothing stands yet, without following another on the way. */
function linkInside(folder: string, names: readonly string[], target: string): void {
  let at = folder;
  for (const name of names.slice(0, -1)) {
    at = path.join(at, name);
    if (fs.lstatSync(at, { throwIfNoEntry: false }) === undefined) {
      fs.mkdirSync(at);
    }
    if (!fs.lstatSync(at).isDirectory()) {
      return;
    }
  }
  at = path.join(at, names.at(-1)!);
  if (fs.lstatSync(at, { throwIfNoEntry: false }) === undefined) {
    fs.symlinkSync(target, at);
  }
}

async function changeEveryWay(box: OpenBox, file: string): Promise<string[]> {
  const answers = [
    await box.call('write', { path: file, content: 'EVIL' }),
    await box.call('edit', { path: file, old: 'e', new: 'EVIL', all: true }),
    await box.call('write', { path: `${file}/below.txt`, content: 'EVIL' }),
  ];
  return answers.flatMap(({ text, isError }) => (isError ? [] : [text]));
}

describe('paths of tools', () => {
  it(`lead nowhere out of the copy: ${OUT.length} ways are refused to look, list, search and change`, async () => {
    await using rig = new ToolRig();
    layOut(rig);
    const before = everything(rig.root);
    const box = await rig.open();
    const passed: string[] = [];
    for (const way of OUT) {
      const file = way.replace('ROOT', rig.root);
      const answers = [
        await box.call('read', { path: file }),
        await box.call('list', { path: file }),
        await box.call('search', { pattern: '.', path: file }),
      ];
      for (const { text, isError } of answers) {
        if (!isError || text.includes('SECRET') || text.includes(rig.root.slice(1) + '/source')) {
          passed.push(`looked at ${JSON.stringify(file)}: ${text}`);
        }
      }
      for (const text of await changeEveryWay(box, file)) {
        passed.push(`changed ${JSON.stringify(file)}: ${text}`);
      }
    }
    assert.deepEqual(passed, []);
    assert.deepEqual(everything(rig.root), before);
  });

  it(`do not reach what decides what runs or who may do what: ${UNWRITABLE.length} files stay`, async () => {
    await using rig = new ToolRig();
    layOut(rig);
    const before = everything(rig.root);
    const box = await rig.open();
    for (const file of UNWRITABLE) {
      // Below a plain file's name another may be made where the name is nobody's yet.
      const { text, isError } = await box.call('write', { path: file, content: 'EVIL' });
      assert.ok(isError, `${JSON.stringify(file)}: ${text}`);
      const edit = { path: file, old: 'e', new: 'EVIL', all: true };
      assert.ok((await box.call('edit', edit)).isError, file);
    }
    assert.deepEqual(everything(rig.root), before);
  });

  it('count by segments, not by letters', () => {
    assert.equal(pathInside('/a/tree', '/a/tree'), '');
    assert.equal(pathInside('/a/tree', '/a/tree/b/..c'), 'b/..c');
    assert.equal(pathInside('/a/tree', '/a/tree-evil/b'), undefined);
    assert.equal(pathInside('/a/tree', '/a'), undefined);
    assert.equal(pathInside('/', '/a'), 'a');
  });

  it('stay inside, whatever links and segments there are', async function () {
    this.timeout(sampleOf(60_000));
    await using rig = new ToolRig();
    rig.put('outside/a/b/secret.txt', 'SECRET\n');
    rig.put('outside/a/only-outside', '');
    rig.put('outside/only-outside', '');
    const box = await rig.open();
    const outside = everything(path.join(rig.root, 'outside'));
    const source = everything(path.join(rig.root, 'source'));
    const segment = fc.constantFrom(
      'a', 'b', 'c', '.', '..', 'node_modules', 'dep', 'secret.txt', 'outside', 'tree', '.git', '',
    ); // prettier-ignore
    const target = fc.oneof(
      fc.constantFrom('.', '..', '../..', '../../..', 'a', 'b/..', '../a', '../../outside'),
      fc
        .constantFrom('/', '/outside', '/attempt', '/source/node_modules', '/outside/a')
        .map((below) => path.join(rig.root, below)),
    );
    const links = fc.array(
      fc.tuple(
        fc.array(fc.constantFrom('a', 'b', 'c', 'node_modules'), { minLength: 1, maxLength: 3 }),
        target,
      ),
      { maxLength: 5 },
    );
    const paths = fc.array(fc.array(segment, { minLength: 1, maxLength: 7 }), {
      minLength: 1,
      maxLength: 6,
    });
    await fc.assert(
      fc.asyncProperty(links, paths, async (made, asked) => {
        fs.rmSync(rig.folder, { recursive: true });
        fs.mkdirSync(rig.folder);
        rig.write('a/b/c', 'inside\n');
        for (const [names, to] of made) {
          linkInside(rig.folder, names, to);
        }
        for (const names of asked) {
          const file = names.join('/');
          for (const name of ['read', 'list'] as const) {
            const { text } = await box.call(name, { path: file });
            assert.doesNotMatch(text, /SECRET|only-outside|attempt\//, file);
          }
          await box.call('edit', { path: file, old: 'e', new: 'EVIL', all: true });
          await box.call('write', { path: file, content: 'EVIL' });
          const found = await box.call('search', { pattern: 'SECRET', path: file });
          assert.doesNotMatch(found.text, /\d:SECRET/);
        }
        assert.deepEqual(everything(path.join(rig.root, 'outside')), outside);
        assert.deepEqual(everything(path.join(rig.root, 'source')), source);
        assert.deepEqual(fs.readdirSync(rig.root).sort(), ['attempt', 'outside', 'source']);
        assert.deepEqual(fs.readdirSync(path.dirname(rig.folder)).sort(), ['scratch', 'tree']);
        for (const file of Object.keys(everything(rig.folder))) {
          assert.notEqual(protectedName(file), '.git', file);
        }
      }),
      { numRuns: sampleOf(25) },
    );
  });

  it('are not opened nor written where something else stands since they were judged', async () => {
    await using rig = new ToolRig();
    rig.write('dir/secret.txt', 'inside\n');
    rig.write('dir/in/b.txt', 'inside\n');
    const dir = path.join(rig.folder, 'dir');
    const outside = path.join(rig.root, 'outside');
    const here = { root: rig.folder, whyNotWrite: () => undefined, named: [] };
    const judged = {
      read: await placeToRead(rig.folder, 'dir/secret.txt'),
      replace: await placeToWrite(here, 'dir/secret.txt'),
      make: await placeToWrite(here, 'dir/new.txt'),
      below: await placeToWrite(here, 'dir/new/deep/new.txt'),
      link: await placeToWrite(here, 'dir/in/b.txt'),
    };
    const open = async () => {
      assert.ok(judged.read.ok);
      const opened = await openFile(judged.read.value);
      if (opened.ok) {
        await opened.value.handle.close();
      }
      return opened.ok;
    };
    const write = async (place: typeof judged.make) => {
      assert.ok(place.ok);
      return (await replaceFile(place.value, 'EVIL', rig.scratch, NEVER)).ok;
    };
    assert.equal(await open(), true);
    fs.renameSync(dir, path.join(rig.root, 'aside'));
    fs.symlinkSync(outside, dir);
    fs.mkdirSync(path.join(outside, 'in'));
    const before = everything(rig.root);
    assert.equal(await open(), false);
    for (const place of [judged.replace, judged.make, judged.below, judged.link]) {
      assert.equal(await write(place), false);
    }
    assert.deepEqual(everything(rig.root), before);

    // The folder is right again, but what was to be made in it, or the file itself, is a link.
    fs.rmSync(dir);
    fs.renameSync(path.join(rig.root, 'aside'), dir);
    fs.symlinkSync(outside, path.join(dir, 'new'));
    fs.rmSync(path.join(dir, 'secret.txt'));
    fs.symlinkSync(path.join(outside, 'secret.txt'), path.join(dir, 'secret.txt'));
    const then = everything(rig.root);
    assert.equal(await open(), false);
    assert.equal(await write(judged.below), false);
    assert.equal(await write(judged.replace), false);
    assert.deepEqual(everything(rig.root), then);
  });

  it('are judged again when a folder becomes a link in the middle of it', async function () {
    this.timeout(20_000);
    await using rig = new ToolRig();
    rig.write('dir/a.txt', 'inside\n');
    const box = await rig.open();
    const dir = path.join(rig.folder, 'dir');
    const aside = path.join(rig.root, 'aside');
    // Between two of these calls a tool may find nothing there, and make the folder.
    const putLink = () => untilDone(() => fs.symlinkSync(path.join(rig.root, 'outside'), dir), dir);
    const putBack = () => untilDone(() => fs.renameSync(aside, dir), dir);
    const swaps = { goOn: true };
    const swapping = (async () => {
      while (swaps.goOn) {
        fs.renameSync(dir, aside);
        putLink();
        await new Promise(setImmediate);
        fs.rmSync(dir, { recursive: true });
        putBack();
        await new Promise(setImmediate);
      }
    })();
    const answers = [];
    for (let round = 0; round < 300; round += 1) {
      answers.push(box.call('read', { path: 'dir/secret.txt' }));
      answers.push(box.call('write', { path: 'dir/a.txt', content: 'inside\n' }));
      if (round % 10 === 0) {
        await Promise.all(answers);
      }
    }
    const texts = (await Promise.all(answers)).map(({ text }) => text);
    swaps.goOn = false;
    await swapping;
    assert.deepEqual(
      texts.filter((text) => text.includes('SECRET')),
      [],
    );
    // Whatever became of the folder in between, nothing stays locked.
    await box.ok('write', { path: 'dir/a.txt', content: 'inside\n' });
    assert.deepEqual(everything(path.join(rig.root, 'outside')), {
      'secret.txt': 'SECRET outside\n',
    });
  });
});

function untilDone(work: () => void, dir: string): void {
  for (;;) {
    try {
      work();
      return;
    } catch {
      fs.rmSync(dir, { recursive: true, force: true });
    }
  }
}
