import fs from 'node:fs';
import path from 'node:path';

/**
 * Resolves once no `git` is at work that a killed program has started: they outlive it for a moment. Linux only;
 * elsewhere it waits for none.
 * @param home the programs' home folder, by which they are known
 */
export async function endOfGits(home: string): Promise<void> {
  while (gitsOf(home).length > 0) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function gitsOf(home: string): readonly string[] {
  const pids = process.platform === 'linux' ? fs.readdirSync('/proc') : [];
  return pids.filter((pid) => {
    if (!/^\d+$/.test(pid)) {
      return false;
    }
    try {
      const isGit = fs.readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('git');
      const environment = fs.readFileSync(`/proc/${pid}/environ`, 'latin1');
      return isGit && `\0${environment}`.includes(`\0HOME=${home}\0`);
    } catch {
      return false;
    }
  });
}

/** A `git` that is killed on the way leaves these, and says to whoever comes next that a person may remove them. */
export function removeGitsLocks(commonDir: string): void {
  for (const name of ['packed-refs.lock', 'packed-refs.new']) {
    fs.rmSync(path.join(commonDir, name), { force: true });
  }
  for (const below of ['refs/heads/ai', 'refs/heads/bot', 'refs/tags']) {
    const folder = path.join(commonDir, below);
    const names = fs.existsSync(folder)
      ? fs.readdirSync(folder, { recursive: true, encoding: 'utf8' })
      : [];
    // Ours appear with all their bytes; Git's are empty until they are renamed.
    for (const name of names.filter((one) => one.endsWith('.lock'))) {
      const file = path.join(folder, name);
      if (fs.statSync(file).size === 0) {
        fs.rmSync(file);
      }
    }
  }
}
