import { execFileSync } from 'node:child_process';

/** Settings of an outer `npm run` that would change what an inner npm installs, or where. */
const leaking =
  /^npm_(config_(local_|global_)?(prefix|global|workspaces?|omit|include|production|ignore_scripts|package_lock|dry_run)$|lifecycle_|package_)/i;

/** Runs npm in `folder`; only its errors are printed. Throws when npm fails. */
export function npm(folder, args) {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !leaking.test(name)),
  );
  execFileSync(
    'npm',
    [...args, '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'],
    // npm is a .cmd file on Windows, which Node starts only through a shell.
    { cwd: folder, env, stdio: 'inherit', shell: process.platform === 'win32' },
  );
}
