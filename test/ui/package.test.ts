import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { root } from '../../scripts/paths.mjs';
import { installHost } from '../host/install.mjs';
import { commands, container, views } from './support/names.ts';
import { Scratch } from './support/scratch.ts';
import { SluiceWindow } from './support/sluiceWindow.ts';

/** What a build and a package are made of; the checkout's own dist stays as it is for the other tests. */
const SOURCES = [
  'CHANGELOG.md',
  'LICENSE',
  'README.md',
  'esbuild.mjs',
  'examples/code-quality/.sluice',
  'media',
  'package.json',
  'package-lock.json',
  'package.nls.json',
  'l10n',
  'resources',
  'scripts',
  'src',
  'tsconfig.json',
  '.vscodeignore',
];

describe('the package', function () {
  this.timeout(240_000);
  const scratch = new Scratch();
  const checkout = path.join(scratch.path, 'checkout');
  const vsix = path.join(checkout, 'dist/sluice.vsix');
  let printed: string;

  before(() => {
    for (const name of SOURCES) {
      fs.cpSync(path.join(root, name), path.join(checkout, name), { recursive: true });
    }
    fs.symlinkSync(path.join(root, 'node_modules'), path.join(checkout, 'node_modules'));
    printed = execFileSync('npm', ['run', 'package'], { cwd: checkout, encoding: 'utf8' });
  });

  after(() => scratch.dispose());

  it('holds what runs and what is read, and no sources, tests or maps', () => {
    const [, size = ''] = /\((\d+ files, [\d.]+ KB)\)/.exec(printed) ?? [];
    console.log(`      [package] ${size}`);
    const listed = execFileSync('npx', ['vsce', 'ls', '--no-dependencies'], {
      cwd: checkout,
      encoding: 'utf8',
    });
    const expected = [
      ...['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json', 'package.nls.json'],
      'l10n/bundle.l10n.json',
      ...['dist/extension.cjs', 'dist/THIRD-PARTY-NOTICES.txt'],
      ...fs.readdirSync(path.join(checkout, 'dist/parts')).map((file) => `dist/parts/${file}`),
      ...fs
        .readdirSync(path.join(checkout, 'dist/webview'))
        .filter((file) => !file.endsWith('.map'))
        .map((file) => `dist/webview/${file}`),
      ...['media/icon.png', 'media/icon.svg', 'media/sluice.svg'],
      ...filesIn('resources/schemas'),
      ...filesIn('resources/walkthrough'),
      ...filesIn('resources/packs', 'dist/packs'),
      // The files of this pack are those of the example.
      ...filesIn('examples/code-quality/.sluice', 'dist/packs/code-quality/files/.sluice'),
    ];
    assert.deepEqual(listed.trim().split('\n').sort(), expected.sort());
  });

  it('installs, and runs the example to its gate', async () => {
    const extensionsFolder = path.join(scratch.path, 'extensions');
    const { node, server } = installHost();
    execFileSync(node, [
      server,
      ...['--accept-server-license-terms', '--install-extension', vsix],
      ...['--extensions-dir', extensionsFolder],
      ...['--user-data-dir', path.join(scratch.path, 'user-data')],
    ]);
    const folder = scratch.example('code-quality');
    const window = await SluiceWindow.open({ target: { folder: folder.path }, extensionsFolder });
    try {
      const { workbench } = window;
      await workbench.openViewContainer(container);
      await workbench.choose(commands.runWorkflow, 'code-quality');
      await workbench
        .row(views.gates, 'Put the report on its branch?')
        .waitFor({ timeout: 180_000 });
    } finally {
      await window.close();
    }
  });
});

/** The files of a folder of the sources. @param as the folder they are packed in */
function filesIn(folder: string, as = folder): string[] {
  return fs
    .readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(path.join(root, folder), path.join(entry.parentPath, entry.name)))
    .map((file) => path.posix.join(as, file.split(path.sep).join('/')));
}
