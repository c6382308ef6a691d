import type { Command } from '../contributions.ts';
import type { OutputDocuments } from '../output/documents.ts';

/** The output that is shown stays at its end while it grows. */
export function followOutput(documents: OutputDocuments): Command {
  return { id: 'sluice.followOutput', execute: () => documents.follow(true) };
}

export function unfollowOutput(documents: OutputDocuments): Command {
  return { id: 'sluice.unfollowOutput', execute: () => documents.follow(false) };
}
