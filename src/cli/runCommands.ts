import { formatDuration, oneLine, plainText } from '../core/base/text.ts';
import { formatDiagnostic } from '../core/domain/diagnostic.ts';
import type { OnCheckoutChange } from '../core/domain/checkout.ts';
import type { TaskId } from '../core/domain/ids.ts';
import type { Author } from '../core/domain/landing.ts';
import type { BaseTreeKind } from '../core/domain/workflow.ts';
import { NO_SHARES } from '../core/compare/share.ts';
import { startDrawn } from '../core/drawnStart.ts';
import { runDuration, shownStatus } from '../core/projections/taskRows.ts';
import type { RunState } from '../core/domain/runState.ts';
import { checkoutMark, checkoutText } from './checkoutLines.ts';
import { EXIT, type ExitCode } from './exitCodes.ts';
import { runFacts, taskFacts } from './facts.ts';
import { follow, tellRun } from './follow.ts';
import { withGateFacts } from './gateCommands.ts';
import { tellPreflight } from './preflightCommand.ts';
import { runReusedText } from '../core/projections/reasons.ts';
import { afterLines, headLine, runLines } from './progress.ts';
import { CommandFailure, findRun, findTask, type Session } from './session.ts';
import { standing } from './standing.ts';
import { table } from './terminal.ts';

interface JsonOption {
  readonly json?: true;
}

export async function run(
  session: Session,
  [name = '']: readonly string[],
  options: JsonOption & {
    readonly input: Readonly<Record<string, string>>;
    readonly maxParallel?: number;
    readonly sequential?: true;
    /** False: the cache is not used. */
    readonly cache: boolean;
    readonly dryRun?: true;
    readonly approve: readonly string[];
    readonly base?: BaseTreeKind;
    readonly branchPrefix?: string;
    readonly author?: Author;
    readonly onCheckoutChange?: OnCheckoutChange;
    readonly correlationId?: string;
    readonly asAsked?: true;
  },
): Promise<ExitCode> {
  const { sluice, terminal, isolation, shares } = session;
  const entry = await sluice.findWorkflow(name);
  if (entry === undefined) {
    const known = sluice.definitions.workflows.map((workflow) => workflow.name).join(', ');
    throw new CommandFailure(
      `There is no workflow "${name}" here${known === '' ? '' : `, only ${known}`}.`,
    );
  }
  const maxParallel = options.sequential ? 1 : options.maxParallel;
  if (options.dryRun) {
    const { json = false, input: inputs, cache: useCache } = options;
    return tellPreflight(session, entry, { json, inputs, maxParallel, useCache });
  }
  if (entry.kind === 'invalid') {
    terminal.err(
      entry.diagnostics.map((problem) => `${plainText(formatDiagnostic(problem))}\n`).join(''),
    );
    throw new CommandFailure(`${entry.name} cannot run before its problems are solved.`);
  }
  const gates = entry.workflow.steps.flatMap((step) => (step.kind === 'gate' ? step.id : []));
  const stranger = options.approve.find((gate) => ![...gates, 'all'].includes(gate));
  if (stranger !== undefined) {
    throw new CommandFailure(
      `${entry.name} has no gate "${stranger}"${gates.length === 0 ? '' : `, only ${gates.join(', ')}`}.`,
    );
  }
  if (sluice.notice !== undefined) {
    terminal.err(`${sluice.notice}\n`);
  }
  const begin = async () => {
    const request = {
      workflow: entry.workflow,
      inputs: options.input,
      maxParallel,
      useCache: options.cache,
      approveGate: (gate: TaskId) =>
        options.approve.includes('all') || options.approve.includes(gate),
      leaveAtGates: true,
      baseTree: options.base,
      usualBaseTree: isolation.baseTree,
      landing: {
        prefix: options.branchPrefix ?? isolation.landing.prefix,
        author: options.author ?? isolation.landing.author,
      },
      onCheckoutChange: options.onCheckoutChange ?? isolation.onCheckoutChange,
      correlation: options.correlationId,
    };
    const rules = options.asAsked === true ? NO_SHARES : shares;
    const { started, told } = await startDrawn(sluice, request, rules, Math.random);
    if (told !== undefined) {
      terminal.err(`${oneLine(told, Infinity)}\n`);
    }
    if (!started.ok) {
      throw new CommandFailure(
        started.error.message,
        started.error.kind === 'request' ? EXIT.usage : EXIT.failed,
      );
    }
    return started.value.run;
  };
  return follow(session, { json: options.json ?? false, begin, elsewhere: () => undefined });
}

export async function pause(
  session: Session,
  [text = '']: readonly string[],
  options: JsonOption & { readonly interrupt?: true },
): Promise<ExitCode> {
  const { sluice } = session;
  const { run: id, state, driven } = findRun(sluice, text);
  const refuse = (why: string) => new CommandFailure(`${id} was not paused: ${why}.`, EXIT.failed);
  if (driven.kind === 'nobody' && state.phase.kind === 'active') {
    throw refuse('nobody drives it, so nothing of it runs');
  }
  const running = options.interrupt ? 'interrupt' : 'finish';
  return follow(session, {
    json: options.json ?? false,
    begin: async () => {
      const outcome = await sluice.request(id, { kind: 'pause', running, by: sluice.actor });
      if (outcome.kind === 'refused') {
        throw refuse(outcome.why);
      }
      return id;
    },
    elsewhere: (entry) => tellRun(session, entry, options.json ?? false),
  });
}

export async function cancel(session: Session, [text = '']: readonly string[]): Promise<ExitCode> {
  const { sluice, terminal } = session;
  const { run: id } = findRun(sluice, text);
  const outcome = await sluice.request(id, { kind: 'cancel', by: sluice.actor });
  if (outcome.kind === 'refused') {
    throw new CommandFailure(`${id} was not cancelled: ${outcome.why}.`, EXIT.failed);
  }
  await sluice.active(id)?.ended;
  terminal.out(`${headLine(terminal, findRun(sluice, id), session.now())}\n`);
  return EXIT.succeeded;
}

export function runs(
  { sluice, terminal, now }: Session,
  _args: readonly string[],
  options: JsonOption,
): Promise<ExitCode> {
  const entries = sluice.runs();
  if (options.json) {
    for (const entry of entries) {
      terminal.out(`${JSON.stringify(runFacts(entry, now()))}\n`);
    }
    return Promise.resolve(EXIT.succeeded);
  }
  if (entries.length === 0) {
    terminal.out('Nothing has run here yet.\n');
  }
  terminal.out(
    table(
      entries.map((entry) =>
        entry.kind === 'unreadable'
          ? [entry.run, 'unreadable', entry.why]
          : [
              entry.run,
              shownStatus(entry.state, entry.driven),
              new Date(entry.state.createdAt).toISOString().replace(/\.\d+Z$/, 'Z'),
              formatDuration(runDuration(entry.state, now())),
              [standing(entry), runReusedText(entry.state), checkoutNote(entry.state)]
                .filter((text) => text !== '')
                .join(' · '),
            ],
      ),
    ),
  );
  return Promise.resolve(EXIT.succeeded);
}

/** Of runs in a list only what is out of the ordinary. */
function checkoutNote(state: RunState): string {
  return checkoutText(state) === undefined ? '' : checkoutMark(state);
}

export async function show(
  session: Session,
  [text = '', name]: readonly string[],
  options: JsonOption,
): Promise<ExitCode> {
  const { sluice, terminal, now } = session;
  const entry = findRun(sluice, text);
  if (name !== undefined) {
    const task = findTask(entry, name);
    const facts = taskFacts(entry).find((one) => one.task === task);
    terminal.out(
      options.json
        ? `${JSON.stringify({ run: entry.run, ...facts })}\n`
        : withGateFacts(session, entry.run, task, await sluice.taskPage(entry.run, task)),
    );
  } else {
    terminal.out(
      options.json
        ? `${JSON.stringify({ ...runFacts(entry, now()), tasks: taskFacts(entry) })}\n`
        : `${[...runLines(terminal, entry, now()), ...afterLines(terminal, entry)].join('\n')}\n`,
    );
  }
  if (entry.damage !== undefined) {
    terminal.err(`The end of its journal cannot be read: ${entry.damage}\n`);
  }
  return EXIT.succeeded;
}
