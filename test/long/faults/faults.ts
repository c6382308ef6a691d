import { seeded } from '../seeded.ts';
import { printTable, withTotal } from '../table.ts';
import { TempRepository } from '../../support/tempRepository.ts';
import { FAULT_CASES } from './cases.ts';
import { inject, operationsOf, type Injection } from './inject.ts';
import type { Fault, Loss } from './powerDisk.ts';

/** Mixtures of what a power loss takes and leaves, at each moment of each operation. */
const MIXTURES = 9;
/** One in so many is looked at by `git fsck` too, and its checkout compared. */
const THOROUGH_EVERY = 20;

/** An injection at an operation of a case, with the kind it is counted under. */
export interface FaultPoint {
  readonly name: string;
  readonly kind: string;
  readonly at: number;
  readonly injection: Injection;
}

/** All that is tried on a run whose operations these are. */
export function faultPoints(operations: readonly string[], seed: number): FaultPoint[] {
  return operations.flatMap((operation, index) => {
    const at = index + 1;
    const random = seeded(seed + at);
    const stop = (moment: 'before' | 'half' | 'after'): Fault => ({ kind: 'stop', at, moment });
    const error = (code: string): Fault => ({ kind: 'error', at, code });
    const all: Loss = () => 'dropped';
    const found: [kind: string, fault: Fault, loss?: Loss][] = [
      ['killed', stop('before')],
      ['killed', stop('after')],
      ['power lost', stop('before'), all],
      ['power lost', stop('after'), all],
      ['EIO', error('EIO')],
      ['ENOSPC', error('ENOSPC')],
      ['EACCES', error('EACCES')],
      ['EIO, then power lost', error('EIO'), all],
    ];
    for (let n = 0; n < MIXTURES; n += 1) {
      const loss = mixture(Math.floor(random() * 1_000_000));
      found.push(['power lost', stop(n % 2 === 0 ? 'before' : 'after'), loss]);
    }
    if (operation === 'write') {
      found.push(['killed', stop('half')]);
      found.push(['power lost', stop('half'), () => 'kept']);
      found.push(['short write', { kind: 'short', at }]);
    }
    if (operation === 'open') {
      found.push(['EMFILE', error('EMFILE')]);
    }
    return found.map(([kind, fault, loss], n) => ({
      name: `${at}.${n} ${operation}`,
      kind,
      at,
      injection: { fault, loss },
    }));
  });
}

function mixture(seed: number): Loss {
  const fates = ['dropped', 'half', 'zeros', 'kept'] as const;
  return (index) => fates[Math.floor(seeded(seed + index)() * fates.length)]!;
}

/** Tasks that run at once keep equal files now once, now twice, so the last operations are not always there. */
const MOST_TRIES = 25;
const COUNTS = 5;

/** Every fault at every operation of every case. Returns false when anything was lost, wrong or not reached. */
export async function faults(seed: number, only: string | undefined): Promise<boolean> {
  const tallies = new Map<string, { injected: number; bad: number; byHand: number; ms: number }>();
  await eachFault(
    seed,
    (point, begun, outcome) => {
      const tally = tallies.get(point.kind) ?? { injected: 0, bad: 0, byHand: 0, ms: 0 };
      tallies.set(point.kind, tally);
      tally.injected += 1;
      tally.ms += performance.now() - begun;
      if (outcome instanceof Error) {
        tally.bad += 1;
        console.error(`\n${point.name}: ${outcome.stack ?? outcome.message}`);
      } else if (outcome === 'by hand') {
        tally.byHand += 1;
      }
    },
    ({ name }) => only === undefined || name === only,
  );
  printTable(
    `Faults of the disk (seed ${seed})`,
    ['fault', 'injected', 'lost or wrong', 'mended by hand', 'seconds'],
    withTotal(
      [...tallies].map(([kind, { injected, bad, byHand, ms }]) => [
        ...[kind, injected, bad, byHand],
        Math.round(ms / 1000),
      ]),
    ),
  );
  return [...tallies.values()].every(({ bad }) => bad === 0);
}

/**
 * Injects what `isChosen` chooses, one after another.
 * @param done told how each went; an error: something was lost or wrong
 */
export async function eachFault(
  seed: number,
  done: (point: FaultPoint, begun: number, outcome: 'ended well' | 'by hand' | Error) => void,
  isChosen: (point: FaultPoint) => boolean,
): Promise<void> {
  const repository = new TempRepository();
  try {
    repository.write('README.md', 'readme\n');
    repository.commit();
    for (const faultCase of FAULT_CASES) {
      const template = faultCase.inRepository ? repository.folder : undefined;
      // A busy machine flushes now in more groups, now in fewer: what the shortest has is there each time.
      const counted = [];
      for (let count = 0; count < COUNTS; count += 1) {
        counted.push(await operationsOf(faultCase, template));
      }
      const [operations = []] = counted.toSorted((one, other) => one.length - other.length);
      const points = faultPoints(operations, seed)
        .map((point) => ({ ...point, name: `${faultCase.name} ${point.name}` }))
        .filter(isChosen);
      for (const [index, point] of points.entries()) {
        const begun = performance.now();
        const isThorough = index % THOROUGH_EVERY === 0;
        let outcome: Awaited<ReturnType<typeof inject>> | Error = 'missed';
        for (let tries = 0; tries < MOST_TRIES && outcome === 'missed'; tries += 1) {
          outcome = await inject(faultCase, template, point.injection, isThorough).catch(
            (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
          );
        }
        done(point, begun, outcome === 'missed' ? new Error('it was not reached') : outcome);
      }
    }
  } finally {
    repository.dispose();
  }
}
