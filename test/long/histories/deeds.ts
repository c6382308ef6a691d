import type { MergePlace } from '../../../src/core/domain/merge.ts';
import type { RequestOutcome, RunRequest } from '../../../src/core/domain/request.ts';
import type { BookEntry } from '../../../src/core/projections/runBook.ts';
import type { Sluice } from '../../../src/core/sluice.ts';
import { PREFIXES } from './git.ts';
import { WORKFLOWS } from './workflows.ts';

type Readable = Extract<BookEntry, { kind: 'readable' }>;

/** The program of one session and how it tells what it does. */
export interface Session {
  readonly sluice: Sluice;
  readonly random: () => number;
  /** Stands in a file at once, so that a kill does not take it back. */
  readonly note: (line: string) => void;
}

/** What came of a deed: `done`, or the reason why it was refused or not possible. */
type Came = string;

type Deed = (session: Session) => Promise<Came>;

const ADA = { name: 'ada', via: 'terminal' } as const;
const NEVER = new AbortController().signal;
/** Conflicts of one merge that are chosen for, one after the other, before it is left as it is. */
const MOST_CHOICES = 12;

function oneOf<T>(random: () => number, values: readonly T[]): T | undefined {
  return values[Math.floor(random() * values.length)];
}

export function readable(sluice: Sluice): readonly Readable[] {
  return sluice.runs().filter((entry) => entry.kind === 'readable');
}

function oneRun({ sluice, random }: Session): Readable | undefined {
  return oneOf(random, readable(sluice));
}

/** Waits until nobody here drives the run any more. */
async function driven({ sluice }: Session, { run }: Readable): Promise<void> {
  await sluice.active(run)?.ended;
}

async function ask(
  session: Session,
  entry: Readable,
  request: RunRequest,
): Promise<RequestOutcome['kind']> {
  const outcome = await session.sluice.request(entry.run, request);
  if (session.random() < 0.8) {
    await driven(session, entry);
  }
  return outcome.kind;
}

const start: Deed = async ({ sluice, random }) => {
  const name = oneOf(random, Object.keys(WORKFLOWS)) ?? '';
  const entry = await sluice.findWorkflow(name);
  if (entry?.kind !== 'valid') {
    throw new Error(`${name}: ${JSON.stringify(entry?.diagnostics)}`);
  }
  // Near each other or far: the lines meet, or they do not.
  const line = () => String(1 + Math.floor(random() * 3) * 9);
  const started = await sluice.start({
    workflow: entry.workflow,
    inputs: { one: line(), two: line() },
    approveGate: () => false,
    leaveAtGates: true,
    baseTree: oneOf(random, ['head', 'worktree', undefined] as const),
    onCheckoutChange: random() < 0.7 ? 'stop' : 'tell',
    landing: {
      prefix: random() < 0.8 ? PREFIXES[0] : PREFIXES[1],
      author: { name: 'Sluice', email: 'sluice@localhost' },
    },
  });
  if (!started.ok) {
    return started.error.message;
  }
  if (random() < 0.8) {
    await started.value.ended;
  }
  return 'done';
};

const answerGate: Deed = async (session) => {
  const { sluice, random } = session;
  const gate = oneOf(random, sluice.openGates());
  const entry = gate && sluice.run(gate.run);
  if (gate === undefined || entry?.kind !== 'readable') {
    return 'there is none';
  }
  const decision = random() < 0.8 ? 'approved' : 'rejected';
  const { task, digest } = gate;
  return await ask(session, entry, {
    ...{ kind: 'answer', task, digest, decision, by: ADA },
    note: undefined,
  });
};

const rerun: Deed = async (session) => {
  const entry = oneRun(session);
  const task = entry && oneOf(session.random, [...entry.state.tasks.keys()]);
  return entry === undefined || task === undefined
    ? 'there is none'
    : await ask(session, entry, {
        ...{ kind: 'rerun', task, by: ADA, withoutCache: false },
        ...{ prompt: undefined, model: undefined },
      });
};

/** Mostly of a result that stands on a branch. */
const rollBack: Deed = async (session) => {
  const { sluice, random } = session;
  const landed = readable(sluice).flatMap(({ run, state }) =>
    [...state.landings].flatMap(([task, { kind }]) =>
      kind === 'done' || random() < 0.1 ? [{ run, task }] : [],
    ),
  );
  const found = oneOf(random, landed);
  if (found === undefined) {
    return 'there is none';
  }
  const gone = await sluice.results.rollBack(found.run, found.task);
  return gone.ok ? 'done' : gone.error;
};

/** Chooses by chance until it is done, or leaves a conflict to whoever comes next. */
export async function mergeRun({ sluice, random }: Session, { run }: Readable): Promise<Came> {
  let place: MergePlace['kind'] | undefined;
  for (let choices = 0; choices < MOST_CHOICES; choices += 1) {
    const merged = await sluice.results.merge(run, { signal: NEVER });
    if (!merged.ok) {
      return merged.error;
    }
    place = merged.value.kind;
    if (merged.value.kind !== 'conflict' || random() < 0.1) {
      break;
    }
    const { task, conflicts } = merged.value;
    for (const { path } of conflicts) {
      const own = { bytes: Buffer.from(`mine ${path}\n`), executable: random() < 0.2 };
      const choice = oneOf(random, ['ours', 'theirs', own] as const) ?? 'ours';
      const chosen = await sluice.results.choose({ run, task, path }, choice);
      if (!chosen.ok) {
        return chosen.error;
      }
    }
  }
  return place === 'done' ? 'done' : `it came to: ${place ?? 'nothing'}`;
}

const merge: Deed = async (session) => {
  const { sluice, random } = session;
  const landed = readable(sluice).filter(({ state }) =>
    [...state.landings.values()].some(({ kind }) => kind === 'done'),
  );
  const entry = oneOf(random, landed) ?? oneRun(session);
  return entry === undefined ? 'there is none' : await mergeRun(session, entry);
};

const forecast: Deed = async (session) => {
  const entry = oneRun(session);
  if (entry === undefined) {
    return 'there is none';
  }
  const told = await session.sluice.results.forecast(entry.run, NEVER);
  return told.ok ? 'done' : told.error;
};

/** What is begun to be dropped is noted: a kill on the way leaves it to whoever asks again. */
export async function dropRun({ sluice, note }: Session, { run }: Readable): Promise<Came> {
  note(`dropping ${run}`);
  const dropped = await sluice.results.drop(run);
  note(dropped.ok ? `dropped ${run}` : `kept ${run}`);
  return dropped.ok ? 'done' : dropped.error;
}

const drop: Deed = async (session) => {
  const entry = oneRun(session);
  return entry === undefined ? 'there is none' : await dropRun(session, entry);
};

const goOn: Deed = async (session) => {
  const { sluice, random } = session;
  const entry = oneOf(
    random,
    readable(sluice).filter(({ state }) => state.phase.kind !== 'finished'),
  );
  if (entry === undefined) {
    return 'there is none';
  }
  const resumed = await sluice.resume(entry.run, { leaveAtGates: true });
  await driven(session, entry);
  return resumed.ok ? 'done' : resumed.error.message;
};

const cancel: Deed = async (session) => {
  const entry = oneRun(session);
  return entry === undefined
    ? 'there is none'
    : await ask(session, entry, { kind: 'cancel', by: ADA });
};

const DEEDS: Readonly<Record<string, { readonly deed: Deed; readonly weight: number }>> = {
  start: { deed: start, weight: 6 },
  'answer a gate': { deed: answerGate, weight: 2 },
  're-run': { deed: rerun, weight: 4 },
  'roll back': { deed: rollBack, weight: 4 },
  merge: { deed: merge, weight: 4 },
  forecast: { deed: forecast, weight: 1 },
  drop: { deed: drop, weight: 2 },
  resume: { deed: goOn, weight: 2 },
  cancel: { deed: cancel, weight: 1 },
};

/** Does one of them by chance: a run where there is none. */
export async function doOne(session: Session): Promise<void> {
  const names = Object.entries(DEEDS).flatMap(([name, { weight }]) =>
    Array.from({ length: weight }, () => name),
  );
  const name =
    readable(session.sluice).length === 0 ? 'start' : (oneOf(session.random, names) ?? 'start');
  session.note(`begun ${name}`);
  session.note(`came ${name}: ${await DEEDS[name]!.deed(session)}`);
}
