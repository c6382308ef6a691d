import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { root } from '../paths.mjs';

/** The desktop VS Code's command, if PATH has one. */
export function findCode(): string | undefined {
  const names = process.platform === 'win32' ? ['code.cmd'] : ['code'];
  const folders = (process.env['PATH'] ?? '').split(path.delimiter).filter(Boolean);
  return names
    .flatMap((name) => folders.map((folder) => path.join(folder, name)))
    .find((candidate) => fs.existsSync(candidate));
}

/** Opens a new window with Sluice as an extension under development. Returns once VS Code has taken it over. */
export function openOnDesktop(code: string, folder: string): void {
  console.log(`Opening ${folder} in VS Code. (In the browser instead: npm start -- --browser)`);
  execFileSync(code, [`--extensionDevelopmentPath=${root}`, '--new-window', folder], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
}
