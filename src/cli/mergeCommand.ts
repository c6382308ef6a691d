import fs from 'node:fs/promises';
import path from 'node:path';
import { oneLine, plainText, thrownMessage } from '../core/base/text.ts';
import { failureText } from '../core/domain/failureText.ts';
import type { RunId, TaskId } from '../core/domain/ids.ts';
import type { MergePlace } from '../core/domain/merge.ts';
import type { OpenConflict } from '../core/resultsApi.ts';
import { conflictLines, type OpenPath } from './conflictLines.ts';
import { EXIT, type ExitCode } from './exitCodes.ts';
import { interruptible } from './interrupting.ts';
import { readChoices, type SideWords } from './mergeChoices.ts';
import { CommandFailure, findRun, type Session } from './session.ts';
import { shellWord } from './shellWord.ts';
import { paint } from './terminal.ts';

export interface MergeOptions {
  readonly json?: boolean;
  readonly take: SideWords;
  /** Each `PATH=FILE`. */
  readonly takeFile: readonly string[];
  /** A folder. */
  readonly versions?: string;
  readonly anew?: boolean;
}

/** `sluice merge`: the approved results become one branch, as far as nobody has to choose. */
export async function merge(
  session: Session,
  [text = '']: readonly string[],
  { json = false, take, takeFile, versions, anew = false }: MergeOptions,
): Promise<ExitCode> {
  const { sluice } = session;
  const { results } = sluice;
  const { run } = findRun(sluice, text);
  if (take.pathless !== undefined) {
    throw new CommandFailure(`Say of which path: --take ${take.pathless} <path>.`);
  }
  const written = [
    ...take.choices,
    ...takeFile.map((one) => ({ side: 'file' as const, text: one })),
  ];
  if (anew && (written.length > 0 || versions !== undefined)) {
    throw new CommandFailure(
      'A merge that begins anew knows no choice yet: --anew goes without --take, --take-file and --versions.',
    );
  }
  const before = openIn(session, run);
  if (versions !== undefined) {
    if (written.length > 0) {
      throw new CommandFailure('Look at the versions first: --versions goes without a choice.');
    }
    return writeVersions(session, run, before, versions);
  }
  const choices = await readChoices(written, run, before, sluice.folder);
  for (const { task, path: at, choice } of choices) {
    const chosen = await results.choose({ run, task, path: at }, choice);
    if (!chosen.ok) {
      throw refusal(`The choice for ${oneLine(at)} did not count`, chosen.error);
    }
  }
  const now = choices.length === 0 ? undefined : openIn(session, run);
  if (now?.conflicts.some(({ choice }) => choice === undefined) === true) {
    return tellConflict(session, run, now, json);
  }
  const told = (task: TaskId) => {
    session.terminal.out(
      json ? `${JSON.stringify({ run, kind: 'task', task })}\n` : `  merging ${task}\n`,
    );
  };
  const merged = await interruptible((signal) => results.merge(run, { signal, told, anew }));
  if (merged === undefined) {
    return EXIT.cancelled;
  }
  if (!merged.ok) {
    throw refusal(`The results of ${run} were not merged`, merged.error);
  }
  return tellPlace(session, run, merged.value, json);
}

/** @param why continues "…, because" */
function refusal(what: string, why: string): CommandFailure {
  return new CommandFailure(`${what}: ${why}${/[.!?]$/.test(why) ? '' : '.'}`, EXIT.failed);
}

function openIn({ sluice }: Session, run: RunId): OpenConflict | undefined {
  return sluice.results.openConflicts().find((open) => open.run === run);
}

function tellPlace(session: Session, run: RunId, place: MergePlace, json: boolean): ExitCode {
  const { terminal } = session;
  if (place.kind === 'conflict') {
    const { task } = place;
    const open = openIn(session, run);
    // What was chosen for an earlier merge may count here too.
    const conflicts = place.conflicts.map((conflict): OpenPath => {
      const known = open?.task === task ? open.conflicts : [];
      return { ...conflict, choice: known.find((one) => one.path === conflict.path)?.choice };
    });
    return tellConflict(session, run, { run, task, conflicts }, json);
  }
  if (json) {
    terminal.out(`${JSON.stringify({ run, ...place })}\n`);
  } else {
    terminal.out(
      placeLines(session, run, place)
        .map((line) => `${line}\n`)
        .join(''),
    );
  }
  return place.kind === 'done' ? EXIT.succeeded : EXIT.failed;
}

function tellConflict(
  { terminal }: Session,
  run: RunId,
  { task, conflicts }: OpenConflict,
  json: boolean,
): ExitCode {
  terminal.out(
    json
      ? `${JSON.stringify({ run, kind: 'conflict', task, conflicts })}\n`
      : conflictLines(run, task, conflicts)
          .map((line) => `${line}\n`)
          .join(''),
  );
  return EXIT.waiting;
}

function placeLines(
  { terminal }: Session,
  run: RunId,
  place: Exclude<MergePlace, { readonly kind: 'conflict' }>,
): readonly string[] {
  switch (place.kind) {
    case 'done':
      return [
        `${run} is merged on ${paint(terminal, 'bold', place.branch)} (${place.commit.slice(0, 10)}).`,
        `Bring it into your branch with: git merge ${shellWord(place.branch)}`,
      ];
    case 'broken': {
      const { task, command, code, tail } = place;
      const how = code === undefined ? 'cannot be run to its end' : `exits with code ${code}`;
      const lines = plainText(tail).trimEnd().split('\n');
      return [
        `With the result of ${task}, "${oneLine(command)}" ${how}.`,
        ...(tail.trim() === '' ? [] : lines.map((line) => `  ${line}`)),
        `No branch was made. Make it again with: sluice rerun ${run} ${task}   or leave it out: sluice rollback ${run} ${task}   then: sluice merge ${run}`,
      ];
    }
    case 'failed': {
      const { title, fix } = failureText(place.failure);
      return [`${run} was not merged: ${title}.`, ...(fix === undefined ? [] : [fix])];
    }
    case 'merging':
    case 'publishing':
      return [`${run} is still being merged. Go on with: sluice merge ${run}`];
  }
}

/** The three versions of each path that waits for a choice, as files to be looked at; nothing is written over. */
async function writeVersions(
  { sluice, terminal }: Session,
  run: RunId,
  open: OpenConflict | undefined,
  folder: string,
): Promise<ExitCode> {
  if (open === undefined) {
    throw new CommandFailure(`No conflict of ${run} waits for a choice.`);
  }
  const top = path.resolve(sluice.folder, folder);
  try {
    for (const conflict of open.conflicts) {
      for (const side of ['was', 'ours', 'theirs'] as const) {
        const version = conflict[side];
        if (version !== undefined) {
          const file = path.join(top, side, conflict.path);
          await fs.mkdir(path.dirname(file), { recursive: true });
          await fs.writeFile(file, await sluice.results.bytes(version), {
            flag: 'wx',
            mode: version.executable ? 0o755 : 0o644,
          });
          terminal.out(`${oneLine(file, Infinity)}\n`);
        }
      }
    }
  } catch (thrown) {
    throw new CommandFailure(
      `The versions cannot be written to ${top}: ${thrownMessage(thrown)}`,
      EXIT.failed,
    );
  }
  return EXIT.succeeded;
}
