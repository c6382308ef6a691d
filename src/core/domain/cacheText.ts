import { unreachable } from '../base/exhaustive.ts';
import { count, oneLine } from '../base/text.ts';
import { ageText, moneyText, roundTimeText, setTimeText, tokensText } from './amounts.ts';
import type { CacheOff, Earlier, MissReason, Reuse, Saved } from './cache.ts';
import { changedThing, changeText, sameWords } from './changeText.ts';
import type { RunId, TaskId } from './ids.ts';
import type { Unfit } from './trace.ts';

// The one place where what the cache says of a task becomes words. All of it is safe to show.

/**
 * How much is said. `short`: what fits beside a name, at most `SHORT_REASON` characters. `line`: one line of at most
 * `LONGEST_REASON`. `whole`: all that is known, in several lines.
 */
export type ReasonDetail = 'short' | 'line' | 'whole';

export const SHORT_REASON = 60;
export const LONGEST_REASON = 400;

/** Where and when a reason is read. */
export interface ReasonReader {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** @default its id */
  readonly nameOfRun?: ((run: RunId) => string) | undefined;
  /** The task it is about: an answer to the same task is not named after it. */
  readonly task?: TaskId | undefined;
  /** The run of that task. */
  readonly run?: RunId | undefined;
  /** Files that changed were read by it; false: they only count for it. @default true */
  readonly isTraced?: boolean | undefined;
  /** It is at it now. */
  readonly isRunning?: boolean | undefined;
}

/** Why nothing had to run: `reused: same agent, model, prompt and 3 files as run x-12 · 2 h ago · saved $0.09`. */
export function reuseText(
  reuse: Reuse,
  reader: ReasonReader,
  detail: ReasonDetail = 'line',
): string {
  const { from, namespace, same, saved, shared, similar } = reuse;
  const age = ageText(reader.now - from.at);
  if (detail === 'short') {
    const what = shared
      ? 'asked at the same moment'
      : similar === undefined
        ? ''
        : 'similar question';
    const parts = ['reused', what, savedShort(saved), shared ? '' : age];
    return cutTo(SHORT_REASON, parts.filter(isSomething).join(' · '));
  }
  const most = detail === 'line' ? 80 : 1000;
  const parts = [
    shared
      ? `reused: asked at the same moment by ${taskText(from, reader)}`
      : similar === undefined
        ? `reused: same ${listText(sameWords(same, detail === 'whole'))} as ${placeText(from, reader)}`
        : `reused: similar question (${similarityText(similar.similarity)}): "${oneLine(similar.question, most)}" in ${placeText(from, reader)}`,
    shared ? '' : age,
    savedText(saved) === '' ? '' : `saved ${savedText(saved)}`,
  ];
  const line = parts.filter(isSomething).join(' · ');
  return detail === 'line'
    ? cutTo(LONGEST_REASON, line)
    : lines([
        line,
        ...(saved.calls === 0 ? [] : [`spared: ${count(saved.calls, 'call')} of models`]),
        `kept as: ${namespace}`,
      ]);
}

/** Why a task runs or ran: `ran: login.ts changed (read by this task); agent, model, prompt unchanged`. */
export function missText(
  why: MissReason,
  reader: ReasonReader,
  detail: ReasonDetail = 'line',
): string {
  const verb = reader.isRunning === true ? 'runs' : 'ran';
  if (detail === 'whole' && why.kind === 'changed') {
    return changedLines(verb, why, reader);
  }
  if (detail === 'short') {
    return cutTo(SHORT_REASON, `${verb}: ${shortCause(why)}`);
  }
  const line = `${verb}: ${causeText(why, reader)}`;
  const age = 'than' in why && detail === 'whole' ? ` · ${ageText(reader.now - why.than.at)}` : '';
  return detail === 'line' ? cutTo(LONGEST_REASON, line) : lines([`${line}${age}`]);
}

/** Why the cache was not asked about a task, as the rest of a sentence about it. */
export function offText(off: CacheOff): string {
  switch (off) {
    case 'run':
      return 'the run was started without it, or it is switched off in the settings';
    case 'definition':
      return 'its step, its workflow or its agent says so';
    case 'external':
      return 'what it does happens outside its copy (effects: external)';
    default:
      return unreachable(off);
  }
}

/** `41 s, 12,400 tokens, $0.09`; empty where nothing is saved. */
export function savedText({ ms, tokens, usd }: Saved): string {
  const isMore = tokens > 0 || usd > 0;
  const parts = [
    ms >= 1000 || (ms > 0 && !isMore) ? roundTimeText(ms) : '',
    tokens > 0 ? tokensText(tokens) : '',
    usd > 0 ? moneyText(usd) : '',
  ];
  return parts.filter(isSomething).join(', ');
}

/** `saved $0.09`: what of it counts most; empty where nothing is saved. */
export function savedShort(saved: Saved): string {
  const { ms, tokens, usd } = saved;
  const text =
    usd > 0
      ? moneyText(usd)
      : tokens > 0
        ? tokensText(tokens)
        : ms >= 1000
          ? roundTimeText(ms)
          : '';
  return text === '' ? '' : `saved ${text}`;
}

function causeText(why: MissReason, reader: ReasonReader): string {
  switch (why.kind) {
    case 'first':
      return 'first time';
    case 'changed': {
      const told = why.changes
        .slice(0, 3)
        .map((change) => changeText(change, reader.isTraced ?? true));
      const more = why.changes.length - told.length + why.more;
      const changes = told.length === 0 ? 'something changed' : told.join(', ');
      const same = sameWords(why.same, false);
      return [
        `${changes}${more === 0 ? '' : `, and ${more} more`}`,
        ...(same.length === 0 ? [] : [`${same.join(', ')} unchanged`]),
      ].join('; ');
    }
    case 'expired':
      return `the answer of ${placeText(why.than, reader)} had stood its ${setTimeText(why.ttlMs)}`;
    case 'gone':
      return `the answer of ${placeText(why.than, reader)} is not kept any more`;
    case 'damaged':
      return `the answer of ${placeText(why.than, reader)} was damaged`;
    case 'unfit':
      return `the answer before could not be kept: ${unfitText(why.why)}`;
    case 'fresh':
      return 'a person wanted it anew';
    default:
      return unreachable(why);
  }
}

function shortCause(why: MissReason): string {
  switch (why.kind) {
    case 'changed': {
      const [first] = why.changes;
      const more = why.changes.length - 1 + why.more;
      if (first === undefined) {
        return 'something changed';
      }
      // The end is what tells two changes apart, so the name gives way.
      const rest = more === 0 ? '' : ` and ${more} more`;
      return `${oneLine(changedThing(first), 42 - rest.length)}${rest} changed`;
    }
    case 'expired':
      return 'the answer had stood its time';
    case 'gone':
      return 'the answer is not kept any more';
    case 'damaged':
      return 'the answer was damaged';
    case 'unfit':
      return 'the answer before could not be kept';
    case 'first':
      return 'first time';
    case 'fresh':
      return 'a person wanted it anew';
    default:
      return unreachable(why);
  }
}

function changedLines(
  verb: string,
  { than, changes, more, same }: Extract<MissReason, { kind: 'changed' }>,
  reader: ReasonReader,
): string {
  const words = sameWords(same, true);
  const things = count(changes.length + more, 'thing');
  const age = ageText(reader.now - than.at);
  return lines([
    `${verb}: ${things} changed since ${placeText(than, reader)} · ${age}`,
    ...changes.map((change) => `  ${changeText(change, reader.isTraced ?? true, 1000)}`),
    ...(more === 0 ? [] : [`  and ${more} more`]),
    ...(words.length === 0 ? [] : [`unchanged: ${words.join(', ')}`]),
  ]);
}

function unfitText(why: Unfit): string {
  switch (why.kind) {
    case 'acted':
      return `it used ${oneLine(why.tool, 60)}, which may change something outside`;
    case 'person':
      return 'a person had a part in it';
    case 'models':
      return 'another model took over in the middle';
    default:
      return unreachable(why);
  }
}

/** `agent, model and prompt` */
function listText(words: readonly string[]): string {
  const last = words.at(-1);
  return last === undefined
    ? 'question'
    : words.length === 1
      ? last
      : `${words.slice(0, -1).join(', ')} and ${last}`;
}

/** `run x-12`, `concept-3 of run x-12`, `concept-3 of this run`. */
function placeText(
  { run, task }: Earlier,
  { nameOfRun, task: own, run: ownRun }: ReasonReader,
): string {
  const isOwnTask = own === undefined || own === task;
  if (run === ownRun) {
    return isOwnTask ? 'this run' : `${oneLine(task, 81)} of this run`;
  }
  const name = `run ${oneLine(nameOfRun?.(run) ?? run, 100)}`;
  return isOwnTask ? name : `${oneLine(task, 81)} of ${name}`;
}

/** `concept-3`, `concept-3 of run x-12`. */
function taskText({ run, task }: Earlier, { nameOfRun, run: own }: ReasonReader): string {
  const name = oneLine(task, 81);
  return own === undefined || run === own
    ? name
    : `${name} of run ${oneLine(nameOfRun?.(run) ?? run, 100)}`;
}

/** Never 1 for what is not the same. */
function similarityText(similarity: number): string {
  return (Math.floor(similarity * 100 + 1e-9) / 100).toFixed(2);
}

function cutTo(most: number, line: string): string {
  return oneLine(line, most);
}

/** Each by itself safe to show; the indent of a line stays. */
function lines(texts: readonly string[]): string {
  return texts
    .map((text) => `${text.startsWith('  ') ? '  ' : ''}${oneLine(text, Infinity)}`)
    .join('\n');
}

function isSomething(text: string): boolean {
  return text !== '';
}
