import { Landing } from './artifacts/landing.ts';
import { mergeFile } from './artifacts/merge/mergeFile.ts';
import { checkoutLooks } from './checkoutLooks.ts';
import { mend } from './debugging/mend.ts';
import type { FileVersion, RunEvent } from './domain/event.ts';
import type { TaskId } from './domain/ids.ts';
import type { RunPlan } from './domain/workflow.ts';
import type { DriverParts } from './engine/parts.ts';
import { ignoredAmong } from './git/ignoredPaths.ts';
import type { BlobStore } from './journal/blobs.ts';
import type { JournalWriter } from './journal/writer.ts';
import { onlyReads } from './onlyReads.ts';
import type { Place } from './place.ts';
import type { Ports } from './ports.ts';
import { testReportOf } from './testReports.ts';
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
  readonly approvals: DriverParts['approvals'];
  readonly unfold: DriverParts['unfold'];
  /** As the run started with it. */
  readonly planned: RunPlan;
  /** When the run was created, in milliseconds since 1970. */
  readonly since: number;
  /** Aborts when the folder is closed. */
  readonly signal: AbortSignal;
  readonly onAppended: (events: readonly RunEvent[]) => void;
  readonly onPrinted: (task: TaskId) => void;
}

/** The rooms beside the engine, fitted to what it needs for one run. */
export function driverParts(journal: JournalWriter, fittings: Fittings): DriverParts {
  const { blobs, copies, place, planned, runnerFor, cache, unfold, onAppended, onPrinted } =
    fittings;
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
    ignoredAmong: async (paths, folder, signal) => {
      if (place.checkout === undefined || paths.length === 0) {
        return new Set();
      }
      // Beside the copies, one of which is asked about: the folder is there.
      const asked = { ...place.checkout, scratch: place.copies };
      const ignored = await ignoredAmong(asked, paths, folder, signal);
      if (!ignored.ok) {
        throw new Error(ignored.error.message);
      }
      return ignored.value;
    },
    mergeFiles: async (was, one, other) => {
      const read = ({ digest }: FileVersion) => blobs.read(digest);
      const merged = await mergeFile(was, one, other, read);
      if (merged.kind === 'conflict') {
        return undefined;
      }
      if (merged.bytes !== undefined) {
        await blobs.put(merged.bytes);
      }
      return merged.version;
    },
    onlyReads,
    checkout:
      place.checkout &&
      planned.checkout &&
      checkoutLooks({
        checkout: place.checkout,
        planned: planned.checkout,
        since: fittings.since,
        savedSince: fittings.ports.savedSince,
        blobs,
        log,
        signal: fittings.signal,
      }),
    landing:
      repository === undefined
        ? undefined
        : new Landing({ target: repository, readBlob: (digest) => blobs.read(digest) }),
    endOrphans: (attempt, signal) => endOrphans(attempt, place.copies, clock, signal),
    unfold,
    mend,
    testReport: testReportOf,
    cache,
    approvals: fittings.approvals,
    clock,
    log,
    onAppended,
    onPrinted,
  };
}
