import fs from 'node:fs';
import path from 'node:path';
import { approvalsWith } from '../../../src/core/approvalKeys.ts';
import { systemClock, type Clock } from '../../../src/core/base/clock.ts';
import { nodeDisk } from '../../../src/core/base/disk.ts';
import { DEFAULT_CACHE_SETTINGS } from '../../../src/core/domain/cache.ts';
import type { TaskId } from '../../../src/core/domain/ids.ts';
import type { Ports } from '../../../src/core/ports.ts';
import type { BookEntry } from '../../../src/core/projections/runBook.ts';
import { Sluice, type StartedRun } from '../../../src/core/sluice.ts';
import { userFolders } from '../../../src/core/user.ts';
import { paidModels } from './paidModel.ts';
import { REFERENCE_WORKFLOWS } from './workflows.ts';
import { Boundaries, countingDisk, type KillPoint } from './countingDisk.ts';

// A program that opens Sluice on `<parent>/repository`, goes on with the run it finds there or starts one,
// and answers what the run asks like a person who looks before answering. It ends by SIGKILL at the point it
// is given. What it was told is done it notes in `<parent>/acks`, at once.
//   node crashChild.cjs <parent> <workflow> <kill point as JSON, or null>
// Its number stands in `<parent>/host`, for agents to know who started them.
// Ends with 0 when the run has finished and prints the boundaries it came by, as JSON.

const [, , parent = '', workflow = '', kill = 'null'] = process.argv;
const KEY = new Uint8Array(32).fill(7);
const ADA = { name: 'ada', via: 'terminal' } as const;

/** Gates at which changes are requested first. */
const redone = new Set(
  Object.keys(REFERENCE_WORKFLOWS.find(({ name }) => name === workflow)?.redone ?? {}),
);

const point = JSON.parse(kill) as KillPoint | null;
const boundaries = new Boundaries(point ?? undefined);

/** A timer is set right after a process was started. */
const clock: Clock = {
  ...systemClock,
  timer: (ms, fire) => {
    boundaries.outside('timer');
    return systemClock.timer(ms, fire);
  },
};

/** It is read whole right before a process is started. */
const environment = new Proxy(
  { ...process.env },
  {
    ownKeys: (target) => {
      boundaries.outside('spawn');
      return Reflect.ownKeys(target);
    },
  },
);

const problems: string[] = [];
const { cache, state } = userFolders(process.env, process.platform);
const log: Ports['log'] = {
  debug: () => undefined,
  info: () => undefined,
  warn: (message) => void problems.push(message),
  error: (message, thrown) => void problems.push(`${message}: ${String(thrown)}`),
};
const models = paidModels(parent, boundaries, systemClock, log);
const ports: Ports = {
  clock,
  disk: countingDisk(nodeDisk, boundaries),
  random: () => 0.5,
  log,
  models: () => Promise.resolve(models),
  cacheSettings: () => DEFAULT_CACHE_SETTINGS,
  approvals: () => Promise.resolve(approvalsWith(KEY, KEY)),
  actor: ADA,
  environment,
  home: undefined,
  cacheFolder: cache,
  stateFolder: state,
};

type Readable = Extract<BookEntry, { kind: 'readable' }>;

function acknowledged(what: string): void {
  fs.appendFileSync(path.join(parent, 'acks'), `${what}\n`);
}

function readable(sluice: Sluice): Readable | undefined {
  return sluice.runs().find((entry) => entry.kind === 'readable');
}

async function goOn(sluice: Sluice): Promise<StartedRun | undefined> {
  const found = readable(sluice);
  if (found === undefined) {
    const entry = await sluice.findWorkflow(workflow);
    if (entry?.kind !== 'valid') {
      throw new Error(`${workflow}: ${JSON.stringify(entry?.diagnostics)}`);
    }
    const started = await sluice.start({
      workflow: entry.workflow,
      inputs: {},
      approveGate: () => false,
      leaveAtGates: false,
    });
    if (!started.ok) {
      throw new Error(started.error.message);
    }
    acknowledged(`started ${started.value.run}`);
    return started.value;
  }
  if (found.state.phase.kind === 'finished') {
    return undefined;
  }
  const resumed = await sluice.resume(found.run);
  if (!resumed.ok) {
    throw new Error(resumed.error.message);
  }
  return resumed.value;
}

/** As a person does who looks at the world before saying what an attempt has done. */
async function settleUnknown(sluice: Sluice, { run }: Readable, task: TaskId): Promise<void> {
  const ledger = path.join(parent, 'ledger');
  const lines = fs.existsSync(ledger) ? fs.readFileSync(ledger, 'utf8').split('\n') : [];
  const hasHappened = lines.some((line) => line.startsWith(`${task} `));
  const ask = async (kind: 'accept' | 'rerun' | 'skip') => {
    const outcome = await sluice.request(
      run,
      kind === 'rerun'
        ? { kind, task, prompt: undefined, model: undefined, withoutCache: false, by: ADA }
        : { kind, task, by: ADA },
    );
    acknowledged(outcome.kind === 'accepted' ? `${kind} ${task}` : `no ${kind} ${task}`);
    return outcome.kind === 'accepted';
  };
  if (!hasHappened) {
    await ask('rerun');
  } else if (!(await ask('accept'))) {
    await ask('skip');
  }
}

async function answerAll(sluice: Sluice, active: StartedRun): Promise<void> {
  const asked = new Set<string>();
  let ended: string | undefined;
  void active.ended.then((end) => {
    ended = end.kind === 'broken' ? `broken: ${String(end.error.stack)}` : end.kind;
    look();
  });
  let look: () => void = () => undefined;
  const changes = sluice.onDidChange(() => look());
  await new Promise<void>((resolve, reject) => {
    look = () => {
      const entry = sluice.run(active.run);
      if (entry?.kind !== 'readable') {
        return;
      }
      for (const { task, digest } of sluice.openGates()) {
        const wantsChanges = redone.has(task) && !entry.state.answers.has(task);
        const key = `${task} ${wantsChanges ? 'changes' : ''}`;
        if (!asked.has(key)) {
          asked.add(key);
          const request = { kind: 'answer', task, digest, by: ADA } as const;
          sluice
            .request(
              active.run,
              wantsChanges
                ? { ...request, decision: 'changes-requested', note: 'again' }
                : { ...request, decision: 'approved', note: undefined },
            )
            .then(({ kind }) => {
              acknowledged(`${wantsChanges && kind === 'accepted' ? 'changes' : kind} ${task}`);
            }, reject);
        }
      }
      for (const task of entry.state.frontier.unknown) {
        const found = entry.state.tasks.get(task);
        const key = `${task}.${found?.kind === 'unknown' ? found.attempt : ''}`;
        if (!asked.has(key)) {
          asked.add(key);
          settleUnknown(sluice, entry, task).catch(reject);
        }
      }
      if (ended !== undefined) {
        resolve();
      }
    };
    look();
  });
  changes.dispose();
  if (ended !== 'finished') {
    throw new Error(`the run ended ${ended ?? ''}`);
  }
}

async function main(): Promise<void> {
  fs.writeFileSync(path.join(parent, 'host'), `${process.pid}\n`);
  const sluice = await Sluice.open(path.join(parent, 'repository'), ports);
  sluice.onDidAppend((events) => acknowledged(`event ${events.at(-1)?.seq ?? 0}`));
  const active = await goOn(sluice);
  if (active !== undefined) {
    await answerAll(sluice, active);
  }
  await sluice.close();
  const seen = boundaries.seen.map(({ name }) => name);
  process.stdout.write(JSON.stringify({ seen, problems }));
}

const overdue = setTimeout(() => {
  process.stderr.write(`no end within 30 s; ${problems.join('; ')}\n`);
  process.exit(5);
}, 30_000);

main()
  .catch((thrown: unknown) => {
    const what = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    process.stderr.write(`${what}\n${problems.join('\n')}`);
    process.exitCode = 4;
  })
  .finally(() => clearTimeout(overdue));
