import { isDeepStrictEqual } from 'node:util';
import type { Surroundings } from './analysis.ts';
import type { WorkflowEntry } from '../entries.ts';
import { schemaFilesOf } from './productSchemas.ts';
import { judgeWorkflow, type ParsedWorkflow } from './workflowEntry.ts';

/** Whether what a workflow was judged by is there as it was. */
type StillHolds = (now: Surroundings) => boolean;

/**
 * Judges a workflow again only where the answer to something that was asked when it was judged is
 * another one now: about an agent or a workflow it names, about which there are, about a schema's file.
 */
export class JudgedBefore {
  readonly #judged = new WeakMap<
    ParsedWorkflow,
    { readonly entry: WorkflowEntry; readonly asked: readonly StillHolds[] }
  >();

  judge(read: ParsedWorkflow, surroundings: Surroundings): WorkflowEntry {
    const before = this.#judged.get(read);
    if (before?.asked.every((holds) => holds(surroundings)) === true) {
      return before.entry;
    }
    const { noted, asked } = noting(read, surroundings);
    const entry = judgeWorkflow(read, noted);
    this.#judged.set(read, { entry, asked: [...asked.values()] });
    return entry;
  }
}

/** The same surroundings, writing down each question and its answer. */
function noting(
  read: ParsedWorkflow,
  { agents, workflows, circle, schemas }: Surroundings,
): { readonly noted: Surroundings; readonly asked: ReadonlyMap<string, StillHolds> } {
  const asked = new Map<string, StillHolds>();
  const note = <T>(
    question: string,
    answer: T,
    holds: (now: Surroundings, then: T) => boolean,
  ): T => {
    asked.set(question, (now) => holds(now, answer));
    return answer;
  };
  note('circle', circle, (now, then) => isDeepStrictEqual(now.circle, then));
  for (const file of schemaFilesOf([read.draft])) {
    note(`schema ${file}`, schemas.inFile(file), (now, then) =>
      isDeepStrictEqual(now.schemas.inFile(file), then),
    );
  }
  const noted: Surroundings = {
    circle,
    schemas,
    agents: {
      get names() {
        return note('agents', agents.names, (now, then) => isSameList(now.agents.names, then));
      },
      named: (name) =>
        // Entries are put together anew each time, of the same parts.
        note(`agent ${name}`, agents.named(name), (now, then) =>
          isDeepStrictEqual(now.agents.named(name), then),
        ),
    },
    workflows: {
      get names() {
        return note('workflows', workflows.names, (now, then) =>
          isSameList(now.workflows.names, then),
        );
      },
      get files() {
        return note('files', workflows.files, (now, then) => isSameList(now.workflows.files, then));
      },
      named: (name) =>
        note(`workflow ${name}`, workflows.named(name), (now, then) =>
          isSameWorkflow(now.workflows.named(name), then),
        ),
      inFile: (file) =>
        note(`file ${file}`, workflows.inFile(file), (now, then) =>
          isSameWorkflow(now.workflows.inFile(file), then),
        ),
    },
  };
  return { noted, asked };
}

function isSameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a === b || (a.length === b.length && a.every((one, index) => one === b[index]));
}

/** Of the same parts: to compare all that is in two workflows may take longer than to judge one. */
function isSameWorkflow(a: WorkflowEntry | undefined, b: WorkflowEntry | undefined): boolean {
  if (a === b || a === undefined || b === undefined) {
    return a === b;
  }
  const parts = (entry: WorkflowEntry): readonly unknown[] => Object.entries(entry).flat();
  return isSameList(parts(a), parts(b));
}
