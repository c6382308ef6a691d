import type { Clock } from '../../base/clock.ts';
import { unreachable } from '../../base/exhaustive.ts';
import { Slices } from '../../base/slices.ts';
import type { CacheCounts, CacheDesk, CacheStatistics, ClearedPart } from '../../domain/cache.ts';
import type { KeptAnswer } from '../parts.ts';
import { censusOf, SLICE_MS, type CountedAnswer } from './census.ts';
import { NOTHING_COUNTED, type Counted } from './counts.ts';
import type { Entries } from './entries.ts';
import type { Ledger } from './ledger.ts';
import type { Memory } from './memory.ts';
import type { StoreFiles } from './storeFiles.ts';
import { giveUp, usesOf } from './sweep.ts';
import type { Values } from './values.ts';

export interface DeskParts {
  readonly files: StoreFiles;
  readonly entries: Entries;
  readonly values: Values;
  readonly memory: Memory;
  readonly ledger: Ledger;
  readonly clock: Clock;
}

export function cacheDesk(parts: DeskParts): CacheDesk {
  return {
    folder: parts.files.folder,
    statistics: () => statisticsOf(parts),
    clear: (what) => clear(parts, what),
  };
}

interface Kept {
  entries: number;
  bytes: number;
}

async function statisticsOf({
  files,
  entries,
  ledger,
  clock,
}: DeskParts): Promise<CacheStatistics> {
  const found = await censusOf(files, entries, unhurried(clock));
  const tally = ledger.sum();
  const total: Kept = { entries: 0, bytes: 0 };
  const namespaces = new Map<string, Kept>();
  const agents = new Map<string, Kept>();
  for (const answer of found.entries.flatMap(({ answers }) => answers)) {
    const bytes =
      answer.bytes +
      answer.values.reduce((sum, digest) => sum + (found.values.get(digest)?.size ?? 0), 0);
    total.entries += 1;
    addTo(namespaces, answer.namespace, bytes);
    if (answer.agent !== undefined) {
      addTo(agents, answer.agent, bytes);
    }
  }
  // As the disk has it: a value that several answers have is there once.
  for (const { size } of [
    ...found.entries.map(({ seen }) => seen),
    ...found.values.values(),
    ...found.notes.map(({ seen }) => seen),
  ]) {
    total.bytes += size;
  }
  return {
    total: { ...tally.total, ...total },
    namespaces: joined(tally.namespaces, namespaces),
    agents: joined(tally.agents, agents),
  };
}

async function clear(parts: DeskParts, what: ClearedPart): Promise<number> {
  const { files, entries, values, memory, clock } = parts;
  const slices = unhurried(clock);
  const found = await censusOf(files, entries, slices);
  const uses = usesOf(found.entries);
  let cleared = 0;
  for (const { name, answers } of found.entries) {
    const meant = answers.filter((answer) => isMeant(answer, what));
    if (meant.length > 0) {
      const gone = await giveUp(entries, name, ({ answer }) => !isMeant(answer, what));
      cleared += gone.length;
      const ids = new Set(gone.map(({ answer }) => answer.id));
      for (const digest of meant.flatMap(({ id, values: own }) => (ids.has(id) ? own : []))) {
        uses.set(digest, (uses.get(digest) ?? 0) - 1);
      }
    }
    if (slices.isOver) {
      await slices.next();
    }
  }
  for (const [digest, seen] of found.values) {
    const left = uses.get(digest);
    // Of those that no answer had at the beginning some are being put.
    if (left === 0 || (left === undefined && what.kind === 'all')) {
      values.remove(digest, seen);
    }
    if (slices.isOver) {
      await slices.next();
    }
  }
  memory.letAllGo();
  return cleared;
}

function isMeant(
  answer: Pick<KeptAnswer, 'namespace' | 'agent'> & Pick<CountedAnswer, 'run'>,
  what: ClearedPart,
): boolean {
  switch (what.kind) {
    case 'all':
      return true;
    case 'namespace':
      return answer.namespace === what.namespace;
    case 'agent':
      return answer.agent === what.agent;
    case 'run':
      return answer.run === what.run;
    default:
      return unreachable(what);
  }
}

function joined(
  counted: ReadonlyMap<string, Counted>,
  kept: ReadonlyMap<string, Kept>,
): Record<string, CacheCounts> {
  const names = [...new Set([...counted.keys(), ...kept.keys()])].sort();
  return Object.fromEntries(
    names.map((name) => [
      name,
      {
        ...(counted.get(name) ?? NOTHING_COUNTED),
        ...(kept.get(name) ?? { entries: 0, bytes: 0 }),
      },
    ]),
  );
}

function addTo(all: Map<string, Kept>, name: string, bytes: number): void {
  const kept = all.get(name) ?? { entries: 0, bytes: 0 };
  kept.entries += 1;
  kept.bytes += Math.round(bytes);
  all.set(name, kept);
}

/** What a person has asked for is done to its end. */
function unhurried(clock: Clock): Slices {
  return new Slices(clock, new AbortController().signal, SLICE_MS);
}
