import {
  indexWorkflows,
  type AgentIndex,
  type InvalidWorkflowEntry,
  type WorkflowEntry,
  type WorkflowIndex,
} from '../entries.ts';
import type { Surroundings } from './analysis.ts';
import { nestingOrder } from './nestedChecks.ts';
import type { ProductSchemas } from './productSchemas.ts';
import { judgeWorkflow, type ParsedWorkflow } from './workflowEntry.ts';

// A workflow is judged after those it contains, since it is no better than they are.

type Read = ParsedWorkflow | InvalidWorkflowEntry;

/** All workflows of a folder, in the order given. Of several with one name the first is contained by others. */
export function judgeWorkflows(
  workflows: readonly Read[],
  agents: AgentIndex,
  schemas: ProductSchemas,
  judgeOne: typeof judgeWorkflow = judgeWorkflow,
): WorkflowEntry[] {
  const order = nestingOrder(workflows);
  const firsts = new Map<string, Read>();
  for (const workflow of workflows) {
    if (!firsts.has(workflow.name)) {
      firsts.set(workflow.name, workflow);
    }
  }
  const byFile = new Map(
    workflows.filter(({ format }) => format !== 'claude-json').map((read) => [read.file, read]),
  );
  const judged = new Map<string, WorkflowEntry>();
  const index: WorkflowIndex = {
    names: [...firsts.keys()],
    named: (name) => judged.get(name),
    files: [...byFile.keys()],
    inFile: (file) => {
      const read = byFile.get(file);
      return (
        read && (firsts.get(read.name) === read ? judged.get(read.name) : withoutWorkflow(read))
      );
    },
  };
  for (const name of order.tangled) {
    const read = firsts.get(name);
    if (read !== undefined) {
      judged.set(name, withoutWorkflow(read));
    }
  }
  const judge = (read: Read): WorkflowEntry => {
    const circle = firsts.get(read.name) === read ? order.circles.get(read.name) : undefined;
    return read.kind === 'parsed'
      ? judgeOne(read, { agents, workflows: index, circle, schemas })
      : read;
  };
  for (const name of order.names) {
    const read = firsts.get(name);
    if (read !== undefined) {
      judged.set(name, judge(read));
    }
  }
  return workflows.map((read) =>
    firsts.get(read.name) === read ? (judged.get(read.name) ?? judge(read)) : judge(read),
  );
}

/** One workflow, of the folder or not, beside those that are known already. */
export function judgeAmong(
  read: ParsedWorkflow,
  known: readonly WorkflowEntry[],
  agents: AgentIndex,
  schemas: ProductSchemas,
): WorkflowEntry {
  return judgeWorkflow(read, surroundingsAmong(read, known, agents, schemas));
}

/** What a workflow is judged by beside those that are known already; it stands for all that are known of its file. */
export function surroundingsAmong(
  read: ParsedWorkflow,
  known: readonly WorkflowEntry[],
  agents: AgentIndex,
  schemas: ProductSchemas,
): Surroundings {
  const place = known.findIndex(({ file }) => file === read.file);
  const others = known.filter(({ file }) => file !== read.file);
  const before = place === -1 ? others.length : place;
  const all = [...others.slice(0, before), read, ...others.slice(before)];
  const first = all.find(({ name }) => name === read.name);
  return {
    agents,
    workflows: indexWorkflows(others),
    circle: first === read ? nestingOrder(all).circles.get(read.name) : undefined,
    schemas,
  };
}

/** What others are told of a workflow that contains itself, before it is judged. */
function withoutWorkflow({ file, name, format, source, diagnostics }: Read): InvalidWorkflowEntry {
  return { kind: 'invalid', file, name, format, source, diagnostics };
}
