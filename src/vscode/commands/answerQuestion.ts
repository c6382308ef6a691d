import * as vscode from 'vscode';
import type { Reply } from '../../core/domain/question.ts';
import {
  readLimit,
  suggestedLimit,
  unitOf,
  writtenLimit,
  type AskedQuestion,
} from '../../core/projections/questions.ts';
import type { ModelPicks } from '../models/modelPicks.ts';
import type { Command } from '../contributions.ts';
import { showOutputOf, tell } from '../messages.ts';
import { outputUri } from '../output/documents.ts';
import type { Project, Projects } from '../project.ts';
import { chooseQuestion, type QuestionChoice } from './picks.ts';
import { openText } from './showOutput.ts';

/** Answers what an agent asks in the middle of its work. */
export function answerQuestion(projects: Projects, models: ModelPicks): Command {
  return {
    id: 'sluice.answerQuestion',
    execute: async (target) => {
      const chosen = await chooseQuestion(
        projects,
        target,
        vscode.l10n.t('The question to answer'),
      );
      if (chosen !== undefined) {
        await answerByPick(chosen, models);
      }
    },
  };
}

/** The page of the task that asks: it holds all of the question. */
export function showQuestion(projects: Projects): Command {
  return {
    id: 'sluice.showQuestion',
    execute: async (target) => {
      const chosen = await chooseQuestion(
        projects,
        target,
        vscode.l10n.t('The question to look at'),
      );
      if (chosen !== undefined) {
        await showAsked(chosen);
      }
    },
  };
}

export async function showAsked({ project, question }: QuestionChoice): Promise<void> {
  await openText(outputUri(project, question.run, question.tasks[0]));
}

/** A step of the answer; `undefined`: the person backs out. */
type Answering = () => Promise<Reply | undefined>;

interface AnswerItem extends vscode.QuickPickItem {
  readonly answering: Answering | 'show';
}

export async function answerByPick(chosen: QuestionChoice, models: ModelPicks): Promise<void> {
  const { question } = chosen;
  const items = itemsOf(chosen, models);
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('{0} of {1}', question.tasks.join(', '), question.run),
    placeHolder: question.text,
    ignoreFocusOut: true,
  });
  if (picked?.answering === 'show') {
    await showAsked(chosen);
    return;
  }
  const reply = await picked?.answering();
  if (reply !== undefined) {
    await sendReply(chosen.project, question, reply);
  }
}

function itemsOf({ question }: QuestionChoice, models: ModelPicks): AnswerItem[] {
  const { asks, tasks } = question;
  const show: AnswerItem = {
    label: vscode.l10n.t('$(eye) Show All of It'),
    detail: vscode.l10n.t(
      'Opens the page of the task, which has the question and what went before',
    ),
    answering: 'show',
  };
  if (asks.kind === 'permission') {
    const always = vscode.l10n.t(
      'Also whenever {0} uses {1} again in this run',
      tasks.join(', '),
      asks.tool,
    );
    return [
      {
        label: vscode.l10n.t('$(check) Allow Once'),
        detail: asks.summary,
        answering: () => Promise.resolve({ kind: 'allow', always: false }),
      },
      {
        label: vscode.l10n.t('$(check-all) Allow for This Task'),
        detail: always,
        answering: () => Promise.resolve({ kind: 'allow', always: true }),
      },
      {
        label: vscode.l10n.t('$(close) Deny…'),
        detail: vscode.l10n.t('Its agent is told, with what you say, and goes on without'),
        answering: askDenial,
      },
      show,
    ];
  }
  return [
    {
      label: vscode.l10n.t('$(arrow-up) Raise the Budget…'),
      detail: vscode.l10n.t('To as many {0} as you say', unitOf(asks.of)),
      answering: async () => {
        const to = await askLimit(question);
        return to === undefined ? undefined : { kind: 'raise', to };
      },
    },
    {
      label: vscode.l10n.t('$(arrow-swap) Go On with a Cheaper Model…'),
      detail: vscode.l10n.t('Raises the budget too: what is spent is spent'),
      answering: async () => {
        const model = await models.pick(vscode.l10n.t('The model to go on with'));
        const to = model === undefined ? undefined : await askLimit(question);
        return model === undefined || to === undefined ? undefined : { kind: 'cheaper', model, to };
      },
    },
    {
      label: vscode.l10n.t('$(debug-stop) Stop'),
      detail: vscode.l10n.t('The task ends here and has failed; what needs it is skipped'),
      answering: () => Promise.resolve({ kind: 'stop' }),
    },
    show,
  ];
}

export async function askDenial(): Promise<Reply | undefined> {
  const note = await vscode.window.showInputBox({
    title: vscode.l10n.t('Deny'),
    prompt: vscode.l10n.t('What is its agent to know? Leave it empty to say nothing.'),
    ignoreFocusOut: true,
  });
  return note === undefined
    ? undefined
    : { kind: 'deny', note: note.trim() === '' ? undefined : note.trim() };
}

async function askLimit({ asks }: AskedQuestion): Promise<number | undefined> {
  if (asks.kind !== 'budget') {
    return undefined;
  }
  const written = await vscode.window.showInputBox({
    title: vscode.l10n.t('Raise the budget'),
    prompt: vscode.l10n.t('The new limit, in {0}.', unitOf(asks.of)),
    value: writtenLimit(asks.of, suggestedLimit(asks)),
    ignoreFocusOut: true,
    validateInput: (text) => {
      const limit = readLimit(asks, text);
      return limit.ok ? undefined : limit.error;
    },
  });
  const limit = written === undefined ? undefined : readLimit(asks, written);
  return limit?.ok === true ? limit.value : undefined;
}

export async function sendReply(
  project: Project,
  { run, id, digest, tasks }: AskedQuestion,
  reply: Reply,
): Promise<void> {
  const { actor: by } = project.sluice;
  const request = { kind: 'reply', question: id, digest, reply, by } as const;
  const outcome = await project.sluice.request(run, request);
  if (outcome.kind === 'refused') {
    const [task] = tasks;
    void tell(
      'warning',
      vscode.l10n.t(
        'Your answer to {0} of {1} did not count: {2}.',
        tasks.join(', '),
        run,
        outcome.why,
      ),
      showOutputOf({ kind: 'task', project, run, task }),
    );
  }
}
