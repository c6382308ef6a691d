import fs from 'node:fs';
import path from 'node:path';
import { npm } from '../scripts/npm.mjs';
import { root } from '../scripts/paths.mjs';

const folder = path.join(root, 'bench/peers');

interface Package {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** What the benches measure Sluice beside, installed where it is not. @returns a file beside its packages */
export function installedPeers(): string {
  const manifest = path.join(folder, 'package.json');
  const { dependencies = {} } = read(manifest) ?? {};
  const isInstalled = Object.entries(dependencies).every(
    ([name, version]) =>
      read(path.join(folder, 'node_modules', name, 'package.json'))?.version === version,
  );
  if (!isInstalled) {
    console.log('Installing the peers…');
    npm(folder, ['ci', '--ignore-scripts']);
  }
  return manifest;
}

function read(file: string): Package | undefined {
  return fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, 'utf8')) as Package) : undefined;
}
