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
  'media',
  'package.json',
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
    const { files, kilobytes } = packed(printed);
    console.log(`      [package] ${kilobytes} KB, ${files.length} files`);
    assert.deepEqual(files, [
      'LICENSE.txt',
      'THIRD-PARTY-NOTICES.txt',
      'agent.schema.json',
      'changelog.md',
      'extension.cjs',
      'graph.css',
      'graph.js',
      'icon.png',
      'icon.svg',
      'package.json',
      'readme.md',
      'sluice.svg',
      'workflow.schema.json',
    ]);
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

/** The files vsce says it packed, by name, and the size of the whole. */
function packed(text: string): { files: string[]; kilobytes: string } {
  const [, tree = ''] = text.split('extension/\n');
  const files = [...tree.matchAll(/─ ([^\s/]+\.[a-zA-Z]+)(?: |$)/gm)].map(([, name = '']) => name);
  const [, kilobytes = ''] = /\((?:\d+) files, ([\d.]+) KB\)/.exec(text) ?? [];
  return { files: files.sort(), kilobytes };
}
