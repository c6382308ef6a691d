import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type nodeV8 from 'node:v8';
import type nodeVm from 'node:vm';
import { copyAsRepository } from '../scripts/example.mjs';
import { root } from '../scripts/paths.mjs';
import { digestOf } from '../src/core/base/digest.ts';
import { nodeDisk } from '../src/core/base/disk.ts';
import { systemClock } from '../src/core/base/clock.ts';
import type { EventBody } from '../src/core/domain/event.ts';
import { runIdOf, type TaskId } from '../src/core/domain/ids.ts';
import { BlobStore } from '../src/core/journal/blobs.ts';
import { JournalWriter } from '../src/core/journal/writer.ts';
import { SluiceWindow } from '../test/ui/support/sluiceWindow.ts';
import { until } from '../test/ui/support/until.ts';
import { buildExtension, install, type BuiltExtension } from './builtExtension.ts';
import { planOf } from './sluiceEngine.ts';
import { median } from './table.ts';

const ROUNDS = 3;
const TASKS = 10_000;
const RUNS = 100;
/** What the host may hold above one without Sluice, in MB. */
const LIMITS = { idle: 30, history: 150 } as const;

/** What the probe in the host writes: megabytes after a collection. */
interface Probed {
  readonly rss: number;
  readonly heap: number;
  readonly external: number;
  /** Looks since Sluice was active, or since the start where it is not installed. */
  readonly looks: number;
}

/** What VS Code's extension host holds: without Sluice, with it, and with a long history; real windows, built code. */
export async function benchMemory(): Promise<void> {
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'sluice-bench-'));
  const built = buildExtension();
  try {
    const idle = path.join(scratch, 'idle');
    copyAsRepository(path.join(root, 'examples/code-quality'), idle);
    const history = path.join(scratch, 'history');
    copyAsRepository(path.join(root, 'examples/code-quality'), history);
    await writeHistory(history);
    const [without, withSluice] = [false, true].map((has) => extensions(scratch, built, has));
    const rows: Record<string, Probed[]> = {};
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [name, folder, installed] of [
        ['without Sluice', idle, without],
        ['with Sluice, idle', idle, withSluice],
        ['without Sluice, history', history, without],
        [`with Sluice, ${TASKS} tasks`, history, withSluice],
      ] as const) {
        (rows[name] ??= []).push(await probed(scratch, folder, installed ?? ''));
      }
    }
    print(rows);
  } finally {
    built.dispose();
    fs.rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  }
}

function print(rows: Readonly<Record<string, readonly Probed[]>>): void {
  console.log(`\nThe extension host after a collection (median of ${ROUNDS}, MB)`);
  const of = (name: string, part: keyof Probed) =>
    median((rows[name] ?? []).map((probe) => probe[part]));
  const names = Object.keys(rows);
  for (const name of names) {
    const [rss, heap, external] = (['rss', 'heap', 'external'] as const).map((part) =>
      of(name, part).toFixed(1).padStart(7),
    );
    console.log(`  ${name.padEnd(26)} resident ${rss}   heap ${heap}   buffers ${external}`);
  }
  const [empty = '', idle = '', emptyHistory = '', history = ''] = names;
  for (const [name, above, below, limit] of [
    ['idle', idle, empty, LIMITS.idle],
    [`${TASKS} tasks`, history, emptyHistory, LIMITS.history],
  ] as const) {
    const more = of(above, 'rss') - of(below, 'rss');
    const heap = of(above, 'heap') - of(below, 'heap');
    console.log(
      `  ${name.padEnd(12)} ${more.toFixed(1)} MB more than without (heap ${heap.toFixed(1)}); at most ${limit}`,
    );
    if (more > limit) {
      process.exitCode = 1;
    }
  }
}

/** A folder of installed extensions: the probe, and Sluice where it is wanted. */
function extensions(scratch: string, built: BuiltExtension, hasSluice: boolean): string {
  const folder = path.join(scratch, hasSluice ? 'with' : 'without');
  const probe = path.join(scratch, 'probe');
  if (!fs.existsSync(probe)) {
    fs.mkdirSync(probe);
    fs.writeFileSync(path.join(probe, 'package.json'), JSON.stringify(PROBE));
    // The loader of the benches gives functions their names by this.
    const named = 'const __name = (named) => named;';
    fs.writeFileSync(
      path.join(probe, 'probe.cjs'),
      `${named}\n(${probeHost.toString()})(exports, require);`,
    );
  }
  fs.mkdirSync(folder);
  install(probe, folder);
  if (hasSluice) {
    install(built.folder, folder);
  }
  return folder;
}

const PROBE = {
  ...{ name: 'probe', publisher: 'bench', version: '1.0.0', main: './probe.cjs' },
  engines: { vscode: '^1.104.0' },
  activationEvents: ['*'],
};

/** Runs inside the extension host, as an extension of its own; nothing of this file is there. */
function probeHost(exports: Record<string, unknown>, require: NodeJS.Require): void {
  const vscode = require('vscode') as {
    extensions: { getExtension(id: string): { readonly isActive: boolean } | undefined };
  };
  const { writeFileSync, renameSync } = require('node:fs') as typeof fs;
  const v8 = require('node:v8') as typeof nodeV8;
  const vm = require('node:vm') as typeof nodeVm;
  let looks = 0;
  exports['activate'] = () => {
    v8.setFlagsFromString('--expose-gc');
    const collect = vm.runInNewContext('gc') as () => void;
    setInterval(() => {
      const sluice = vscode.extensions.getExtension('sluice.sluice');
      looks += sluice === undefined || sluice.isActive ? 1 : 0;
      collect();
      collect();
      const { rss, heapUsed, external } = process.memoryUsage();
      const [mb, file] = [1024 * 1024, process.env['SLUICE_BENCH_MEMORY'] ?? ''];
      const probe = { rss: rss / mb, heap: heapUsed / mb, external: external / mb, looks };
      writeFileSync(`${file}.new`, JSON.stringify(probe));
      renameSync(`${file}.new`, file);
    }, 1000);
  };
}

/** Looks, a second apart, after which a host has come to rest. */
const LOOKS = 10;

async function probed(scratch: string, folder: string, extensionsFolder: string): Promise<Probed> {
  const file = path.join(scratch, 'probed.json');
  fs.rmSync(file, { force: true });
  process.env['SLUICE_BENCH_MEMORY'] = file;
  const window = await SluiceWindow.open({ target: { folder }, extensionsFolder });
  try {
    return await until(
      'the host to come to rest',
      () => {
        const probe = fs.existsSync(file)
          ? (JSON.parse(fs.readFileSync(file, 'utf8')) as Probed)
          : undefined;
        return Promise.resolve((probe?.looks ?? 0) >= LOOKS ? probe : undefined);
      },
      { timeout: 120_000 },
    );
  } finally {
    await window.close();
    delete process.env['SLUICE_BENCH_MEMORY'];
  }
}

/** Runs that are over, as their journals tell them: a third of the tasks made a file, each printed something. */
async function writeHistory(folder: string): Promise<void> {
  const store = path.join(folder, '.git/sluice');
  const blobs = new BlobStore(nodeDisk, path.join(store, 'blobs'));
  const each = TASKS / RUNS;
  // Layers of ten, each step behind one of the layer before.
  const needs = Array.from({ length: each }, (_, n) => (n < 10 ? [] : [n - 10]));
  const log = await blobs.put(Buffer.from('it went well\n'));
  const by = { name: 'bench', via: 'terminal' } as const;
  for (let number = 1; number <= RUNS; number += 1) {
    const run = runIdOf('bench', number);
    const plan = planOf({ needs }, 10);
    const { digest } = await blobs.put(
      // Each run has a plan of its own, as after an edit of the workflow.
      Buffer.from(JSON.stringify({ ...plan, inputs: { number: String(number) } })),
    );
    const journal = path.join(store, 'runs', run);
    fs.mkdirSync(journal, { recursive: true });
    const opened = await JournalWriter.open({
      ...{ disk: nodeDisk, clock: systemClock, folder: journal, run },
      claim: { epoch: 1, stillOwner: () => true },
    });
    if (!opened.ok) {
      throw new Error(opened.error.kind);
    }
    const { writer } = opened.value;
    writer.append([
      { type: 'run-created', plan: digest, workflow: 'bench', folder: '', by },
      ...needs.flatMap((_, n) => taskEvents(n, log)),
      { type: 'run-finished', status: 'succeeded' },
    ]);
    await writer.close();
  }
}

function taskEvents(n: number, log: Awaited<ReturnType<BlobStore['put']>>): EventBody[] {
  const task = `s${n}` as TaskId;
  const process = { pid: 1, startedAt: '1', marker: digestOf('').slice(0, 16) };
  return [
    { type: 'task-started', task, attempt: 1 },
    { type: 'task-process', task, attempt: 1, process },
    {
      ...{ type: 'task-succeeded', task, attempt: 1, exitCode: 0, durationMs: 5 },
      ...{ output: log, log, inputBytes: 0, accepted: undefined },
      artifacts:
        n % 3 === 0 ? [{ ...log, path: `out/s${n}.md`, executable: false, was: undefined }] : [],
    },
  ];
}
