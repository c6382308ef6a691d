import type { BookEntry } from '../../../src/core/projections/runBook.ts';
import { dropRun, mergeRun, readable, type Session } from './deeds.ts';

type Readable = Extract<BookEntry, { kind: 'readable' }>;

const ADA = { name: 'ada', via: 'terminal' } as const;
/** A run of four tasks needs a person less often. */
const MOST_ROUNDS = 40;

/** Brings to its end whatever was begun: drops, runs, merges. @param begun runs that were being dropped */
export async function finishAll(session: Session, begun: readonly string[]): Promise<void> {
  const { sluice } = session;
  for (const entry of readable(sluice).filter(({ run }) => begun.includes(run))) {
    const came = await dropRun(session, entry);
    if (came !== 'done') {
      // A program that was killed may seem to live for a moment.
      throw new Error(`${entry.run} is not dropped: ${came}`);
    }
  }
  for (const { run } of readable(sluice)) {
    await finish(session, () => {
      const entry = sluice.run(run);
      if (entry?.kind !== 'readable') {
        throw new Error(`${run} is not there any more, or cannot be read`);
      }
      return entry;
    });
  }
  // Nobody but a person goes on with a merge that was cut off.
  for (const entry of readable(sluice)) {
    const place = entry.state.merge?.place.kind;
    if (place === 'merging' || place === 'publishing') {
      session.note(`came merge at the end: ${await mergeRun(session, entry)}`);
    }
  }
}

async function finish(session: Session, now: () => Readable): Promise<void> {
  const { sluice } = session;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const { run, state, damage } = now();
    if (damage !== undefined) {
      throw new Error(`the journal of ${run} is damaged: ${damage}`);
    }
    if (state.phase.kind === 'finished') {
      return;
    }
    const resumed = await sluice.resume(run, { leaveAtGates: true });
    if (!resumed.ok) {
      throw new Error(`${run} cannot be gone on with: ${resumed.error.message}`);
    }
    const end = await resumed.value.ended;
    if (end.kind === 'broken') {
      throw new Error(`${run} broke: ${end.error.stack ?? end.error.message}`);
    }
    await answer(session, now());
    await sluice.active(run)?.ended;
  }
  const { run, state } = now();
  const kinds = [...state.tasks].map(([task, { kind }]) => `${task} ${kind}`);
  throw new Error(`${run} does not end: ${state.phase.kind}, ${kinds.join(', ')}`);
}

/** As a person does who wants it to be over. */
async function answer({ sluice }: Session, { run, state }: Readable): Promise<void> {
  if (state.phase.kind === 'paused') {
    await sluice.request(run, { kind: 'unpause', by: ADA });
  }
  for (const { task, digest } of sluice.openGates().filter((gate) => gate.run === run)) {
    const decision = 'approved';
    const request = { kind: 'answer', task, digest, decision, by: ADA } as const;
    await sluice.request(run, { ...request, note: undefined });
  }
}
