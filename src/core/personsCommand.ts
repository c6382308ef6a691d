import type { Log } from './base/log.ts';
import { err, ok, type Result } from './base/result.ts';
import type { Actor } from './domain/actor.ts';
import type { TaskId } from './domain/ids.ts';
import type { RequestOutcome, RunRequest } from './domain/request.ts';
import { sourceOf } from './engine/source.ts';
import type { BookEntry } from './projections/runBook.ts';
import { attempted } from './startRequest.ts';
import type { CommandRequest, CommandResult } from './workspaceCommand.ts';

export interface PersonsCommand {
  readonly task: TaskId;
  readonly command: readonly [string, ...string[]];
  readonly by: Actor;
}

export interface CommandParts {
  /** Rejects when there is no copy to be had. */
  run(request: CommandRequest): Promise<CommandResult>;
  request(request: RunRequest): Promise<RequestOutcome>;
  readonly log: Log;
}

/** Runs a person's command in a task's workspace copy and tells the journal. The error continues "…, because". */
export async function runPersonsCommand(
  { run, plan, state: { tasks } }: Extract<BookEntry, { readonly kind: 'readable' }>,
  { task, command, by }: PersonsCommand,
  parts: CommandParts,
): Promise<Result<CommandResult, string>> {
  const state = tasks.get(task);
  if (state === undefined) {
    return err(`${run} has no task ${task}`);
  }
  const source = sourceOf(plan);
  const ran = await attempted(async () =>
    ok(await parts.run({ run, task, state, command, source })),
  );
  if (!ran.ok) {
    return err(ran.error.message);
  }
  const { exitCode } = ran.value;
  const told = await parts.request({ kind: 'command', task, command, exitCode, by });
  if (told.kind === 'refused') {
    parts.log.warn(`The journal was not told of the command: ${told.why}`, { run, task });
  }
  return ok(ran.value);
}
