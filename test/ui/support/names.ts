// What Sluice is called in the window, in one place for the UI tests and `npm start -- --headless`.

export const container = 'Sluice';

export const views = {
  runs: 'Runs',
  gates: 'Gates',
  agents: 'Agents',
  workflows: 'Workflows',
} as const;

export const commands = {
  runWorkflow: 'Sluice: Run Workflow…',
  showGraph: 'Sluice: Show Graph',
  approve: 'Sluice: Approve',
  nextGate: 'Sluice: Go to Next Gate',
  setApiKey: 'Sluice: Set API Key…',
  chooseDefaultModel: 'Sluice: Choose Default Model…',
  showCache: 'Sluice: Cache',
  clearCache: 'Sluice: Clear Cache…',
  showDashboard: 'Sluice: Dashboard',
} as const;

/** On a row of a gate, its page, and over its diff. */
export const gateActions = {
  approve: 'Approve',
  requestChanges: 'Request Changes…',
  reject: 'Reject',
  identical: 'Approve All Identical…',
  next: 'Go to Next Gate',
} as const;

/** On a row of a run. */
export const runActions = {
  showGraph: 'Show Graph',
  pause: 'Pause Run',
  interrupt: 'Pause Run and Interrupt',
  resume: 'Resume Run',
  cancel: 'Cancel Run',
} as const;

/** On a row or a card of a task. */
export const taskActions = {
  stop: 'Stop Task',
  hold: 'Hold Task',
  release: 'Release Task',
  rerun: 'Rerun Task',
  rerunWithoutCache: 'Re-run Without Cache',
  rerunWithPrompt: 'Rerun Task with Another Prompt…',
  skip: 'Skip Task',
  accept: 'Accept Task',
  answer: 'Answer…',
  changeModel: 'Change Model…',
  changePermissions: 'Change Permission Mode…',
  runCommand: 'Run Command in Workspace Copy…',
} as const;

/** On a row of a run, a task, a gate or a conflict: what becomes of results. */
export const resultActions = {
  changes: 'Show Changes',
  forecast: 'Show Conflict Forecast',
  merge: 'Merge Approved',
  rollBack: 'Roll Back Task…',
  drop: 'Drop Run…',
  takeOurs: 'Take Ours',
  takeTheirs: 'Take Theirs',
  versions: 'Show Three Versions',
  edit: 'Edit a Version of My Own',
} as const;

/** A selector: the strip above the graph. */
export const graphStrip = 'header.strip';

/** A selector: the cards of the graph page, which no other page has. */
export const graphCards = 'main.pane ul.cards > li';

/** Buttons of VS Code's question whether to trust a folder, by their first words. */
export const trust = { yes: 'Yes, I trust', no: "No, I don't trust" } as const;
