import { spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { gitEnvironment } from '../../support/tempRepository.ts';

/**
 * Commits, moves and deletes refs of its own, packs all refs and objects, until it is told to stop. What no ref names is
 * kept: the user's `gc` may have written it into a commit graph.
 */
const LOOP = `
n=0
while ! test -e "$STOP"; do
  n=$((n + 1))
  commit=$(git commit-tree -m "$n" 4b825dc642cb6eb9a060e54bf8d69288fbee4904)
  git update-ref "refs/others/$((n % 5))" "$commit"
  test $((n % 4)) != 0 || git update-ref -d "refs/others/$((n % 3))"
  test $((n % 3)) != 0 || git pack-refs --all
  test $((n % 7)) != 0 || git repack -Adq
  sleep 0.02
done
`;

/** Another program that writes to the repository meanwhile: never what Sluice or its user have there. */
export class BusyGit {
  readonly #stop: string;
  readonly #process: ChildProcess;
  readonly #ended: Promise<void>;

  constructor(folder: string, parent: string) {
    this.#stop = path.join(parent, 'stop');
    fs.rmSync(this.#stop, { force: true });
    this.#process = spawn('sh', ['-c', `git mktree </dev/null >/dev/null\n${LOOP}`], {
      cwd: folder,
      env: { ...gitEnvironment, STOP: this.#stop },
      stdio: 'ignore',
    });
    this.#ended = new Promise((resolve) => this.#process.once('close', () => resolve()));
  }

  /** Resolves once it is gone; what it was doing it has done. */
  async end(): Promise<void> {
    fs.writeFileSync(this.#stop, '');
    await this.#ended;
  }
}
