import { plainText, oneLine } from '../../base/text.ts';
import { unreachable } from '../../base/exhaustive.ts';
import type { RunnerEvents, RunnerRequest } from '../../domain/runner.ts';
import { permissionFor, type ToolDeed } from '../../domain/tool.ts';
import type { AttemptWatch } from './attemptWatch.ts';
import { copyPlace, whyNotChange } from './copyPlace.ts';

/** Most characters of an input that a person is shown. */
const DETAIL_LENGTH = 20_000;

/** A use of a tool that an agent asks leave for. */
export interface ToolWish {
  /** Its number in the task. */
  readonly use: number;
  readonly tool: string;
  readonly does: ToolDeed;
  readonly summary: string;
  /** The whole input. */
  readonly detail: string;
  /** What it would read or change, as far as the agent says: absolute or relative to the copy. */
  readonly paths: readonly string[];
}

export type Leave =
  | { readonly kind: 'allow'; readonly always: boolean }
  /** @see note what a person wants the agent to hear */
  | { readonly kind: 'refuse'; readonly why: string; readonly note: string | undefined }
  /** The attempt is being stopped. */
  | { readonly kind: 'stopped' };

/**
 * Answers a coding agent that asks leave to use a tool: what must never be is refused, then the permission mode
 * decides, and what it leaves open is a question to a person.
 */
export async function askLeave(
  wish: ToolWish,
  request: RunnerRequest,
  events: Pick<RunnerEvents, 'ask'>,
  watch: AttemptWatch,
): Promise<Leave> {
  const places = await Promise.all(wish.paths.map((path) => copyPlace(request.folder, path)));
  for (const place of wish.does === 'edit' ? places : []) {
    const why = place === undefined ? undefined : whyNotChange(place, request);
    if (place !== undefined && why !== undefined) {
      return refused(`${place.path} may not be changed: ${why}`);
    }
  }
  // Outside of the copy even a look, and surely a change, is more than the mode speaks of.
  const does = places.includes(undefined) ? 'other' : wish.does;
  const { allowed, permissions } = request.wishes();
  const mode = permissions ?? request.terms.permissions ?? 'default';
  const verdict =
    allowed.has(wish.tool) && mode !== 'plan'
      ? 'allow'
      : permissionFor(mode, does, request.terms.owns !== undefined);
  switch (verdict) {
    case 'allow':
      return { kind: 'allow', always: false };
    case 'refuse':
      return refused(`the permission mode is ${mode}`);
    case 'ask':
      return await askPerson(wish, events, watch);
    default:
      return unreachable(verdict);
  }
}

async function askPerson(
  wish: ToolWish,
  events: Pick<RunnerEvents, 'ask'>,
  watch: AttemptWatch,
): Promise<Leave> {
  const question = {
    kind: 'permission',
    tool: wish.tool,
    summary: oneLine(wish.summary),
    detail: plainText(wish.detail).slice(0, DETAIL_LENGTH),
  } as const;
  const answer = await watch.waitForPerson(events.ask(`tool:${wish.use}`, question));
  if (answer.kind === 'stopped') {
    return { kind: 'stopped' };
  }
  if (answer.kind === 'broke') {
    throw answer.thrown;
  }
  const reply = answer.value;
  switch (reply.kind) {
    case 'allow':
      return { kind: 'allow', always: reply.always };
    case 'deny':
      return { ...refused('a person said no'), note: reply.note };
    case 'raise':
    case 'cheaper':
    case 'stop':
      throw new Error(`Internal error: a permission was answered with ${reply.kind}`);
    default:
      return unreachable(reply);
  }
}

function refused(why: string) {
  return { kind: 'refuse', why, note: undefined } as const;
}
