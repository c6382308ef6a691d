import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../../..');
/** So many times what `npm test` tries. */
const TIMES = 20;

/** The unit tests that try a sample in `npm test`, with far more. Returns false when one failed. */
export async function samples(seed: number, only: string | undefined): Promise<boolean> {
  const mocha = spawn(
    process.execPath,
    [
      ...['--import', 'tsx', path.join(ROOT, 'node_modules/mocha/bin/mocha.js')],
      ...sampledFiles(),
      // For what says no limit of its own, as in `npm test`.
      ...['--timeout', '20000', ...(only === undefined ? [] : ['--grep', only])],
    ],
    {
      cwd: ROOT,
      env: { ...process.env, SLUICE_SAMPLES: String(TIMES), SLUICE_SEED: String(seed) },
      stdio: 'inherit',
    },
  );
  return await new Promise((resolve, reject) => {
    mocha.once('error', reject);
    mocha.once('exit', (code) => resolve(code === 0));
  });
}

function sampledFiles(): string[] {
  const folder = path.join(ROOT, 'test/unit');
  return fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => path.join(folder, file))
    .filter((file) => fs.readFileSync(file, 'utf8').includes('/support/sample.ts'))
    .sort();
}
