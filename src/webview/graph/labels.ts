import type {
  GraphNode,
  GraphNodeState,
  GraphPicture,
  ShownStatus,
} from '../../core/projections/graphPicture.ts';

/** How a step stands as people are told it: of one that is pending, why; of one that is done, whether it had to run. */
export type Standing = GraphNodeState | 'held' | 'delayed' | 'parked' | 'reused';

export function standingOf({
  state,
  isReused,
  isHeld,
  triesAgainAt,
  goesOnAt,
}: Pick<GraphNode, 'state' | 'isReused' | 'isHeld' | 'triesAgainAt' | 'goesOnAt'>): Standing {
  if (state !== 'pending') {
    return state === 'succeeded' && isReused ? 'reused' : state;
  }
  if (isHeld) {
    return 'held';
  }
  return triesAgainAt !== undefined ? 'delayed' : goesOnAt !== undefined ? 'parked' : 'pending';
}

/** How a step stands as a word, the same for eyes and ears. */
export function stateLabel(kind: GraphNode['kind'], standing: Standing): string {
  switch (standing) {
    case 'pending':
      return 'Pending';
    case 'held':
      return 'Held';
    case 'delayed':
      return 'Tries again';
    case 'parked':
      return 'Waiting';
    case 'running':
      return 'Running';
    case 'asking':
      return 'Asks you';
    case 'waiting':
      return kind === 'gate' ? 'Waiting for you' : 'Waiting';
    case 'unknown':
      return 'Needs a look';
    case 'succeeded':
      return 'Succeeded';
    case 'reused':
      return 'Reused';
    case 'approved':
      return 'Approved';
    case 'failed':
      return kind === 'gate' ? 'Rejected' : 'Failed';
    case 'skipped':
      return 'Skipped';
    case 'cancelled':
      return 'Cancelled';
  }
}

export function runLabel(status: ShownStatus): string {
  return status === 'waiting'
    ? 'Waiting for you'
    : status.slice(0, 1).toUpperCase() + status.slice(1);
}

/**
 * What stands behind the state's word: `12.4 s`, `by Ada`. A detail that begins with the word itself
 * (`Rejected by Ada`, `tries again: Exited with code 1`, `reused · 2 h ago`) goes on from there.
 */
export function detailAfter(label: string, detail: string): string {
  const rest = detail.slice(label.length);
  return detail.toLowerCase().startsWith(label.toLowerCase()) && GOES_ON.test(rest)
    ? rest.replace(GOES_ON, '')
    : detail;
}

const GOES_ON = /^(?::| ·)? /;

/** The first parts of a detail, which ` · ` joins, that fit into so many characters; the first in any case. */
export function partsThatFit(detail: string, room: number): string {
  const [first = '', ...others] = detail.split(' · ');
  let fitting = first;
  for (const part of others) {
    const longer = `${fitting} · ${part}`;
    if (longer.length > room) {
      break;
    }
    fitting = longer;
  }
  return fitting;
}

/**
 * What a screen reader says for a card: `lint, eslint, succeeded, 1.2 s`, and why it had to run or had not. A time that
 * counts on is left out, or the name would change every second.
 */
export function accessibleName(node: GraphNode, ran: boolean): string {
  const standing = standingOf(node);
  const label = stateLabel(node.kind, standing);
  const subtitle = node.kind === 'agent' ? node.subtitle : `${node.kind}: ${node.subtitle}`;
  // The whole reason of what was reused begins with that word.
  const told =
    standing === 'reused' && node.reason !== ''
      ? [node.reason]
      : [ran ? label.toLowerCase() : '', detailAfter(label, node.detail), node.reason];
  const mends = node.mends === undefined ? '' : `${node.mends.label} of ${node.mends.task}`;
  return [node.id, mends, subtitle, ...told].filter((part) => part !== '').join(', ');
}

/** `Needs lint and types.`; empty for a step that needs nothing. */
export function needsText(needs: readonly string[]): string {
  const last = needs.at(-1);
  if (last === undefined) {
    return '';
  }
  const others = needs.slice(0, -1).join(', ');
  return `Needs ${others === '' ? last : `${others} and ${last}`}.`;
}

/** `4 of 6 done · 1 waiting · 3 reused · saved $1.20`; for a workflow that was not run, `6 steps`. */
export function census(picture: GraphPicture): string {
  const { run } = picture;
  const nodes = picture.nodes.filter(({ mends }) => mends === undefined);
  const fixes = picture.nodes.filter(({ mends }) => mends !== undefined);
  if (run === undefined) {
    return `${nodes.length} ${nodes.length === 1 ? 'step' : 'steps'}`;
  }
  const count = (state: GraphNodeState): number =>
    nodes.filter((node) => node.state === state).length +
    (OPEN.has(state) ? fixes.filter((node) => node.state === state).length : 0);
  const mended = fixes.filter(({ kind }) => kind === 'agent').length;
  const beside = mended === 0 ? '' : ` + ${mended} ${mended === 1 ? 'fix' : 'fixes'}`;
  const parts = [`${run.done} of ${nodes.length} done${beside}`];
  for (const state of ['running', 'waiting', 'failed', 'skipped', 'cancelled'] as const) {
    const steps = count(state);
    if (steps > 0) {
      parts.push(`${steps} ${state}`);
    }
  }
  const asking = count('asking');
  if (asking > 0) {
    parts.push(asking === 1 ? '1 asks you' : `${asking} ask you`);
  }
  const unknown = count('unknown');
  if (unknown > 0) {
    parts.push(unknown === 1 ? '1 needs a look' : `${unknown} need a look`);
  }
  if (run.reused !== '') {
    parts.push(run.reused);
  }
  return parts.join(' · ');
}

/** Of fixes, what is worth a word. */
const OPEN: ReadonlySet<GraphNodeState> = new Set<GraphNodeState>([
  'running',
  'waiting',
  'asking',
  'unknown',
]);

/** A time that counts down: `in 8 s`, and once it is over `now`. */
export function formatUntil(ms: number): string {
  return ms <= 0 ? 'now' : `in ${formatElapsed(Math.ceil(ms / 1000) * 1000)}`;
}

/** A time of the clock: `until 10:31:05`. */
export function untilClock(at: number): string {
  return `until ${clockTime(at)}`;
}

/** `10:31:05` */
export function clockTime(at: number): string {
  return new Date(at).toLocaleTimeString('en-GB');
}

/** A time that counts on, in whole seconds so that it is calm: `8 s`, `3 min 05 s`, `2 h 07 min`. */
export function formatElapsed(ms: number): string {
  // Host and page may run on different machines whose clocks differ: never a time below zero.
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) {
    return `${seconds} s`;
  }
  const minutes = Math.floor(seconds / 60);
  const two = (n: number): string => String(n).padStart(2, '0');
  return minutes < 60
    ? `${minutes} min ${two(seconds % 60)} s`
    : `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
}

/**
 * What became worth saying aloud from one picture to the next: a gate that waits, an agent that asks, a failure, a
 * task that a person has to look at, the end of the run. Empty for the first picture, and for one of another run.
 */
export function newsBetween(
  before: GraphPicture | undefined,
  after: GraphPicture,
): readonly string[] {
  if (before?.run === undefined || after.run === undefined || before.run.id !== after.run.id) {
    return [];
  }
  const known = new Map(before.nodes.map((node) => [node.id, node.state]));
  const news = after.nodes
    .filter((node) => node.state !== known.get(node.id))
    .flatMap((node) => {
      if (node.kind === 'gate' && node.state === 'waiting') {
        return `${node.id} waits for your answer: ${node.subtitle}`;
      }
      if (node.state === 'asking') {
        return `${node.id} asks you: ${node.detail}`;
      }
      if (node.state === 'unknown') {
        return `${node.id} needs a look: ${node.detail}`;
      }
      return node.kind === 'agent' && node.state === 'failed' ? `${node.id} failed` : [];
    });
  const opened = after.nodes.flatMap(({ id, mends, subtitle }) =>
    mends === undefined || known.has(id)
      ? []
      : [`${mends.label} of ${mends.task} was opened: ${subtitle}`],
  );
  news.unshift(...opened);
  const { status } = after.run;
  const hasStopped =
    status === 'succeeded' ||
    status === 'degraded' ||
    status === 'failed' ||
    status === 'cancelled' ||
    status === 'paused' ||
    status === 'interrupted';
  if (status !== before.run.status && hasStopped) {
    news.push(`Run ${after.run.id} ${status}`);
  }
  return news;
}
