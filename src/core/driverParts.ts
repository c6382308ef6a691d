import { Landing } from './artifacts/landing.ts';
import type { RunEvent } from './domain/event.ts';
import type { TaskId } from './domain/ids.ts';
import type { DriverParts } from './engine/parts.ts';
import type { BlobStore } from './journal/blobs.ts';
import type { JournalWriter } from './journal/writer.ts';
import type { Place } from './place.ts';
import type { Ports } from './ports.ts';
import { CheckRunner } from './runners/check.ts';
import { endOrphans } from './runners/orphans.ts';
import type { CommandOptions } from './runners/startCommand.ts';
import type { WorkspaceCopies } from './workspaces/copies.ts';

interface Fittings {
  readonly ports: Ports;
  readonly place: Place;
  readonly blobs: BlobStore;
  readonly copies: WorkspaceCopies;
  readonly command: CommandOptions;
  readonly runnerFor: DriverParts['runnerFor'];
  readonly cache: DriverParts['cache'];
  readonly unfold: DriverParts['unfold'];
  readonly onAppended: (events: readonly RunEvent[]) => void;
  readonly onPrinted: (task: TaskId) => void;
}

/** The rooms beside the engine, fitted to what it needs for one run. */
export function driverParts(journal: JournalWriter, fittings: Fittings): DriverParts {
  const { blobs, copies, place, runnerFor, cache, unfold, onAppended, onPrinted } = fittings;
  const { clock, log, random } = fittings.ports;
  const { repository } = place;
  const checks = new CheckRunner(fittings.command);
  return {
    journal,
    blobs: {
      put: (bytes) => blobs.put(bytes),
      adopt: (file) => blobs.adopt(file),
      copy: (file) => blobs.copy(file),
      read: (digest) => blobs.read(digest),
    },
    copies,
    runnerFor,
    runCheck: (request, signal) => checks.run(request, signal),
    productProblems: async (schema, bytes) => {
      // Its checker is a big one, and few workflows have a schema.
      const { productProblems } = await import('./artifacts/productSchema.ts');
      return productProblems(schema, bytes);
    },
    random,
    landing:
      repository === undefined
        ? undefined
        : new Landing({ target: repository, readBlob: (digest) => blobs.read(digest) }),
    endOrphans: (attempt, signal) => endOrphans(attempt, place.copies, clock, signal),
    unfold,
    cache,
    clock,
    log,
    onAppended,
    onPrinted,
  };
}
