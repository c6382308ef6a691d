import { oneLine } from '../core/base/text.ts';
import type { WorkflowEntry } from '../core/definitions/project.ts';
import { MATRIX_LEGEND, matrixLines } from '../core/preflight/matrix.ts';
import type { Finding, Preflight, StepReport } from '../core/preflight/report.ts';
import {
  cacheText,
  costText,
  firstOf,
  folderText,
  lanesText,
  placeText,
  programText,
  runCacheText,
  runnerText,
  sandboxText,
  shortCost,
  shortTime,
  tasksText,
  totalText,
  verdictText,
  writesText,
} from '../core/preflight/words.ts';
import { EXIT, type ExitCode } from './exitCodes.ts';
import type { Session } from './session.ts';
import { shellWord } from './shellWord.ts';
import { paint, table, type Colour, type Terminal } from './terminal.ts';

/** Wider, the matrix has no room on most screens. */
const WIDEST_MATRIX = 20;
const MOST_NAMES = 12;

export interface PreflightOptions {
  readonly json?: boolean;
  readonly inputs: Readonly<Record<string, string>>;
  readonly maxParallel: number | undefined;
  readonly useCache: boolean;
}

/** `sluice run --dry-run`: what a run would need and do. Starts nothing. */
export async function tellPreflight(
  { sluice, terminal }: Pick<Session, 'sluice' | 'terminal'>,
  workflow: WorkflowEntry,
  { json = false, inputs, maxParallel, useCache }: PreflightOptions,
): Promise<ExitCode> {
  const preflight = await sluice.preflight({ workflow, inputs, maxParallel, useCache });
  terminal.out(json ? `${JSON.stringify(preflight)}\n` : preflightText(terminal, preflight));
  return preflight.verdict === 'cannot' ? EXIT.usage : EXIT.succeeded;
}

/** Findings first, then what is known of each step, and of the run. */
export function preflightText(terminal: Terminal, preflight: Preflight): string {
  const { workflow, verdict, steps } = preflight;
  const bold = (text: string) => paint(terminal, 'bold', text);
  const sign = { ready: '✓', warnings: '!', cannot: '✗' }[verdict];
  const colour = ({ ready: 'green', warnings: 'yellow', cannot: 'red' } as const)[verdict];
  const sections: readonly (readonly [string, string])[] = [
    ['Findings', findingsText(terminal, preflight.findings)],
    ['Steps', stepsTable(steps)],
    ['Details', detailsText(steps)],
    ['Together', togetherText(preflight)],
    ['In short', steps.length === 0 ? '' : summary(preflight)],
  ];
  return [
    `${paint(terminal, colour, sign)} ${bold(oneLine(workflow.name))} · ${oneLine(workflow.file)} · ${verdictText(preflight)}\n`,
    ...sections.flatMap(([title, text]) => (text === '' ? [] : [`\n${bold(title)}\n${text}`])),
  ].join('');
}

function findingsText(terminal: Terminal, findings: readonly Finding[]): string {
  return findings
    .map(({ severity, step, message, at, repair }) => {
      const [sign, colour]: readonly [string, Colour] =
        severity === 'error' ? ['✗', 'red'] : ['!', 'yellow'];
      const where = [step, at === undefined ? undefined : placeText(at)].filter(
        (text) => text !== undefined,
      );
      const what = `${paint(terminal, colour, sign)} ${oneLine(message, 400)}.`;
      const detail = [
        ...where.map((text) => oneLine(text)),
        ...(repair === undefined ? [] : [oneLine(repair, 400)]),
      ];
      return `${what}\n${detail.length === 0 ? '' : `  ${detail.join(' · ')}\n`}`;
    })
    .join('');
}

function stepsTable(steps: readonly StepReport[]): string {
  if (steps.length === 0) {
    return '';
  }
  const hasPhases = steps.some(({ phases }) => phases.length > 0);
  const row = (cells: readonly (string | undefined)[]) =>
    cells.filter((cell) => cell !== undefined);
  return table([
    row([
      '#',
      'step',
      hasPhases ? 'phase' : undefined,
      'agent',
      'runner',
      'tasks',
      'time',
      'cost',
      'file',
    ]),
    ...steps.map((step, place) =>
      row([
        String(place + 1),
        step.step,
        hasPhases ? step.phases.join(', ') : undefined,
        oneLine(step.agent?.name ?? '', 40),
        step.kind === 'gate' ? 'a person' : oneLine(runnerText(step), 60),
        step.lanes.kind === 'later' ? '?' : String(step.tasks),
        shortTime(step.time),
        step.kind === 'gate' ? '' : shortCost(step.cost),
        step.agent?.file ?? '',
      ]),
    ),
  ]);
}

/** What has no room in the table. */
function detailsText(steps: readonly StepReport[]): string {
  return table(
    steps.flatMap((step) =>
      detailsOf(step).map((detail, index) => [index === 0 ? step.step : '', detail]),
    ),
  );
}

function detailsOf(step: StepReport): string[] {
  const { agent, writes, lanes, tasks, conditions } = step;
  const told = lanesText(lanes, tasks);
  const cache = cacheText(step);
  const sandbox = sandboxText(step);
  return [
    ...(step.command === undefined ? [] : [`command: ${step.command.map(shellWord).join(' ')}`]),
    ...step.programs.map(programText),
    ...(agent?.keys ?? []).map(
      ({ name, isThere }) => `${name} is ${isThere ? 'there' : 'missing'}`,
    ),
    ...(agent?.tools === undefined ? [] : [`tools: ${agent.tools.join(', ') || 'none'}`]),
    ...(agent?.permissions === undefined ? [] : [`permissions: ${agent.permissions}`]),
    ...(step.cost.kind === 'none' || step.cost.kind === 'unknown'
      ? []
      : [`cost: ${costText(step.cost)}`]),
    ...(writes === undefined ? [] : [`writes: ${writesText(writes)}`]),
    ...(sandbox === '' ? [] : [`sandbox: ${sandbox}`]),
    ...(cache === '' ? [] : [`cache: ${cache}`]),
    ...(told === undefined ? [] : [told]),
    ...(conditions.length === 0 ? [] : [`only if ${conditions.join(' and ')}`]),
  ];
}

function togetherText(preflight: Preflight): string {
  const { steps, together } = preflight;
  if (steps.length === 0) {
    return '';
  }
  const ranks = table(
    together.ranks.map((rank, index) => [`${index + 1}.`, firstOf(rank, MOST_NAMES)]),
  );
  return steps.length < 2 || steps.length > WIDEST_MATRIX
    ? ranks
    : `${[ranks, ...matrixLines(preflight), MATRIX_LEGEND].join('\n')}\n`;
}

function summary(preflight: Preflight): string {
  const { expected, criticalPath, workflow, folder } = preflight;
  const cache = runCacheText(preflight);
  const { tasks, total } = criticalPath;
  const inputs = Object.entries(workflow.inputs).map(([name, value]) => `${name}=${value}`);
  return table([
    ['tasks', tasksText(expected)],
    ['expected', totalText(expected.wall)],
    ['work', totalText(expected.work)],
    ['cost', costText(expected.cost)],
    ['critical path', `${pathText(tasks)} (${totalText(total)})`],
    ...(inputs.length === 0 ? [] : [['inputs', inputs.join(' ')]]),
    ...(cache === '' ? [] : [['cache', cache]]),
    ['works on', folderText(folder, preflight.baseTree)],
  ]);
}

/** Both ends of a long chain say something. */
function pathText(tasks: readonly string[]): string {
  const shown =
    tasks.length <= MOST_NAMES
      ? tasks
      : [
          ...tasks.slice(0, MOST_NAMES - 2),
          `${tasks.length - MOST_NAMES + 1} more`,
          tasks.at(-1) ?? '',
        ];
  return shown.join(' → ');
}
