import type { Reply } from '../core/domain/question.ts';
import {
  openQuestions,
  readLimit,
  unitOf,
  type AskedQuestion,
} from '../core/projections/questions.ts';
import { EXIT, type ExitCode } from './exitCodes.ts';
import { follow } from './follow.ts';
import { CommandFailure, findRun, type ReadableRun, type Session } from './session.ts';

export interface AnswerOptions {
  readonly json?: true;
  readonly allow?: true;
  readonly allowAlways?: true;
  /** The note for the agent; `true` without one. */
  readonly deny?: string | true;
  /** As written: tokens, dollars or minutes. */
  readonly raise?: string;
  readonly model?: string;
  readonly stop?: true;
}

/** `sluice answer`: answers what an agent asks, and when nobody else drives the run, goes on with it. */
export async function answerQuestion(
  session: Session,
  [text = '', name = '']: readonly string[],
  options: AnswerOptions,
): Promise<ExitCode> {
  const { sluice, terminal } = session;
  const { json = false } = options;
  const entry = findRun(sluice, text);
  const question = findQuestion(entry, name);
  const reply = replyIn(options, question);
  const { run } = entry;
  const { id, digest } = question;
  return follow(session, {
    json,
    begin: async () => {
      const request = { kind: 'reply', question: id, digest, reply, by: sluice.actor } as const;
      const outcome = await sluice.request(run, request);
      if (outcome.kind === 'refused') {
        throw new CommandFailure(`The answer did not count: ${outcome.why}.`, EXIT.failed);
      }
      return run;
    },
    elsewhere: () =>
      terminal.out(json ? '' : `The answer counts; another program goes on with ${run}.\n`),
  });
}

/** By its id, or by a task that asks; of several that one asks the oldest. @throws CommandFailure */
function findQuestion({ run, state }: ReadableRun, name: string): AskedQuestion {
  const open = openQuestions(state);
  const found = open.find(({ id, tasks }) => id === name || tasks.some((task) => task === name));
  if (found === undefined) {
    const asking = [...new Set(open.flatMap(({ tasks }) => tasks))];
    throw new CommandFailure(
      asking.length === 0
        ? `Nothing in ${run} asks you anything.`
        : `"${name}" asks nothing; ${asking.join(', ')} does.`,
    );
  }
  return found;
}

/** @throws CommandFailure */
function replyIn(options: AnswerOptions, { asks, tasks: [task] }: AskedQuestion): Reply {
  const { allow, allowAlways, deny, raise, model, stop } = options;
  const given = [allow, allowAlways, deny, raise, stop].filter((one) => one !== undefined);
  if (asks.kind === 'permission') {
    if (given.length !== 1 || raise !== undefined || stop !== undefined || model !== undefined) {
      throw new CommandFailure(
        `"${task}" asks whether it may: answer with --allow, --allow-always or --deny.`,
      );
    }
    return deny === undefined
      ? { kind: 'allow', always: allowAlways === true }
      : { kind: 'deny', note: deny === true ? undefined : deny };
  }
  if (given.length !== 1 || (raise === undefined && stop === undefined)) {
    throw new CommandFailure(
      `"${task}" asks about its budget: answer with --raise <${unitOf(asks.of)}>, that and --model <name>, or --stop.`,
    );
  }
  if (raise === undefined) {
    return { kind: 'stop' };
  }
  const limit = readLimit(asks, raise);
  if (!limit.ok) {
    throw new CommandFailure(limit.error);
  }
  const to = limit.value;
  return model === undefined ? { kind: 'raise', to } : { kind: 'cheaper', model, to };
}
