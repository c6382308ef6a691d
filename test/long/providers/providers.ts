import { LoopbackProvider } from '../../support/loopbackProvider.ts';
import { patientTurnAt } from '../../support/loopbackTurn.ts';
import { printTable, withTotal } from '../table.ts';
import { randomReply, type RandomReply } from './randomReply.ts';
import { seeded } from '../seeded.ts';
import { SHAPES, type Shape } from '../../support/loopbackShapes.ts';
import { textOf } from '../../../src/core/domain/chat.ts';
import type { TurnOutcome } from '../../../src/core/models/turn/turn.ts';

// Providers that misbehave by chance, over real sockets through the official adapters. Whatever they do, a call ends
// as the whole answer or as a failure with its class, and never as half an answer, an error's text or nothing.

const SEQUENCES = 10_000;
/** A call that takes longer hangs: the clock of the calls is moved on by hand. In milliseconds. */
const HANG_MS = 10_000;

interface Tally {
  sequences: number;
  calls: number;
  answered: number;
  failed: number;
  unknown: number;
  wrong: number;
  lost: number;
  hangs: number;
  timers: number;
}

/** @param only `<shape>:<sequence>`, as a failure names it */
export async function providers(seed: number, only: string | undefined): Promise<boolean> {
  const printed: string[] = [];
  const { error, warn } = console;
  const unhandled: unknown[] = [];
  const keep = (reason: unknown): void => {
    unhandled.push(reason);
  };
  process.on('unhandledRejection', keep);
  console.error = console.warn = (...parts: unknown[]) => {
    printed.push(parts.map(String).join(' '));
  };
  try {
    const tallies = await Promise.all(SHAPES.map((shape) => sequencesOf(shape, seed, only)));
    const rows = tallies.map(({ shape, tally }) => [
      shape,
      tally.sequences,
      tally.calls,
      tally.answered,
      tally.failed,
      tally.unknown,
      tally.wrong,
      tally.lost,
      tally.hangs,
      tally.timers,
    ]);
    printTable(
      'Providers that misbehave by chance',
      [
        'shape',
        'sequences',
        'calls',
        'answered',
        'failed',
        'unknown',
        'wrong success',
        'right answer lost',
        'hangs',
        'timers left',
      ],
      withTotal(rows),
    );
    for (const line of [...printed.slice(0, 5), ...unhandled.slice(0, 5).map(String)]) {
      console.log(`  nobody asked for: ${line}`);
    }
    return (
      printed.length + unhandled.length === 0 &&
      tallies.every(
        ({ tally: { wrong, lost, hangs, timers } }) => wrong + lost + hangs + timers === 0,
      )
    );
  } finally {
    Object.assign(console, { error, warn });
    process.off('unhandledRejection', keep);
  }
}

async function sequencesOf(
  shape: Shape,
  seed: number,
  only: string | undefined,
): Promise<{ readonly shape: Shape; readonly tally: Tally }> {
  const tally: Tally = {
    sequences: 0,
    calls: 0,
    answered: 0,
    failed: 0,
    unknown: 0,
    wrong: 0,
    lost: 0,
    hangs: 0,
    timers: 0,
  };
  const provider = await LoopbackProvider.start();
  try {
    for (let n = 0; n < SEQUENCES / SHAPES.length; n += 1) {
      if (only !== undefined && only !== `${shape}:${n}`) {
        continue;
      }
      const random = seeded(seed * 1_000_003 + n * 31 + SHAPES.indexOf(shape));
      tally.sequences += 1;
      const length = 1 + Math.floor(random() * 3);
      for (let call = 0; call < length; call += 1) {
        provider.reset();
        const made = randomReply(shape, random);
        provider.next(made.reply);
        const ended = await orHang(patientTurnAt(provider, shape));
        tally.calls += 1;
        const wrong = ended === undefined ? 'hangs' : wrongWith(ended.outcome, made);
        if (wrong !== undefined) {
          tally[wrong] += 1;
          console.log(
            `  ${shape}:${n} call ${call} ${wrong}: ${JSON.stringify(made.reply).slice(0, 300)} ${JSON.stringify(ended?.outcome).slice(0, 300)}`,
          );
        }
        tally.timers += ended?.timersLeft ?? 0;
        if (ended?.outcome.kind === 'answered') {
          tally.answered += 1;
        } else if (ended?.outcome.kind === 'failed') {
          tally.failed += 1;
          tally.unknown += ended.outcome.failure.kind === 'unknown' ? 1 : 0;
        }
      }
    }
  } finally {
    await provider.close();
  }
  return { shape, tally };
}

function wrongWith(outcome: TurnOutcome, made: RandomReply): 'wrong' | 'lost' | undefined {
  if (outcome.kind !== 'answered') {
    return made.answer === 'right' ? 'lost' : undefined;
  }
  return made.answer !== 'never' && textOf(outcome.message) === made.text ? undefined : 'wrong';
}

async function orHang<T>(promise: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), HANG_MS);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
