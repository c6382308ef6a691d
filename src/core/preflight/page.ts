import { count } from '../base/text.ts';
import { code, shown } from './markdown.ts';
import { MATRIX_LEGEND, matrixLines } from './matrix.ts';
import type {
  Finding,
  ModelReport,
  Preflight,
  ProgramReport,
  StepReport,
  WriteScope,
} from './report.ts';
import {
  cacheText,
  costText,
  folderText,
  lanesText,
  placeText,
  runCacheText,
  runnerText,
  sandboxText,
  tasksText,
  timeText,
  totalText,
  verdictText,
} from './words.ts';

/** Steps that are told one by one; with more the page is slow, and nobody reads it. */
const MOST_STEPS = 150;
/** Wider, the matrix has no room beside an editor. */
const WIDEST_MATRIX = 12;
const MOST_NAMES = 12;

/** A pre-flight as a Markdown page. Everything from files is shown and does nothing. */
export function preflightPage(preflight: Preflight): string {
  const { workflow } = preflight;
  return [
    `# Pre-flight: ${shown(workflow.name)}`,
    `**${verdictText(preflight)}.**`,
    shown(workflow.description),
    ...findings(preflight),
    ...notices(preflight),
    ...(preflight.steps.length === 0
      ? []
      : [...summary(preflight), ...together(preflight), ...steps(preflight)]),
    preflight.verdict === 'cannot'
      ? 'This page follows the files: repair them, and it is told anew.'
      : '*Sluice: Run Workflow…* starts it.',
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
}

function findings({ findings: all }: Preflight): string[] {
  const list = (severity: Finding['severity']) =>
    all.filter((finding) => finding.severity === severity).map(findingLine);
  const errors = list('error');
  const warnings = list('warning');
  return [
    ...(errors.length === 0 ? [] : ['## What stands in the way', errors.join('\n')]),
    ...(warnings.length === 0 ? [] : ['## What to look at', warnings.join('\n')]),
  ];
}

/** What is right as it is, and yet should be seen before it happens. */
function notices({ steps: all }: Preflight): string[] {
  const guarded = all.flatMap(({ step, writes }) =>
    writes === undefined || writes.guarded.length === 0
      ? []
      : [
          `- ${code(step)}: May change what is protected, because ${code('owns')} names it: ${names(writes.guarded)}.`,
        ],
  );
  return guarded.length === 0 ? [] : ['## What to know', guarded.join('\n')];
}

function findingLine({ step, message, repair, at }: Finding): string {
  return [
    '-',
    step === undefined ? '' : `${code(step)}:`,
    `${shown(message)}.`,
    repair === undefined ? '' : shown(repair),
    at === undefined ? '' : `(${code(placeText(at))})`,
  ]
    .filter((part) => part !== '')
    .join(' ');
}

function summary(preflight: Preflight): string[] {
  const { expected, criticalPath, workflow, folder } = preflight;
  const inputs = Object.entries(workflow.inputs).map(
    ([name, value]) => `${code(name)} is ${value === '' ? 'empty' : code(value)}`,
  );
  return [
    '## In short',
    facts([
      ['Tasks', tasksText(expected)],
      ['Expected to take', totalText(expected.wall)],
      ['Work of all tasks', totalText(expected.work)],
      ['Cost', shown(costText(expected.cost))],
      ['Critical path', `${names(criticalPath.tasks, ' → ')} (${totalText(criticalPath.total)})`],
      ['Inputs', inputs.join(', ')],
      ['Cache', shown(runCacheText(preflight))],
      ['Works on', shown(folderText(folder, preflight.baseTree))],
      ['File', code(workflow.file)],
    ]),
  ];
}

function together(preflight: Preflight): string[] {
  const { ranks } = preflight.together;
  const lines = ranks
    .slice(0, MOST_STEPS)
    .map((rank) => `1. ${names(rank)}`)
    .join('\n');
  const more = ranks.length - MOST_STEPS;
  return [
    '## Together',
    'Steps on one line do not wait for each other.',
    lines,
    more > 0 ? `And ${count(more, 'line')} more.` : '',
    preflight.steps.length > 1 && preflight.steps.length <= WIDEST_MATRIX ? matrix(preflight) : '',
  ];
}

/** As code, which keeps its columns; no line of it can end the fence. */
function matrix(preflight: Preflight): string {
  return ['```text', ...matrixLines(preflight), '```', '', shown(MATRIX_LEGEND)].join('\n');
}

function steps({ steps: all }: Preflight): string[] {
  const more = all.length - MOST_STEPS;
  return [
    '## Steps',
    ...all
      .slice(0, MOST_STEPS)
      .map((step, place) => `### ${place + 1}. ${shown(step.step)}\n\n${facts(stepFacts(step))}`),
    more > 0
      ? `And ${count(more, 'more step')}: *sluice run --dry-run* in a terminal tells them all.`
      : '',
  ];
}

function stepFacts(step: StepReport): [string, string][] {
  const { agent, writes, kind } = step;
  const lanes = lanesText(step.lanes, step.tasks);
  return [
    [
      kind === 'check' ? 'Check' : 'Agent',
      agent === undefined
        ? kind === 'gate'
          ? 'none: a person decides'
          : ''
        : `${code(agent.name)} of ${code(agent.file)}`,
    ],
    ['Runner', shown(runnerText(step))],
    ['Command', step.command === undefined ? '' : code(step.command.join(' '))],
    ['Programs', step.programs.map(program).join(', ')],
    ['Sandbox', shown(sandboxText(step))],
    [
      'Keys',
      (agent?.keys ?? [])
        .map(({ name, isThere }) => `${code(name)} is ${isThere ? 'there' : 'missing'}`)
        .join(', '),
    ],
    ['Tools', agent?.tools === undefined ? '' : agent.tools.map(code).join(', ') || 'none'],
    ['Permissions', agent?.permissions ?? ''],
    ['Models', (agent?.found ?? []).map(foundModel).join(', ')],
    ['Writes', writes === undefined ? '' : scope(writes)],
    ['Cache', shown(cacheText(step))],
    ['Lanes', lanes === undefined ? '' : shown(lanes)],
    ['Phase', step.phases.map(shown).join(', ')],
    ['Waits for', names(step.needs)],
    ['Only if', step.conditions.map(code).join(' and ')],
    ['Time', timeText(step.time)],
    ['Cost', kind === 'gate' ? '' : shown(costText(step.cost))],
  ];
}

function foundModel({ name, serves }: ModelReport): string {
  const written = name === '' ? 'your choice' : code(name);
  return serves === undefined
    ? `${written} **cannot be asked**`
    : serves === name
      ? written
      : `${written} is ${code(serves)}`;
}

function program({ name, state, file }: ProgramReport): string {
  switch (state) {
    case 'found':
      return `${code(name)} is ${code(file ?? '')}`;
    case 'missing':
      return `${code(name)} **is missing**`;
    case 'unusable':
      return `${code(name)} **cannot be executed**`;
    case 'unchecked':
      return `${code(name)} is looked for when it runs`;
    case 'made':
      return `${code(name)} is made by an earlier step`;
  }
}

function scope({ owns, never, produces, guarded, effects }: WriteScope): string {
  const list = (globs: readonly string[]) => globs.map(code).join(', ');
  return [
    owns === undefined
      ? 'anything in its copy'
      : owns.length === 0
        ? 'nothing of the folder'
        : `owns ${list(owns)}`,
    never.length === 0 ? '' : `never ${list(never)}`,
    produces.length === 0 ? '' : `produces ${list(produces)}`,
    guarded.length === 0 ? '' : `may change the protected ${list(guarded)}`,
    effects === 'external' ? 'changes more than its copy' : '',
  ]
    .filter((part) => part !== '')
    .join('; ');
}

/** A list of what is known, without what there is nothing to say of. */
function facts(entries: readonly (readonly [string, string])[]): string {
  return entries.flatMap(([name, text]) => (text === '' ? [] : [`- ${name}: ${text}`])).join('\n');
}

/** The first and the last: both ends of a long chain say something. */
function names(all: readonly string[], between = ', '): string {
  if (all.length <= MOST_NAMES) {
    return all.map(code).join(between);
  }
  const first = all.slice(0, MOST_NAMES - 1).map(code);
  const hidden = `${all.length - MOST_NAMES} more`;
  return [...first, hidden, code(all.at(-1) ?? '')].join(between);
}
