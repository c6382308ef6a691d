import path from 'node:path';
import { build } from 'esbuild';
import { root } from '../scripts/paths.mjs';

/** Where a program of the benches is once it is bundled. */
export function cellFile(name: string): string {
  return path.join(root, '.cache/bench', `${name}.mjs`);
}

/** Bundles one as the extension is: a loader would be measured with what it loads. */
export async function bundleCell(name: string): Promise<void> {
  await build({
    entryPoints: [path.join(root, 'bench', `${name}.ts`)],
    outfile: cellFile(name),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    logLevel: 'warning',
  });
}
