import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { copyAsRepository, copyExample } from '../../../scripts/example.mjs';
import { root } from '../../../scripts/paths.mjs';
import { TestFolder } from './testFolder.ts';

/** A temporary folder that holds all that a test makes. Dispose of it. */
export class Scratch {
  readonly path = fs.mkdtempSync(path.join(os.tmpdir(), 'sluice-ui-'));

  /** A Git repository with one commit of nothing but a README. */
  repository(name: string): TestFolder {
    return this.#testFolder(name, (folder) =>
      copyAsRepository(path.join(root, 'test/host/workspaces/folder'), folder),
    );
  }

  /** A Git repository that is an example, with its dependencies. */
  example(name: string): TestFolder {
    return this.#testFolder(name, (folder) => copyExample(name, folder));
  }

  /** In no Git repository. */
  folder(name: string): TestFolder {
    return this.#testFolder(name, (folder) => fs.mkdirSync(folder));
  }

  dispose(): void {
    // Processes that were just killed may still be writing.
    fs.rmSync(this.path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }

  #testFolder(name: string, make: (folder: string) => void): TestFolder {
    const folder = path.join(this.path, name);
    make(folder);
    return new TestFolder(folder);
  }
}
