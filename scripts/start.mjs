// npm start: Sluice in a window, with an example to try. What it can do: start.ts. Here only what must be done
// before anything is installed.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { installDependencies } from './install.mjs';
import { root } from './paths.mjs';

installDependencies();

const child = spawn(
  process.execPath,
  ['--import', 'tsx', path.join(import.meta.dirname, 'start.ts'), ...process.argv.slice(2)],
  { cwd: root, stdio: 'inherit' },
);
// Ctrl+C reaches both processes; this one only waits for what the other makes of it.
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => signal === 'SIGTERM' && child.kill(signal));
}
child.on('exit', (code, signal) => {
  process.exitCode = code ?? (signal ? 1 : 0);
});
