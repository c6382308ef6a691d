import {
  indexWorkflows,
  type AgentIndex,
  type InvalidWorkflowEntry,
  type WorkflowEntry,
  type WorkflowIndex,
} from './entries.ts';
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
): WorkflowEntry[] {
  const order = nestingOrder(workflows);
  const firsts = new Map<string, Read>();
  for (const workflow of workflows) {
    if (!firsts.has(workflow.name)) {
      firsts.set(workflow.name, workflow);
    }
  }
  const judged = new Map<string, WorkflowEntry>();
  const index: WorkflowIndex = {
    names: [...firsts.keys()],
    named: (name) => judged.get(name),
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
      ? judgeWorkflow(read, { agents, workflows: index, circle, schemas })
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
  const isKnown = known.some(({ file }) => file === read.file);
  const all = isKnown
    ? known.map((entry) => (entry.file === read.file ? read : entry))
    : [...known, read];
  const first = all.find(({ name }) => name === read.name);
  return judgeWorkflow(read, {
    agents,
    workflows: indexWorkflows(known.filter(({ file }) => file !== read.file)),
    circle: first === read ? nestingOrder(all).circles.get(read.name) : undefined,
    schemas,
  });
}

/** What others are told of a workflow that contains itself, before it is judged. */
function withoutWorkflow({ file, name, source, diagnostics }: Read): InvalidWorkflowEntry {
  return { kind: 'invalid', file, name, source, diagnostics };
}
