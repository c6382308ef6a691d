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
import { outputUri } from '../output/documents.ts';
import type { Project, Projects } from '../project.ts';
import { chooseQuestion, type QuestionChoice } from './picks.ts';
import { openText } from './showOutput.ts';

/** Answers what an agent asks in the middle of its work. */
export function answerQuestion(projects: Projects, models: ModelPicks): Command {
  return {
    id: 'sluice.answerQuestion',
    execute: async (target) => {
      const chosen = await chooseQuestion(projects, target, 'The question to answer');
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
      const chosen = await chooseQuestion(projects, target, 'The question to look at');
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
    title: `${question.tasks.join(', ')} of ${question.run}`,
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
    label: '$(eye) Show All of It',
    detail: 'Opens the page of the task, which has the question and what went before',
    answering: 'show',
  };
  if (asks.kind === 'permission') {
    const always = `Also whenever ${tasks.join(', ')} uses ${asks.tool} again in this run`;
    return [
      {
        label: '$(check) Allow Once',
        detail: asks.summary,
        answering: () => Promise.resolve({ kind: 'allow', always: false }),
      },
      {
        label: '$(check-all) Allow for This Task',
        detail: always,
        answering: () => Promise.resolve({ kind: 'allow', always: true }),
      },
      {
        label: '$(close) Deny…',
        detail: 'Its agent is told, with what you say, and goes on without',
        answering: askDenial,
      },
      show,
    ];
  }
  return [
    {
      label: '$(arrow-up) Raise the Budget…',
      detail: `To as many ${unitOf(asks.of)} as you say`,
      answering: async () => {
        const to = await askLimit(question);
        return to === undefined ? undefined : { kind: 'raise', to };
      },
    },
    {
      label: '$(arrow-swap) Go On with a Cheaper Model…',
      detail: 'Raises the budget too: what is spent is spent',
      answering: async () => {
        const model = await models.pick('The model to go on with');
        const to = model === undefined ? undefined : await askLimit(question);
        return model === undefined || to === undefined ? undefined : { kind: 'cheaper', model, to };
      },
    },
    {
      label: '$(debug-stop) Stop',
      detail: 'The task ends here and has failed; what needs it is skipped',
      answering: () => Promise.resolve({ kind: 'stop' }),
    },
    show,
  ];
}

export async function askDenial(): Promise<Reply | undefined> {
  const note = await vscode.window.showInputBox({
    title: 'Deny',
    prompt: 'What is its agent to know? Leave it empty to say nothing.',
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
    title: 'Raise the budget',
    prompt: `The new limit, in ${unitOf(asks.of)}.`,
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
    void vscode.window.showWarningMessage(
      `Your answer to ${tasks.join(', ')} of ${run} did not count: ${outcome.why}.`,
    );
  }
}
