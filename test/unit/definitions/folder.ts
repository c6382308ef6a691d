import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** A folder of files that is gone after the test. */
export class TemporaryFolder {
  readonly path = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'sluice-definitions-')));

  write(file: string, content: string | Uint8Array): void {
    const absolute = path.join(this.path, file);
    fs.mkdirSync(path.dirname(absolute), { recursive: true });
    fs.writeFileSync(absolute, content);
  }

  link(file: string, target: string): void {
    const absolute = path.join(this.path, file);
    fs.mkdirSync(path.dirname(absolute), { recursive: true });
    fs.symlinkSync(target, absolute);
  }

  dispose(): void {
    fs.rmSync(this.path, { recursive: true, force: true });
  }
}
