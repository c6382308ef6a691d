import { randomBytes } from 'node:crypto';
import fs from 'node:fs/promises';
import { agentRunners } from './agentRunners.ts';
import { agentTools } from './agentTools.ts';
import { copiesFor, linkedInCopies } from './copies.ts';
import type { DriverParts } from './engine/parts.ts';
import { FolderCache } from './folderCache.ts';
import type { BlobStore } from './journal/blobs.ts';
import type { Place } from './place.ts';
import type { Ports } from './ports.ts';
import { Sandboxes } from './runners/sandbox/sandboxes.ts';
import type { CommandOptions } from './runners/startCommand.ts';
import type { WorkspaceCopies } from './workspaces/copies.ts';

/** What all runs of a folder share beside the store of their journals. */
export interface FolderParts {
  readonly copies: WorkspaceCopies;
  readonly cache: FolderCache;
  readonly runnerFor: DriverParts['runnerFor'];
  readonly command: CommandOptions;
}

/** @param folder absolute @param signal aborts when the folder is closed */
export function folderParts(
  folder: string,
  place: Place,
  ports: Ports,
  blobs: BlobStore,
  signal: AbortSignal,
): FolderParts {
  const { clock, environment } = ports;
  const command: CommandOptions = {
    clock,
    environment,
    sandboxes: new Sandboxes({
      clock,
      environment,
      dependencies: { source: folder, isLinked: linkedInCopies(ports) },
    }),
    nonce: () => randomBytes(8).toString('hex'),
  };
  const cache = new FolderCache(place, ports, () => ({
    folder,
    ports,
    blobs,
    copies,
    tools,
    signal,
  }));
  const copyBlob = (digest: Parameters<BlobStore['path']>[0], to: string) =>
    fs.copyFile(blobs.path(digest), to);
  const copies = copiesFor(folder, place, copyBlob, cache.digests, ports);
  const { shared } = cache;
  const tools = agentTools({ folder, ports, command, shared });
  return { copies, cache, command, runnerFor: agentRunners({ ports, command, tools, shared }) };
}
