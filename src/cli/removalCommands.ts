import { count, oneLine } from '../core/base/text.ts';
import type { RunId } from '../core/domain/ids.ts';
import type { Dropped, RolledBack } from '../core/resultsApi.ts';
import { EXIT, type ExitCode } from './exitCodes.ts';
import { CommandFailure, findEntry, findRun, findTask, type Session } from './session.ts';

interface JsonOption {
  readonly json?: true;
}

interface RemovalOptions extends JsonOption {
  readonly yes?: true;
}

/** `sluice rollback`: takes one task's result back. */
export async function rollback(
  { sluice, terminal }: Session,
  [text = '', name = '']: readonly string[],
  { json = false }: { readonly json?: boolean },
): Promise<ExitCode> {
  const entry = findRun(sluice, text);
  const { run } = entry;
  const task = findTask(entry, name);
  const outcome = await sluice.results.rollBack(run, task);
  if (!outcome.ok) {
    throw new CommandFailure(
      `The result of "${task}" of ${run} was not taken back: ${outcome.error}.`,
      EXIT.failed,
    );
  }
  const { refs, builtOn, isMerged } = outcome.value;
  if (json) {
    terminal.out(`${JSON.stringify({ run, task, ...outcome.value })}\n`);
    return EXIT.succeeded;
  }
  const lines = [
    refs.length === 0
      ? `The result of ${task} was on no branch.`
      : `The result of ${task} is taken back:`,
    ...refLines(outcome.value),
    ...(builtOn.length === 0
      ? []
      : [
          `${builtOn.join(', ')} ${builtOn.length === 1 ? 'was' : 'were'} built on it and ${builtOn.length === 1 ? 'stays' : 'stay'}. To make it anew and what came of it: sluice rerun ${run} ${task}`,
        ]),
    ...(isMerged ? [`The merged branch holds it. To be rid of it: sluice merge ${run}`] : []),
  ];
  terminal.out(lines.map((line) => `${line}\n`).join(''));
  return EXIT.succeeded;
}

/** `sluice drop`: a run and all that it has made. */
export async function drop(
  session: Session,
  [text = '']: readonly string[],
  options: RemovalOptions,
): Promise<ExitCode> {
  const { sluice, terminal } = session;
  // Also one whose journal cannot be read any more.
  const { run } = findEntry(sluice, text);
  const what = await droppingOf(session, run);
  if (options.yes !== true) {
    terminal.err(wouldGo([what]));
    if (!(await isSure(session, `Drop ${run}?`))) {
      return EXIT.cancelled;
    }
  }
  await dropRun(session, run, options);
  return EXIT.succeeded;
}

/** `sluice prune`: runs that ended long ago. */
export async function prune(
  session: Session,
  _args: readonly string[],
  options: RemovalOptions & { readonly olderThan: number; readonly dryRun?: true },
): Promise<ExitCode> {
  const { sluice, terminal } = session;
  const { json = false, yes = false, dryRun = false } = options;
  const old = sluice.results.prunable(options.olderThan);
  if (old.length === 0) {
    terminal.out(json ? '' : 'No run ended that long ago.\n');
    return EXIT.succeeded;
  }
  const all: Dropped[] = [];
  for (const run of old) {
    all.push(await droppingOf(session, run));
  }
  if (dryRun) {
    terminal.out(json ? all.map((one) => `${JSON.stringify(one)}\n`).join('') : wouldGo(all));
    return EXIT.succeeded;
  }
  if (!yes) {
    terminal.err(wouldGo(all));
    if (!(await isSure(session, `Drop ${count(all.length, 'run')}?`))) {
      return EXIT.cancelled;
    }
  }
  for (const { run } of all) {
    await dropRun(session, run, options);
  }
  return EXIT.succeeded;
}

async function droppingOf({ sluice }: Session, run: RunId): Promise<Dropped> {
  const dropping = await sluice.results.dropping(run);
  if (!dropping.ok) {
    throw new CommandFailure(`${run} cannot be dropped: ${dropping.error}.`, EXIT.failed);
  }
  return dropping.value;
}

async function dropRun(
  { sluice, terminal }: Session,
  run: RunId,
  { json = false }: { readonly json?: boolean },
): Promise<void> {
  const dropped = await sluice.results.drop(run);
  if (!dropped.ok) {
    throw new CommandFailure(`${run} was not dropped: ${dropped.error}.`, EXIT.failed);
  }
  terminal.out(
    json
      ? `${JSON.stringify(dropped.value)}\n`
      : [`${run} is dropped:`, ...partLines(dropped.value)].map((line) => `${line}\n`).join(''),
  );
}

/** @throws CommandFailure where nobody can be asked */
async function isSure({ terminal }: Session, question: string): Promise<boolean> {
  if (terminal.confirm === undefined) {
    throw new CommandFailure('Say --yes if you want that.');
  }
  const yes = await terminal.confirm(question);
  if (!yes) {
    terminal.err('Nothing was dropped.\n');
  }
  return yes;
}

function wouldGo(all: readonly Dropped[]): string {
  return all
    .flatMap((one) => [`This would go of ${one.run}${endText(one)}:`, ...partLines(one)])
    .map((line) => `${line}\n`)
    .join('');
}

function endText({ endedAt }: Dropped): string {
  return endedAt === undefined
    ? ''
    : `, which ended ${new Date(endedAt).toISOString().slice(0, 10)}`;
}

function partLines(parts: Dropped): readonly string[] {
  return [...refLines(parts), '  its journal and its workspace copies'];
}

/** A line for each branch and tag that goes, and for each that stays. */
function refLines({ refs, kept }: Pick<RolledBack, 'refs' | 'kept'>): readonly string[] {
  return [
    ...refs.map((ref) => `  ${refText(ref)}`),
    ...kept.map(({ ref, why }) => `  ${refText(ref)} stays: ${oneLine(why, Infinity)}`),
  ];
}

function refText(ref: string): string {
  const [, kind, name] = /^refs\/(heads|tags)\/(.*)$/s.exec(ref) ?? [];
  return kind === undefined || name === undefined
    ? oneLine(ref, Infinity)
    : `${kind === 'heads' ? 'branch' : 'tag'} ${oneLine(name, Infinity)}`;
}
