import fs from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { gitEnvironment, TempRepository } from '../../support/tempRepository.ts';
import { scratchFolder } from '../scratch.ts';
import type { ReferenceWorkflow } from './workflows.ts';

/**
 * The child as one file that starts fast: bundled, and from its second start on with its code compiled.
 * Returns the file to run with Node.
 */
export async function bundleChild(folder: string): Promise<string> {
  const outfile = path.join(folder, 'crashChild.cjs');
  await build({
    absWorkingDir: path.resolve(import.meta.dirname, '../../..'),
    entryPoints: ['test/long/crash/crashChild.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'error',
  });
  const launcher = path.join(folder, 'launch.cjs');
  fs.writeFileSync(launcher, LAUNCHER);
  return launcher;
}

/** Compiling the bundle is most of its start: what V8 made of it is kept beside it. */
const LAUNCHER = `
const fs = require('node:fs');
const vm = require('node:vm');
const Module = require('node:module');
const file = require('node:path').join(__dirname, 'crashChild.cjs');
const kept = file + '.compiled';
const cachedData = fs.existsSync(kept) ? fs.readFileSync(kept) : undefined;
const source = Module.wrap(fs.readFileSync(file, 'utf8'));
const script = new vm.Script(source, { filename: file, cachedData });
script.runInThisContext()(exports, require, module, file, __dirname);
if (process.env.SLUICE_KEEP_COMPILED) {
  process.once('exit', () => {
    fs.writeFileSync(kept + process.pid, script.createCachedData());
    fs.renameSync(kept + process.pid, kept);
  });
}
`;

/** A folder that holds a repository with a workflow, ready to be copied. */
export class Prepared {
  readonly workflow: ReferenceWorkflow;
  readonly parent: string;
  readonly #repository: TempRepository;

  constructor(workflow: ReferenceWorkflow) {
    this.workflow = workflow;
    this.#repository = new TempRepository();
    this.parent = this.#repository.parent;
    const json = (file: string, content: unknown) =>
      this.#repository.write(`.sluice/${file}.json`, JSON.stringify(content));
    for (const [name, fields] of Object.entries(workflow.agents)) {
      json(`agents/${name}`, { name, ...fields });
    }
    for (const [name, fields] of Object.entries(workflow.workflows)) {
      json(`workflows/${name}`, { name, ...fields });
    }
    for (const [name, text] of Object.entries(workflow.models ?? {})) {
      this.#repository.write(`.sluice/agents/${name}.md`, text);
    }
    this.#repository.write('README.md', 'readme\n');
    this.#repository.commit();
    this.#repository.write('README.md', 'changed and not committed\n');
    this.#repository.write('untracked.txt', 'of the user\n');
  }

  /** A copy to crash in: absolute path of the folder that holds `repository/`. */
  copy(): string {
    const parent = scratchFolder('sluice-crash-');
    fs.cpSync(this.parent, parent, { recursive: true, preserveTimestamps: true });
    return parent;
  }

  dispose(): void {
    this.#repository.dispose();
  }
}

/** What a child is started with. */
export function childEnvironment(parent: string): Record<string, string> {
  return {
    ...gitEnvironment,
    HOME: parent,
    XDG_CACHE_HOME: path.join(parent, 'cache'),
    XDG_STATE_HOME: path.join(parent, 'state'),
  };
}
