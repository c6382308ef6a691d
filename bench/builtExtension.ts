import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { root } from '../scripts/paths.mjs';

/** What a build is made of. */
const SOURCES = [
  ...['CHANGELOG.md', 'LICENSE', 'README.md', '.vscodeignore', 'package.json', 'package-lock.json'],
  ...['esbuild.mjs', 'tsconfig.json', 'src', 'scripts', 'media', 'resources', 'l10n'],
  ...['package.nls.json', 'examples/code-quality/.sluice'],
];

/** Sluice as a user has it, built for production in a temporary folder. Dispose of it. */
export interface BuiltExtension {
  /** Absolute. */
  readonly folder: string;
  /** Absolute; holds it as an installed extension, for windows. */
  readonly extensionsFolder: string;
  dispose(): void;
}

export function buildExtension(): BuiltExtension {
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'sluice-built-'));
  const folder = path.join(scratch, 'extension');
  for (const name of SOURCES) {
    if (fs.existsSync(path.join(root, name))) {
      fs.cpSync(path.join(root, name), path.join(folder, name), { recursive: true });
    }
  }
  fs.symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
  execFileSync(process.execPath, ['esbuild.mjs', '--production'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const extensionsFolder = path.join(scratch, 'installed');
  fs.mkdirSync(extensionsFolder);
  install(folder, extensionsFolder);
  return {
    folder,
    extensionsFolder,
    dispose: () => fs.rmSync(scratch, { recursive: true, force: true, maxRetries: 5 }),
  };
}

/** Links an extension into a folder of installed ones; VS Code finds it there by itself. */
export function install(folder: string, extensionsFolder: string): void {
  const { publisher, name, version } = JSON.parse(
    fs.readFileSync(path.join(folder, 'package.json'), 'utf8'),
  ) as Record<'publisher' | 'name' | 'version', string>;
  fs.symlinkSync(
    folder,
    path.join(extensionsFolder, `${publisher}.${name}-${version}`),
    'junction',
  );
}
