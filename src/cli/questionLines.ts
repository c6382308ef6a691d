import { oneLine } from '../core/base/text.ts';
import { openQuestions } from '../core/projections/questions.ts';
import type { ReadableRun } from './session.ts';

/** What agents of the run ask, each with the commands that answer it. */
export function questionLines({ run, state }: ReadableRun): string[] {
  return openQuestions(state).flatMap(({ tasks, asks, text }) => {
    const [task] = tasks;
    const command = `sluice answer ${run} ${task}`;
    return [
      `${tasks.join(', ')} asks: ${oneLine(text, Infinity)}`,
      asks.kind === 'permission'
        ? `  Answer with: ${command} --allow   or: --allow-always, --deny [note]`
        : `  Answer with: ${command} --raise <limit>   or: --raise <limit> --model <name>, --stop`,
    ];
  });
}
