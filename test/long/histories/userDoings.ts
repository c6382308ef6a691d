import fs from 'node:fs';
import path from 'node:path';
import { git, refsIn } from './git.ts';

type Doing = (folder: string, random: () => number) => unknown;

const some = (random: () => number, below: number) => Math.floor(random() * below);

function edit(folder: string, file: string, line: number, word: string): void {
  const at = path.join(folder, file);
  if (!fs.existsSync(at)) {
    fs.mkdirSync(path.dirname(at), { recursive: true });
    fs.writeFileSync(at, `${word}\n`);
    return;
  }
  const lines = fs.readFileSync(at, 'utf8').split('\n');
  lines[line % lines.length] = `${word} ${lines[line % lines.length] ?? ''}`;
  fs.writeFileSync(at, lines.join('\n'));
}

/** What people do to their repository between two times that Sluice is at work. Some of it Git refuses, as it does. */
const DOINGS: Readonly<Record<string, Doing>> = {
  'edit a file': (folder, random) => {
    const files = ['src/api.txt', 'src/old.txt', 'docs/a.md', 'README.md'];
    edit(folder, files[some(random, files.length)]!, some(random, 20), `user${some(random, 99)}`);
  },
  'add a file': (folder, random) => {
    const files = ['docs/mine.md', 'ignored/x', 'mine.log', 'flaky.txt', 'tools/run.sh', 'ü.txt'];
    edit(folder, files[some(random, files.length)]!, 0, `mine${some(random, 99)}`);
  },
  'delete a file': (folder, random) => {
    const files = ['src/old.txt', 'docs/b.md', 'docs/mine.md'];
    fs.rmSync(path.join(folder, files[some(random, files.length)]!), { force: true });
  },
  'make a file executable': (folder) => fs.chmodSync(path.join(folder, 'README.md'), 0o755),
  stage: (folder) => git(folder, 'add', '--all'),
  commit: async (folder, random) => {
    edit(folder, 'src/api.txt', some(random, 20), `commit${some(random, 99)}`);
    await git(folder, 'commit', '--quiet', '--all', '--allow-empty', '--message', 'Mine');
  },
  amend: (folder) => git(folder, 'commit', '--quiet', '--amend', '--no-edit'),
  'make a branch': async (folder, random) => {
    await git(folder, 'switch', '--quiet', '--create', `mine/${some(random, 1e6)}`);
  },
  'go back to a branch': async (folder, random) => {
    const branches = [...(await refsIn(folder)).keys()].filter((ref) =>
      /^refs\/heads\/(?:main|side|mine\/)/.test(ref),
    );
    const ref = branches[some(random, branches.length)] ?? 'refs/heads/main';
    await git(folder, 'switch', '--quiet', ref.slice('refs/heads/'.length));
  },
  tag: (folder, random) => git(folder, 'tag', `mine${some(random, 1e6)}`),
  stash: (folder) => git(folder, 'stash', 'push', '--quiet'),
  'pack-refs': (folder) => git(folder, 'pack-refs', '--all'),
  gc: (folder) => git(folder, 'gc', '--quiet'),
  // Also what no ref names: what was rolled back, and what was about to land.
  'gc --prune=now': (folder) => git(folder, 'gc', '--quiet', '--prune=now'),
};

export const DOING_NAMES: readonly string[] = Object.keys(DOINGS);

/** Does one of them by chance. @returns its name, and whether it was done */
export async function doSomething(
  folder: string,
  random: () => number,
): Promise<{ readonly name: string; readonly done: boolean }> {
  const name = DOING_NAMES[some(random, DOING_NAMES.length)]!;
  try {
    await DOINGS[name]!(folder, random);
    return { name, done: true };
  } catch {
    return { name, done: false };
  }
}
