/** What screen readers are told of the keys, once. */
export const KEYS_HELP =
  'Arrow keys go along the edges, Page Up and Page Down in the order written, Enter opens, Space shows the task in ' +
  'the side panel and opens what is folded, the menu key shows what can be asked of a step, A approves, R rejects and ' +
  'C requests changes of a gate that waits, A answers an agent that asks, slash searches, L shows a list, B a plan as a table, plus and ' +
  'minus zoom, F fits the whole graph.';

/** Stays when no picture comes: the workflow's file may have a problem, or the run be gone. */
export const NOTHING_YET = 'The graph appears here as soon as Sluice can read the workflow.';

export const NO_STEPS = 'This workflow has no steps yet. Add one to its file.';
