import type { Diagnostic } from '../../domain/diagnostic.ts';
import type { AgentOverlays } from './agentOverlay.ts';
import * as agentProblems from './agentProblems.ts';
import { checkAsked } from './askedAgents.ts';
import { layOverlays } from './applyOverlays.ts';
import type { AgentDraft, AgentEntry, AgentOrigin } from '../entries.ts';
import { diagnosticAt, inReadingOrder } from '../source/problem.ts';

/** What one place of agents holds. */
export interface FoundPlace {
  readonly origin: AgentOrigin;
  readonly drafts: readonly AgentDraft[];
  /** Files that its list names. */
  readonly named: readonly string[];
  /** Beside what the drafts say themselves. */
  readonly diagnostics: readonly Diagnostic[];
}

/** @param places in order of precedence */
export function assembleAgents(
  places: readonly FoundPlace[],
  overlays: AgentOverlays | undefined,
): { readonly agents: readonly AgentEntry[]; readonly diagnostics: readonly Diagnostic[] } {
  const standing = withoutNamed(places).flatMap(({ origin, drafts }) =>
    drafts.map((draft): AgentEntry => ({
      ...draft,
      origin,
      shadowedBy: undefined,
      overlay: undefined,
    })),
  );
  const laid = layOverlays(standing, overlays);
  return {
    agents: checkAsked(withShadows(laid.agents)),
    diagnostics: [...places.flatMap(({ diagnostics }) => diagnostics), ...laid.diagnostics],
  };
}

/**
 * A file that a list names is an agent already. It is a second one only where it says so itself, under
 * another name.
 */
function withoutNamed(places: readonly FoundPlace[]): readonly FoundPlace[] {
  const named = new Set(places.flatMap((place) => place.named));
  const listed = new Set(
    places
      .filter((place) => place.named.length > 0)
      .flatMap(({ drafts }) => drafts.map(({ file, name }) => JSON.stringify([file, name]))),
  );
  const isSecond = ({ kind, file, name }: AgentDraft) =>
    named.has(file) && (kind === 'invalid' || listed.has(JSON.stringify([file, name])));
  return places.map((place) =>
    place.named.length > 0
      ? place
      : { ...place, drafts: place.drafts.filter((draft) => !isSecond(draft)) },
  );
}

/**
 * Marks all but the first entry of each name, in order of precedence. A broken file still holds its
 * name, so that a slip in it does not quietly bring another agent to work; but a name that is only
 * guessed from a file's name holds nothing against one that is written.
 */
function withShadows(entries: readonly AgentEntry[]): AgentEntry[] {
  const isGuess = (entry: AgentEntry) => entry.kind === 'invalid' && entry.nameFrom === 'guess';
  const winners = new Map<string, AgentEntry>();
  const guesses = entries.filter(isGuess);
  for (const entry of [...entries.filter((other) => !isGuess(other)), ...guesses]) {
    if (!winners.has(entry.name)) {
      winners.set(entry.name, entry);
    }
  }
  return entries.map((entry) => {
    const winner = winners.get(entry.name);
    if (winner === undefined || winner === entry) {
      return entry;
    }
    const shadowed = { ...entry, shadowedBy: winner.file };
    if (entry.origin.scope === 'user' && winner.origin.scope === 'folder') {
      // A folder may have its own way with what its user has everywhere: no slip of anybody's.
      return shadowed;
    }
    const problem = agentProblems.shadowed(entry.name, winner.file);
    const warning = diagnosticAt(entry.place.file, entry.place.range, problem, [
      { ...winner.place, message: `"${winner.name}" is defined here first.` },
    ]);
    return { ...shadowed, diagnostics: inReadingOrder([...entry.diagnostics, warning]) };
  });
}
