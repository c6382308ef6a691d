import * as vscode from 'vscode';
import type { Location } from '../../core/domain/diagnostic.ts';
import {
  inputFault,
  type BaseTreeKind,
  type InputSpec,
  type Workflow,
} from '../../core/domain/workflow.ts';
import { NO_SHARES, type ShareRules } from '../../core/compare/share.ts';
import { startDrawn } from '../../core/drawnStart.ts';
import { isolationSettings } from '../isolationSettings.ts';
import { readSetting } from '../readSetting.ts';
import {
  chooseModel,
  openFile,
  openSettings,
  setKey,
  showLog,
  tell,
  type MessageAction,
} from '../messages.ts';
import type { Project } from '../project.ts';
import { showProgress } from '../status/progress.ts';

/** What a person wants of one run. */
export interface RunWishes {
  readonly useCache?: boolean;
  readonly baseTree?: BaseTreeKind;
  /** Workflows in whose place another is started in a share of the runs; left out: none. */
  readonly shares?: ShareRules;
}

/**
 * Asks for the inputs a workflow needs, starts it and shows it in the Runs view, with its progress in a notification.
 * @param useCache false: all of it is worked out anew
 * @param baseTree what tasks begin with, over what the workflow and the settings say
 */
export async function startRun(
  project: Project,
  workflow: Workflow,
  { useCache = true, baseTree, shares = NO_SHARES }: RunWishes = {},
): Promise<void> {
  const inputs = await askInputs(workflow);
  if (inputs === undefined) {
    return;
  }
  const {
    baseTree: usualBaseTree,
    landing,
    onCheckoutChange,
  } = isolationSettings(project.folder.uri);
  const request = {
    workflow,
    inputs,
    usualParallel: readSetting('maxParallel', project.folder.uri),
    useCache,
    baseTree,
    usualBaseTree,
    landing,
    onCheckoutChange,
    approveGate: () => false,
    leaveAtGates: false,
  };
  const { started, told } = await startDrawn(project.sluice, request, shares, Math.random);
  if (told !== undefined) {
    void tell('information', told, openSettings('sluice.compare.share'));
  }
  if (!started.ok) {
    await showProblem(project, started.error.message, started.error.at);
    return;
  }
  showProgress(project, started.value.run);
  // Shown, but whoever types goes on typing.
  await vscode.commands.executeCommand('sluice.runs.focus', { preserveFocus: true });
}

/** An error with a button that leads to its place, where it has one, else to what repairs it. */
export async function showProblem(
  project: Project,
  message: string,
  at: Location | undefined,
): Promise<void> {
  await tell(
    'error',
    message,
    ...(at === undefined ? repairsOf(message) : [openFile(project, at)]),
  );
}

/** Problems of the core name the command or the setting that repairs them, as every face is to say it. */
function repairsOf(message: string): readonly MessageAction[] {
  const [setting] = /\bsluice\.[a-z]+(?:\.[A-Za-z]+)*\b/.exec(message) ?? [];
  const repairs = [
    ...(/\bno model\b/.test(message) ? [chooseModel()] : []),
    ...(message.includes('"Sluice: Set API Key"') ? [setKey()] : []),
    ...(setting !== undefined
      ? [openSettings(setting)]
      : message.includes('in the settings')
        ? [openSettings('sluice.models')]
        : []),
  ];
  return repairs.length === 0 ? [showLog()] : repairs;
}

/** `undefined` when the person backs out. @param asks for this input */
export async function askInputs(
  workflow: Workflow,
  asks: (spec: InputSpec) => boolean = () => true,
): Promise<Record<string, string> | undefined> {
  const inputs: Record<string, string> = {};
  for (const [name, spec] of Object.entries(workflow.inputs)) {
    if (!asks(spec)) {
      continue;
    }
    const value = await askInput(`${workflow.name}: ${name}`, name, spec);
    if (value === undefined) {
      return undefined;
    }
    inputs[name] = value;
  }
  return inputs;
}

async function askInput(title: string, name: string, spec: InputSpec): Promise<string | undefined> {
  const prompt = spec.description ?? vscode.l10n.t('Value of the input {0}', name);
  const options = spec.type === 'boolean' ? ['true', 'false'] : spec.options;
  if (options.length > 0) {
    // What is chosen when nobody chooses stands first.
    const sorted = [...options].sort(
      (a, b) => Number(b === spec.default) - Number(a === spec.default),
    );
    return await vscode.window.showQuickPick(sorted, {
      title,
      placeHolder: prompt,
      ignoreFocusOut: true,
    });
  }
  return await vscode.window.showInputBox({
    title,
    prompt,
    ...(spec.default === undefined ? {} : { value: spec.default }),
    ignoreFocusOut: true,
    validateInput: (value) => {
      const fault = inputFault(spec, value);
      return fault === undefined ? undefined : `${name} ${fault}`;
    },
  });
}
