import { oneLine } from '../core/base/text.ts';
import type { Decision } from '../core/domain/event.ts';
import type { RunId, TaskId } from '../core/domain/ids.ts';
import type { RequestOutcome } from '../core/domain/request.ts';
import { askLine } from '../core/projections/asked.ts';
import { gatePage, gateLines, identicalGates, lapsedText } from '../core/projections/gatePage.ts';
import { reusedLines, type OpenGate } from '../core/projections/gates.ts';
import { EXIT, type ExitCode } from './exitCodes.ts';
import { follow, tellRun } from './follow.ts';
import { interruptible } from './interrupting.ts';
import { CommandFailure, findRun, type Session } from './session.ts';
import { table } from './terminal.ts';

// What people do at gates from the terminal.

interface JsonOption {
  readonly json?: true;
}

interface Answer {
  readonly decision: Decision;
  readonly note: string | undefined;
  readonly choice?: string | undefined;
  readonly redo?: readonly TaskId[] | undefined;
}

/** `sluice gates` */
export function gates(
  { sluice, terminal, now }: Session,
  _args: readonly string[],
  options: JsonOption,
): Promise<ExitCode> {
  const open = sluice.openGates();
  if (options.json) {
    for (const gate of open) {
      terminal.out(`${JSON.stringify(gate)}\n`);
    }
  } else if (open.length === 0) {
    terminal.out('No gate waits for an answer.\n');
  } else {
    terminal.out(table(open.map((gate) => [gate.run, gate.task, askLine(gate.ask, 120)])));
    for (const gate of open) {
      const told = toldOf(gate, open, now());
      terminal.out(told.map((line) => `  ${gate.task} of ${gate.run}: ${line}\n`).join(''));
    }
  }
  return Promise.resolve(EXIT.succeeded);
}

/** What is out of the ordinary. */
function toldOf(gate: OpenGate, open: readonly OpenGate[], now: number): string[] {
  const lapsed = lapsedText(gate, now);
  const alike = identicalGates(open, gate).length - 1;
  return [
    ...(lapsed === undefined ? [] : [lapsed]),
    ...reusedLines(gate, now),
    ...(gate.choices.length === 0
      ? []
      : [`choose one: ${gate.choices.map((choice) => oneLine(choice, 80)).join(', ')}`]),
    ...(gate.takesText ? ['takes an answer in words'] : []),
    ...(alike === 0 ? [] : [`${alike} more ${alike === 1 ? 'asks' : 'ask'} the same`]),
  ];
}

export interface ApproveOptions extends JsonOption {
  readonly message?: string;
  readonly choice?: string;
  /** All gates that ask the same about the same content. */
  readonly identical?: true;
}

/** `sluice approve`: answers, and when nobody else drives the run, goes on with it. */
export async function approve(
  session: Session,
  [text = '', name = '']: readonly string[],
  options: ApproveOptions,
): Promise<ExitCode> {
  const { json = false, message: note, choice, identical } = options;
  const gate = findGate(session, text, name);
  checkChoice(gate, choice);
  const given: Answer = { decision: 'approved', note, choice };
  const { sluice } = session;
  const others = identical
    ? identicalGates(sluice.openGates(), gate).filter(
        ({ run, task }) => run !== gate.run || task !== gate.task,
      )
    : [];
  if (others.length === 0) {
    return answerAndFollow(session, gate, given, json);
  }
  return await approveAll(session, [gate, ...others], given, json);
}

/** `sluice reject` */
export function reject(
  session: Session,
  [text = '', name = '']: readonly string[],
  options: JsonOption & { readonly message?: string },
): Promise<ExitCode> {
  const { json = false, message: note } = options;
  const gate = findGate(session, text, name);
  return answerAndFollow(session, gate, { decision: 'rejected', note }, json);
}

/** `sluice request-changes`: what the gate asks about is made again, with the note. */
export function requestChanges(
  session: Session,
  [text = '', name = '']: readonly string[],
  options: JsonOption & { readonly note: string; readonly task: readonly string[] },
): Promise<ExitCode> {
  const { json = false, note, task: tasks } = options;
  const gate = findGate(session, text, name);
  if (note.trim() === '') {
    throw new CommandFailure('Say with --note what is to be changed.');
  }
  const redo = tasks.length === 0 ? undefined : tasks.map((task) => task as TaskId);
  const given: Answer = { decision: 'changes-requested', note, redo };
  return answerAndFollow(session, gate, given, json);
}

/**
 * The page of a task; of a gate that waits with all that a person goes by: who made what it asks about, what shows that it
 * is done, files, costs.
 */
export function withGateFacts(
  { sluice, now }: Session,
  run: RunId,
  task: TaskId,
  page: string,
): string {
  const entry = sluice.run(run);
  const gate = sluice.openGates().find((open) => open.run === run && open.task === task);
  if (gate === undefined || entry?.kind !== 'readable') {
    return page;
  }
  const facts = gateLines(gatePage(entry.plan, entry.state, gate, now()));
  // Before what was printed, which a line parts off.
  return page.replace(/\n(?=─{20,}\n)/, () => ['', ...facts, ''].join('\n'));
}

/** @throws CommandFailure */
function findGate({ sluice }: Session, text: string, name: string): OpenGate {
  const { run } = findRun(sluice, text);
  const waiting = sluice.openGates().filter((gate) => gate.run === run);
  const gate = waiting.find(({ task }) => task === name);
  if (gate === undefined) {
    throw new CommandFailure(
      waiting.length === 0
        ? `${run} has no gate that waits for an answer.`
        : `"${name}" does not wait for an answer; ${waiting.map(({ task }) => task).join(', ')} does.`,
    );
  }
  return gate;
}

/** @throws CommandFailure */
function checkChoice({ task, choices, takesText }: OpenGate, choice: string | undefined): void {
  const listed = choices.map((each) => oneLine(each, 80)).join(', ');
  if (choices.length === 0 && !takesText) {
    if (choice !== undefined) {
      throw new CommandFailure(`"${task}" asks for no choice; leave out --choice.`);
    }
  } else if (choice === undefined || choice.trim() === '') {
    throw new CommandFailure(
      choices.length === 0
        ? `"${task}" asks for an answer in words: --choice <text>.`
        : `"${task}" asks for a choice: --choice <one of ${listed}${takesText ? ', or a text' : ''}>.`,
    );
  } else if (!takesText && !choices.includes(choice)) {
    throw new CommandFailure(`"${task}" has no choice "${choice}", only ${listed}.`);
  }
}

async function answerAndFollow(
  session: Session,
  gate: OpenGate,
  given: Answer,
  json: boolean,
): Promise<ExitCode> {
  const { terminal } = session;
  return await follow(session, {
    json,
    begin: async () => {
      const outcome = await ask(session, gate, given);
      if (outcome.kind === 'refused') {
        throw new CommandFailure(`The answer did not count: ${outcome.why}.`, EXIT.failed);
      }
      return gate.run;
    },
    elsewhere: () =>
      terminal.out(json ? '' : `The answer counts; another program goes on with ${gate.run}.\n`),
  });
}

/** All are answered before any run is gone on with to its end. */
async function approveAll(
  session: Session,
  [first, ...others]: readonly [OpenGate, ...OpenGate[]],
  given: Answer,
  json: boolean,
): Promise<ExitCode> {
  const { sluice, terminal } = session;
  let isWhole = true;
  for (const gate of others) {
    const outcome = await ask(session, gate, given);
    if (outcome.kind === 'refused') {
      isWhole = false;
      terminal.err(`${gate.task} of ${gate.run} was not approved: ${outcome.why}.\n`);
    } else if (!json) {
      terminal.out(`${gate.task} of ${gate.run} is approved.\n`);
    }
  }
  const code = await answerAndFollow(session, first, given, json);
  const runs = new Set<RunId>(others.map(({ run }) => run).filter((run) => run !== first.run));
  await interruptible(async (signal) => {
    for (const run of runs) {
      await untilEnded(session, run, signal);
      tellRun(session, findRun(sluice, run), json);
    }
  });
  return isWhole || code !== EXIT.succeeded ? code : EXIT.failed;
}

/** Until the run is over, waits, or is driven by another program. Rejects when it is stopped. */
async function untilEnded({ sluice }: Session, run: RunId, signal: AbortSignal): Promise<void> {
  const stopped = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('Stopped')), { once: true });
  });
  await Promise.race([sluice.active(run)?.ended, stopped]);
}

function ask(
  { sluice }: Session,
  { run, task, digest }: OpenGate,
  { decision, note, choice, redo }: Answer,
): Promise<RequestOutcome> {
  return sluice.request(run, {
    kind: 'answer',
    task,
    digest,
    decision,
    by: sluice.actor,
    note,
    ...(choice !== undefined && { choice }),
    ...(redo !== undefined && { redo }),
  });
}
