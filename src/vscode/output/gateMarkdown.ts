import { count, isBinary, oneLine, plainText } from '../../core/base/text.ts';
import { code, shown } from '../../core/preflight/markdown.ts';
import type { DetailFault, DetailFix } from '../../core/projections/detailPicture.ts';
import type { EvidenceLine, TaskEvidence } from '../../core/projections/gateEvidence.ts';
import {
  answerText,
  changeWord,
  type GatePage,
  type GuardedFile,
} from '../../core/projections/gatePage.ts';

// All that a gate shows, as a Markdown page. Whatever agents and files have written is shown and does nothing: an agent
// could write what looks like a check that passed, so nothing of theirs is markup.

/** Tasks, and files, that are told one by one. */
const MOST_LINES = 200;
/** Characters of an artifact that stand on the page; its own editor has the rest. */
const MOST_CONTENT = 20_000;
/** Characters of a line of the question, before Markdown has it as one of several. */
const LONGEST_LINE = 480;

/** What a gate wants its reader to see, with its bytes. */
export interface ShownFile {
  readonly path: string;
  /** `undefined`: they cannot be read any more. */
  readonly bytes: Uint8Array | undefined;
}

export interface GateSurroundings {
  /** What would conflict if all results were merged now; `undefined`: it is not known. */
  readonly forecast: string | undefined;
  readonly shown: readonly ShownFile[];
  /** When the gate began to wait, as people write it. */
  readonly since: string;
  /** Other gates that ask the same about the same content. */
  readonly identical: number;
}

export function gateMarkdown(page: GatePage, around: GateSurroundings): string {
  const { gate, lapsed, made, trail, files, cost, wanted, behind } = page;
  const byTask = made.map(madeText);
  return [
    `# ${shown(`${gate.task} of ${gate.run}`)}`,
    gate.stuck === undefined ? quoted(gate.ask) : quotedPage(gate.ask),
    ...trailText(trail),
    ...(lapsed === undefined ? [] : [`**⚠ ${shown(lapsed)}.**`]),
    ...answerText(gate).map((line) => `${shown(line)}.`),
    ...(byTask.length === 0 ? [] : ['## Made by', cut(byTask)]),
    '## Files',
    files.length === 0 ? 'No file was changed.' : cut(files.map((file) => `- ${fileText(file)}`)),
    ...(wanted.length === 0
      ? []
      : ['## Wanted before', cut(wanted.map((line) => `- ${shown(line)}`))]),
    ...around.shown.flatMap(contentText),
    '## About it',
    factLines([
      ['Conflicts', around.forecast ?? 'not known yet'],
      ['Cost so far', cost.soFar ?? 'nothing: no model was asked'],
      ['Still to come', cost.toCome ?? 'nothing'],
      ['Waits for it', behind.length === 0 ? 'nothing' : behind.join(', ')],
      ['Waiting since', around.since],
      ...(around.identical === 0
        ? []
        : [['Asked elsewhere too', `${around.identical} more of the same`] as const]),
    ]),
    `- **Digest**: ${code(gate.digest)}`,
  ]
    .join('\n\n')
    .replace(/\n\n(?=- \*\*Digest\*\*)/, '\n')
    .concat('\n');
}

function factLines(facts: readonly (readonly [string, string])[]): string {
  return facts.map(([name, value]) => `- **${name}**: ${shown(value)}`).join('\n');
}

/** The question, line by line; one that is long is not cut. */
function quoted(ask: string): string {
  return plainText(ask)
    .split('\n')
    .map((line) => `> ${pieces(line).map(shown).join(' ')}`)
    .join('  \n');
}

/** A question that Sluice wrote over several paragraphs: its lists and names look as they are meant, nothing else does. */
function quotedPage(ask: string): string {
  return plainText(ask)
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [, mark = '', rest = ''] = /^(- )?(.*)$/.exec(line) ?? [];
      const parts = rest.split(/`([^`]+)`/);
      const told = parts.map((part, place) => (place % 2 === 1 ? code(part) : spaced(part)));
      return `> ${mark}${told.join('')}`.trimEnd();
    })
    .join('\n');
}

/** Escaped, with the space around it that parts it from a name. */
function spaced(part: string): string {
  const text = pieces(part).map(shown).join(' ');
  return `${/^\s/.test(part) ? ' ' : ''}${text}${/\S\s+$/.test(part) ? ' ' : ''}`;
}

function pieces(line: string): string[] {
  const words = line.split(/\s+/);
  const found = [''];
  for (const word of words) {
    const last = found.at(-1) ?? '';
    if (last.length + word.length < LONGEST_LINE) {
      found[found.length - 1] = last === '' ? word : `${last} ${word}`;
    } else {
      found.push(...(word.match(/.{1,480}/gsu) ?? []));
    }
  }
  return found;
}

function madeText({ task, by, lines }: TaskEvidence): string {
  const who = by === '' ? '' : `: ${shown(by)}`;
  return [
    `- **${shown(task)}**${who}`,
    ...lines.map((line) => `  - ${MARKS[line.kind]}${shown(line.text)}`),
  ].join('\n');
}

const MARKS: Readonly<Record<EvidenceLine['kind'], string>> = {
  shown: '✓ ',
  against: '✗ ',
  told: '',
};

/** What was tried for a task that still fails, in the order of time. */
function trailText(faults: readonly DetailFault[]): string[] {
  return faults.flatMap(({ attempt, failure, tests, again, failing, printed, fixes }) => [
    `## Attempt ${attempt} failed`,
    [failure, tests, again]
      .filter((text) => text !== '')
      .map((text) => `${shown(`${text.charAt(0).toUpperCase()}${text.slice(1)}`)}.`)
      .join(' '),
    ...(failing.length === 0
      ? []
      : [cut(failing.map(({ name, message }) => `- ✗ ${shown(name)}${saidText(message)}`))]),
    ...(printed === '' ? [] : ['It printed last:', fenced(printed)]),
    ...fixes.map(fixText),
  ]);
}

function saidText(message: string): string {
  return message === '' ? '' : `: ${shown(oneLine(message, LONGEST_LINE))}`;
}

function fixText({ label, task, by, fault, why, outcome, files }: DetailFix): string {
  const who = by === '' ? 'a person is asked' : `by ${shown(by)}`;
  return [
    `- **${shown(label)}** (${code(task)}): ${shown(fault)}, ${who}. ${shown(why)}`,
    `  - ${shown(outcome)}`,
    ...files.map(({ path, change }) => `  - ${change} ${code(path)}`),
  ].join('\n');
}

function fileText(file: GuardedFile): string {
  return `${code(file.path)} ${changeWord(file)} by ${code(file.task)}`;
}

/** As text between fences: of Markdown, too, nobody can tell what of it Sluice says. */
function contentText({ path, bytes }: ShownFile): string[] {
  const title = `## ${shown(path)}`;
  if (bytes === undefined || isBinary(bytes)) {
    return [title, bytes === undefined ? 'It cannot be read any more.' : 'It is no text.'];
  }
  const text = plainText(new TextDecoder().decode(bytes));
  const told = text.slice(0, MOST_CONTENT);
  const more = text.length - told.length;
  return [
    title,
    fenced(told),
    ...(more > 0
      ? [`${count(more, 'more character')} ${more === 1 ? 'is' : 'are'} not shown here.`]
      : []),
  ];
}

function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}\n${text.replace(/\n$/, '')}\n${fence}`;
}

function cut(lines: readonly string[]): string {
  const more = lines.length - MOST_LINES;
  return [...lines.slice(0, MOST_LINES), ...(more > 0 ? [`- and ${more} more`] : [])].join('\n');
}
