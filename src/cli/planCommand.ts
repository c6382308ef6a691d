import fs from 'node:fs';
import path from 'node:path';
import { count, oneLine, plainText } from '../core/base/text.ts';
import { nodeDisk } from '../core/base/disk.ts';
import {
  PLANNER_PACK,
  USUAL_PLANNER,
  type DraftProblem,
  type Drafts,
  type KeptPlan,
  type PreparedDraft,
} from '../core/draftsApi.ts';
import type { RunId } from '../core/domain/ids.ts';
import { layInto, planLaying } from '../core/starters/layInto.ts';
import { findPack } from '../core/starters/packs.ts';
import { wouldReplace } from '../core/starters/starterProblems.ts';
import { EXIT, type ExitCode } from './exitCodes.ts';
import { follow } from './follow.ts';
import { run } from './runCommands.ts';
import { CommandFailure, findRun, type Session } from './session.ts';
import { shellWord } from './shellWord.ts';
import { paint, table } from './terminal.ts';

export interface PlanOptions {
  readonly json?: true;
  readonly agent?: string;
  readonly name?: string;
  readonly out?: string;
  /** A run whose plan is to be kept, instead of a request. */
  readonly from?: string;
  readonly addPack?: true;
  readonly run?: true;
  readonly approve: readonly string[];
  readonly yes?: true;
}

/** What the terminal's program is started with; its standard input may hold the request. */
export interface PlanSurroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly input: NodeJS.ReadableStream;
}

/** More cannot be a request, whatever it is. */
const MOST_INPUT = 1024 * 1024;

/** `sluice plan <request>`: a planner drafts a todo list, which is kept as a file. */
export function plan({ environment, input }: PlanSurroundings) {
  return async (
    session: Session,
    words: readonly string[],
    options: PlanOptions,
  ): Promise<ExitCode> => {
    const { sluice, terminal } = session;
    checkOptions(words, options);
    // With the readers and writers it needs only where somebody plans.
    const { FolderDrafts } = await import('../core/drafts.ts');
    const drafts: Drafts = new FolderDrafts(sluice, { disk: nodeDisk, environment });
    const json = options.json ?? false;
    const out = options.out === undefined ? undefined : path.resolve(sluice.folder, options.out);
    if (out !== undefined && options.from === undefined && fs.existsSync(out)) {
      throw new CommandFailure(
        `${options.out ?? ''} is there already and is never written over. Give another file.`,
      );
    }
    const drafted =
      options.from === undefined
        ? await draft(session, drafts, await requestOf(words, input), options)
        : findRun(sluice, options.from).run;
    const settled = await drafts.settle(drafted, {
      leaveAtGates: true,
      out,
      follow: (begin) => follow(session, { json, begin, elsewhere: () => undefined }),
      sentBack: (round, faults) => {
        if (!json) {
          const what = count(faults.length, 'problem');
          terminal.err(`The list has ${what}; it goes back to the planner (round ${round}):\n`);
          terminal.err(faults.map((fault) => `- ${plainText(fault)}\n`).join(''));
        }
      },
    });
    if (!settled.ok) {
      const { phase } = findRun(sluice, drafted).state;
      if (phase.kind === 'finished' && phase.status === 'cancelled') {
        terminal.err(`sluice: ${settled.error.message}\n`);
        return EXIT.cancelled;
      }
      throw failureOf(settled.error, drafted, options);
    }
    return await tellKept(session, settled.value, options);
  };
}

function checkOptions(words: readonly string[], { from, agent, name, approve, run }: PlanOptions) {
  const fault =
    from !== undefined && (words.length > 0 || agent !== undefined || name !== undefined)
      ? '--from keeps the plan of a run that is there: leave out the request, --agent and --name.'
      : from === undefined && words.length === 0
        ? 'Say what is to be done: sluice plan "<request>", or "-" to read it from standard input.'
        : approve.length > 0 && run !== true
          ? '--approve is for --run: say both, or neither.'
          : undefined;
  if (fault !== undefined) {
    throw new CommandFailure(fault);
  }
}

async function requestOf(words: readonly string[], input: NodeJS.ReadableStream): Promise<string> {
  const [only, ...others] = words;
  if (only !== '-' || others.length > 0) {
    return words.join(' ');
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of input) {
    const piece = Buffer.from(chunk);
    bytes += piece.length;
    if (bytes > MOST_INPUT) {
      throw new CommandFailure(
        'Standard input holds more than 1 MB: that is no request. Put it into a file of the folder and name the file in the request.',
      );
    }
    chunks.push(piece);
  }
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/^\ufeff/, '');
}

/** The run that drafts, once this terminal has let it go. */
async function draft(
  session: Session,
  drafts: Drafts,
  request: string,
  options: PlanOptions,
): Promise<RunId> {
  const { sluice, terminal, isolation } = session;
  const wish = { request, agent: options.agent, name: options.name };
  let prepared = await drafts.prepare(wish);
  if (!prepared.ok && prepared.error.kind === 'no-agent' && (await mayAddPack(session, options))) {
    await addPlanner(session);
    prepared = await drafts.prepare(wish);
  }
  if (!prepared.ok) {
    throw failureOf(prepared.error, undefined, options);
  }
  if (sluice.notice !== undefined) {
    terminal.err(`${sluice.notice}\n`);
  }
  const { workflow, inputs }: PreparedDraft = prepared.value;
  const begun: RunId[] = [];
  const begin = async () => {
    const started = await sluice.start({
      workflow,
      inputs,
      approveGate: () => false,
      leaveAtGates: true,
      usualBaseTree: isolation.baseTree,
      landing: isolation.landing,
      onCheckoutChange: isolation.onCheckoutChange,
    });
    if (!started.ok) {
      const { message, kind } = started.error;
      throw new CommandFailure(message, kind === 'request' ? EXIT.usage : EXIT.failed);
    }
    begun.push(started.value.run);
    return started.value.run;
  };
  await follow(session, { json: options.json ?? false, begin, elsewhere: () => undefined });
  const [run] = begun;
  if (run === undefined) {
    throw new Error('Internal error: a run was followed that was not begun');
  }
  return run;
}

/** Only the pack's own planner comes with it. */
async function mayAddPack({ terminal }: Session, options: PlanOptions): Promise<boolean> {
  if (options.agent !== undefined && options.agent !== USUAL_PLANNER) {
    return false;
  }
  return (
    options.addPack === true ||
    options.yes === true ||
    (await terminal.confirm?.(
      `There is no agent "${USUAL_PLANNER}" here. Add the pack ${PLANNER_PACK}, which brings one?`,
    )) === true
  );
}

/** As `sluice add`, but that files of the person's own are left without a word: only the planner is needed. */
async function addPlanner({ sluice, packs, terminal }: Session): Promise<void> {
  const pack = await findPack(packs, PLANNER_PACK);
  if (!pack.ok) {
    throw new CommandFailure(pack.error, EXIT.failed);
  }
  const laying = await planLaying(sluice.folder, pack.value.files);
  const laid = laying.ok ? await layInto(nodeDisk, laying.value) : laying;
  if (!laying.ok || !laid.ok) {
    const why = [laying, laid].flatMap((result) => (result.ok ? [] : [result.error]));
    throw new CommandFailure(why[0] ?? '', EXIT.failed);
  }
  const { fresh, different } = laying.value;
  terminal.err(`${pack.value.title}: ${count(fresh.length, 'file')} added.\n`);
  if (different.length > 0) {
    terminal.err(`${wouldReplace(different).replace(' Nothing was written.', '')} Yours stay.\n`);
  }
  await sluice.refreshDefinitions();
}

/** What is wrong, and the command that goes on. */
function failureOf(
  { kind, message, at }: DraftProblem,
  run: RunId | undefined,
  { agent = USUAL_PLANNER }: PlanOptions,
): CommandFailure {
  const text = at === undefined ? message : `${at.file}:${at.range.start.line}: ${message}`;
  const again = run === undefined ? '' : `sluice plan --from ${run}`;
  switch (kind) {
    case 'request':
      return new CommandFailure(text);
    case 'no-agent': {
      const cure =
        agent === USUAL_PLANNER
          ? `Add one: sluice add ${PLANNER_PACK}   or say --add-pack, which does it and goes on.`
          : 'Name another with --agent.';
      return new CommandFailure(`${text} ${cure}`);
    }
    case 'waiting':
      return new CommandFailure(`${text}\nKeep it with: ${again}`, EXIT.waiting);
    case 'answer':
      return new CommandFailure(
        `${text}\nSee what it answered: sluice show ${run ?? ''} plan\nAsk again: sluice rerun ${run ?? ''} plan   then: ${again}`,
        EXIT.failed,
      );
    case 'file':
      return new CommandFailure(`${text}\nKeep it with: ${again}`, EXIT.failed);
  }
}

async function tellKept(session: Session, kept: KeptPlan, options: PlanOptions): Promise<ExitCode> {
  const { terminal } = session;
  const { name, file, todos, faults, isNew } = kept;
  const isGood = faults.length === 0;
  // By its file where it stands anywhere else than plans do.
  const called = shellWord(options.out === undefined ? name : file);
  if (options.json) {
    terminal.out(`${JSON.stringify({ type: 'plan', ...kept })}\n`);
  } else {
    const sign = isGood ? paint(terminal, 'green', '✓') : paint(terminal, 'red', '✗');
    const stands = isNew ? file : `${file} (it stood there already)`;
    terminal.out(`\n${sign} ${name}: ${count(todos.length, 'todo')} in ${stands}\n`);
    terminal.out(
      table([
        ['id', 'title', 'agent', 'needs', 'owns', 'tests'],
        ...todos.map(({ id, title, agent, needs, owns, tests }) => [
          oneLine(id, 40),
          oneLine(title, 50),
          oneLine(agent, 30),
          oneLine(needs.join(', ') || '-', 40),
          oneLine(owns.join(', ') || '-', 40),
          oneLine(tests.join('; ') || '-', 80),
        ]),
      ]),
    );
  }
  if (!isGood) {
    terminal.err(
      `The list is still wrong, also after it went back to its planner. Mend it in ${file}:\n${faults.map((fault) => `- ${plainText(fault)}\n`).join('')}`,
    );
    if (!options.json) {
      terminal.out(`See what is wrong: sluice validate ${shellWord(file)}\n`);
    }
    return EXIT.failed;
  }
  if (options.run === true) {
    return await runPlan(session, called, options);
  }
  if (!options.json) {
    terminal.out(
      `Look at it: sluice run ${called} --dry-run\nRun it: sluice run ${called}   after editing: sluice validate ${shellWord(file)}\n`,
    );
  }
  return EXIT.succeeded;
}

/** As `sluice run`; it stops at the gate before the first todo unless that is approved here. */
async function runPlan(
  session: Session,
  called: string,
  { json, approve }: PlanOptions,
): Promise<ExitCode> {
  const wishes = { input: {}, cache: true, approve };
  return await run(session, [called], { ...wishes, ...(json && { json }) });
}
