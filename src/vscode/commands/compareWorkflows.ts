import * as vscode from 'vscode';
import { systemClock } from '../../core/base/clock.ts';
import { count, formatDuration } from '../../core/base/text.ts';
import { keptRuns } from '../../core/comparedRuns.ts';
import type { WayId } from '../../core/compare/comparedRun.ts';
import {
  comparedFault,
  costOfRuns,
  inputsFor,
  isPaid,
  makeRuns,
  type RunsMade,
} from '../../core/comparing.ts';
import type { WorkflowEntry } from '../../core/definitions/project.ts';
import type { Workflow } from '../../core/domain/workflow.ts';
import type { Preflight } from '../../core/preflight/report.ts';
import { costText } from '../../core/preflight/words.ts';
import type { Command } from '../contributions.ts';
import { isolationSettings } from '../isolationSettings.ts';
import { executeOn } from '../contributions.ts';
import { command, tell } from '../messages.ts';
import type { ComparePages } from '../output/comparePages.ts';
import type { Project, Projects } from '../project.ts';
import { readSetting } from '../readSetting.ts';
import { confirm } from './confirm.ts';
import { chooseWorkflow } from './runWorkflow.ts';
import { askInputs, showProblem } from './startRun.ts';

type Valid = Extract<WorkflowEntry, { readonly kind: 'valid' }>;
type Ways = Readonly<Record<WayId, Workflow>>;

/** Kept runs of each that are compared: more say no more, and the page's address names each. */
const MOST_KEPT = 100;
const MOST_RUNS = 200;

/** Compares two ways of doing the same work, by runs that are made for it in turn or that are kept. */
export function compareWorkflows(projects: Projects, pages: ComparePages): Command {
  return {
    id: 'sluice.compareWorkflows',
    execute: async (target) => {
      await projects.opened();
      // What runs is what is on the disk now; a watcher may be a moment late.
      await Promise.all(projects.all().map(({ sluice }) => sluice.refreshDefinitions()));
      const first = await chooseWorkflow(projects, target, {
        title: vscode.l10n.t('Compare Two Workflows'),
        placeHolder: vscode.l10n.t('One way of doing the work (A)'),
      });
      if (first === undefined) {
        return;
      }
      const { project, entry } = first;
      if (entry.kind === 'invalid') {
        const [problem] = entry.diagnostics;
        await showProblem(
          project,
          vscode.l10n.t('{0} cannot run before its problems are solved.', entry.name),
          problem,
        );
        return;
      }
      const other = await chooseOther(project, entry);
      if (other === undefined) {
        return;
      }
      const ways = { A: entry.workflow, B: other.workflow };
      const runs = await chooseRuns(ways);
      if (runs === 'kept') {
        await compareKept(project, ways, pages);
      } else if (runs !== undefined) {
        await compareAnew(project, { A: entry, B: other }, runs, pages);
      }
    },
  };
}

async function chooseOther(project: Project, first: Valid): Promise<Valid | undefined> {
  const others = project.sluice.definitions.workflows.flatMap((entry) =>
    entry.kind === 'valid' && entry.shadowedBy === undefined && entry.name !== first.name
      ? [entry]
      : [],
  );
  if (others.length === 0) {
    void tell(
      'information',
      vscode.l10n.t('There is no other workflow here that {0} could be compared with.', first.name),
      command(vscode.l10n.t('New Workflow…'), 'sluice.newWorkflow'),
    );
    return undefined;
  }
  const picked = await vscode.window.showQuickPick(
    others.map((entry) => ({
      label: entry.name,
      detail: entry.workflow.description,
      entry,
    })),
    {
      title: vscode.l10n.t('Compare Two Workflows'),
      placeHolder: vscode.l10n.t('The other way of doing the same work as {0} (B)', first.name),
      matchOnDetail: true,
    },
  );
  return picked?.entry;
}

/** How many runs of each are to be made, or `'kept'`; `undefined` when the person backs out. */
async function chooseRuns({ A, B }: Ways): Promise<number | 'kept' | undefined> {
  const made = [5, 10, 20, 3].map((runs) => ({
    label: vscode.l10n.t('{0} runs of each', runs),
    description:
      runs < 5
        ? vscode.l10n.t('too few for anything to be significant')
        : runs === 5
          ? vscode.l10n.t('the fewest that can tell a difference')
          : '',
    runs,
  }));
  const picked = await vscode.window.showQuickPick(
    [
      ...made,
      { label: vscode.l10n.t('Another number…'), description: '', runs: 'other' as const },
      {
        label: vscode.l10n.t('Runs that are kept'),
        description: vscode.l10n.t('none is made'),
        runs: 'kept' as const,
      },
    ],
    {
      title: vscode.l10n.t('Compare Two Workflows'),
      placeHolder: vscode.l10n.t('The runs by which {0} and {1} are compared', A.name, B.name),
    },
  );
  if (picked?.runs !== 'other') {
    return picked?.runs;
  }
  const text = await vscode.window.showInputBox({
    title: vscode.l10n.t('Compare Two Workflows'),
    prompt: vscode.l10n.t('Runs of each, from 1 to {0}', MOST_RUNS),
    ignoreFocusOut: true,
    validateInput: (value) =>
      /^\d{1,3}$/.test(value) && Number(value) >= 1 && Number(value) <= MOST_RUNS
        ? undefined
        : vscode.l10n.t('It must be a whole number from 1 to {0}.', MOST_RUNS),
  });
  return text === undefined ? undefined : Number(text);
}

async function compareKept(project: Project, { A, B }: Ways, pages: ComparePages): Promise<void> {
  const workflows = { A: A.name, B: B.name };
  const runs = keptRuns(project.sluice.runs(), {
    ...{ workflows, since: undefined, last: MOST_KEPT, onlyDrawn: false },
    without: new Set(),
    now: systemClock.now(),
  });
  const without = (['A', 'B'] as const).find((way) => !runs.some((run) => run.way === way));
  if (without !== undefined) {
    void tell(
      'information',
      vscode.l10n.t('No run of {0} is kept here that could be compared.', workflows[without]),
      command(vscode.l10n.t('Run Workflow…'), 'sluice.runWorkflow'),
    );
    return;
  }
  await pages.show(project, { workflows, runs });
}

async function compareAnew(
  project: Project,
  entries: Readonly<Record<WayId, Valid>>,
  runs: number,
  pages: ComparePages,
): Promise<void> {
  const ways = { A: entries.A.workflow, B: entries.B.workflow };
  const { A, B } = ways;
  // What both have is asked once.
  const inputs = await askInputs({
    ...A,
    name: `${A.name} / ${B.name}`,
    inputs: { ...B.inputs, ...A.inputs },
  });
  if (inputs === undefined) {
    return;
  }
  const fault = comparedFault(ways, inputs);
  if (fault !== undefined) {
    await showProblem(project, fault, undefined);
    return;
  }
  const preflights = await preflightsOf(project, entries, inputs);
  if (preflights === undefined || !(await isWanted(preflights, runs))) {
    return;
  }
  const approves = await chooseGates(ways);
  if (approves === undefined) {
    return;
  }
  const made = await makeShown(project, { ways, inputs, runs, approves });
  if (made.runs.length > 0) {
    await pages.show(project, { workflows: { A: A.name, B: B.name }, runs: made.runs });
  }
  if (made.problem !== undefined) {
    await showProblem(
      project,
      vscode.l10n.t(
        'Only {0} of {1} runs were made: {2}',
        made.runs.length,
        2 * runs,
        made.problem,
      ),
      undefined,
    );
  }
}

/** `undefined`: one of them cannot run, which is told. */
async function preflightsOf(
  project: Project,
  entries: Readonly<Record<WayId, Valid>>,
  inputs: Readonly<Record<string, string>>,
): Promise<readonly Preflight[] | undefined> {
  const preflights: Preflight[] = [];
  for (const entry of [entries.A, entries.B]) {
    const preflight = await project.sluice.preflight({
      workflow: entry,
      inputs: inputsFor(entry.workflow, inputs),
      usualParallel: readSetting('maxParallel', project.folder.uri),
      useCache: false,
    });
    if (preflight.verdict === 'cannot') {
      const [finding] = preflight.findings;
      void tell(
        'error',
        vscode.l10n.t(
          '{0} cannot run, so nothing was started: {1}.',
          entry.name,
          finding?.message ?? '',
        ),
        {
          label: vscode.l10n.t('Pre-flight'),
          act: () => executeOn('sluice.preflight', { kind: 'workflow', project, name: entry.name }),
        },
      );
      return undefined;
    }
    preflights.push(preflight);
  }
  return preflights;
}

/** Asks before what may cost something. */
async function isWanted(preflights: readonly Preflight[], runs: number): Promise<boolean> {
  const cost = costOfRuns(preflights, runs);
  if (!isPaid(cost)) {
    return true;
  }
  const spans = preflights.map(({ expected }) => expected.wall.span);
  const likelyMs = spans.reduce((sum, span) => sum + (span?.likelyMs ?? 0) * runs, 0);
  return await confirm(
    vscode.l10n.t('Make {0}?', count(2 * runs, 'run')),
    [
      vscode.l10n.t('Cost: {0}', costText(cost)),
      likelyMs === 0 ? '' : vscode.l10n.t('Time: about {0}', formatDuration(likelyMs)),
    ],
    vscode.l10n.t('Make the Runs'),
  );
}

/** Whether gates are approved as they open; `undefined` when the person backs out. */
async function chooseGates({ A, B }: Ways): Promise<boolean | undefined> {
  const isGated = [A, B].some(({ steps }) => steps.some(({ kind }) => kind === 'gate'));
  if (!isGated) {
    return false;
  }
  const picked = await vscode.window.showQuickPick(
    [
      {
        label: vscode.l10n.t('Approve Every Gate'),
        detail: vscode.l10n.t('As soon as it opens: nobody looks at what runs have made.'),
        approves: true,
      },
      {
        label: vscode.l10n.t('Leave Runs at Their Gates'),
        detail: vscode.l10n.t('A run that waits counts as no success until it is answered.'),
        approves: false,
      },
    ],
    {
      title: vscode.l10n.t('Compare Two Workflows'),
      placeHolder: vscode.l10n.t('What is to happen at gates'),
    },
  );
  return picked?.approves;
}

interface Shown {
  readonly ways: Ways;
  readonly inputs: Readonly<Record<string, string>>;
  readonly runs: number;
  readonly approves: boolean;
}

/** Makes the runs, with a notification whose button ends the comparison and what is under way. */
async function makeShown(
  project: Project,
  { ways, inputs, runs, approves }: Shown,
): Promise<RunsMade> {
  const {
    baseTree: usualBaseTree,
    landing,
    onCheckoutChange,
  } = isolationSettings(project.folder.uri);
  const usualParallel = readSetting('maxParallel', project.folder.uri);
  const stop = new AbortController();
  return await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: `${ways.A.name} / ${ways.B.name}`,
      cancellable: true,
    },
    async (shown, token) => {
      const stopping = token.onCancellationRequested(() => stop.abort());
      try {
        return await makeRuns(
          project.sluice,
          {
            ...{ workflows: ways, inputs, runs, atOnce: 1, timeoutMs: undefined },
            request: {
              ...{ usualParallel, usualBaseTree, landing, onCheckoutChange },
              useCache: false,
              approveGate: () => approves,
            },
          },
          {
            began: (run, way, place) =>
              shown.report({
                message: vscode.l10n.t('{0} of {1}: {2} ({3})', place, 2 * runs, run, way),
              }),
            ended: () => shown.report({ increment: 100 / (2 * runs) }),
          },
          systemClock,
          stop.signal,
        );
      } finally {
        stopping.dispose();
      }
    },
  );
}
