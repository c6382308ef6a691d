/** The tools Sluice has itself. */
export const OWN_TOOLS = ['read', 'list', 'search', 'edit', 'write', 'shell', 'fetch'] as const;
export type OwnTool = (typeof OWN_TOOLS)[number];

/** What an agent gets that names none. */
export const USUAL_TOOLS: readonly OwnTool[] = ['read', 'list', 'search', 'edit', 'write'];

/** `agents`: asks other agents. `nothing`: known, but there is nothing like it here, and an agent does without. */
export type NameMeaning = readonly OwnTool[] | 'agents' | 'mcp' | 'nothing';

/** Names that mean less in one spelling than with other capitals. */
const EXACT: Readonly<Record<string, NameMeaning>> = {
  // Of Claude Code, which has another tool that makes files; the set of VS Code does both.
  Edit: ['edit'],
};

const FIND: NameMeaning = ['search', 'list'];
const CHANGE: NameMeaning = ['edit', 'write'];

/** Names without sets, in lower case. */
const PLAIN: Readonly<Record<string, NameMeaning>> = {
  // Sets of VS Code and GitHub, and our own
  read: ['read'],
  list: ['list'],
  search: FIND,
  edit: CHANGE,
  write: ['write'],
  shell: ['shell'],
  fetch: ['fetch'],
  execute: ['shell'],
  web: ['fetch'],
  agent: 'agents',
  'custom-agent': 'agents',
  todo: 'nothing',
  vscode: 'nothing',
  browser: 'nothing',
  mcp: 'mcp',

  // Tools of VS Code
  readfile: ['read'],
  viewimage: 'nothing',
  problems: 'nothing',
  getnotebooksummary: ['read'],
  readnotebookcelloutput: ['read'],
  terminallastcommand: 'nothing',
  terminalselection: 'nothing',
  selection: 'nothing',
  gettaskoutput: 'nothing',
  codebase: FIND,
  textsearch: ['search'],
  filesearch: ['list'],
  listdirectory: ['list'],
  searchresults: FIND,
  searchsubagent: FIND,
  usages: ['search'],
  changes: 'nothing',
  findtestfiles: ['list'],
  editfiles: CHANGE,
  editnotebook: ['edit'],
  createfile: ['write'],
  createdirectory: ['write'],
  createjupyternotebook: ['write'],
  rename: CHANGE,
  new: ['write'],
  newworkspace: 'nothing',
  getprojectsetupinfo: 'nothing',
  runcommands: ['shell'],
  runinterminal: ['shell'],
  getterminaloutput: ['shell'],
  awaitterminal: ['shell'],
  killterminal: ['shell'],
  sendtoterminal: ['shell'],
  runtask: ['shell'],
  runtasks: ['shell'],
  createandruntask: ['shell'],
  runtests: ['shell'],
  testfailure: 'nothing',
  runnotebooks: ['shell'],
  runnotebookcell: ['shell'],
  runsubagent: 'agents',
  githubrepo: 'nothing',
  todos: 'nothing',
  managetodolist: 'nothing',
  askquestions: 'nothing',
  extensions: 'nothing',
  installextension: 'nothing',
  opensimplebrowser: 'nothing',
  openbrowserpage: 'nothing',
  runcommand: 'nothing',
  runvscodecommand: 'nothing',
  switchagent: 'nothing',
  vscodeapi: 'nothing',
  memory: 'nothing',

  // Claude Code
  glob: ['list'],
  grep: ['search'],
  ls: ['list'],
  bash: ['shell'],
  bashoutput: ['shell'],
  killbash: ['shell'],
  killshell: ['shell'],
  monitor: 'nothing',
  multiedit: ['edit'],
  notebookedit: ['edit'],
  notebookread: ['read'],
  webfetch: ['fetch'],
  websearch: 'nothing',
  task: 'agents',
  taskcreate: 'nothing',
  taskget: 'nothing',
  tasklist: 'nothing',
  taskoutput: 'nothing',
  taskstop: 'nothing',
  taskupdate: 'nothing',
  teamcreate: 'nothing',
  teamdelete: 'nothing',
  sendmessage: 'nothing',
  sendusermessage: 'nothing',
  todoread: 'nothing',
  todowrite: 'nothing',
  askuserquestion: 'nothing',
  enterplanmode: 'nothing',
  exitplanmode: 'nothing',
  enterworktree: 'nothing',
  exitworktree: 'nothing',
  croncreate: 'nothing',
  crondelete: 'nothing',
  cronlist: 'nothing',
  skill: 'nothing',
  slashcommand: 'nothing',
  toolsearch: 'nothing',
  lsp: 'nothing',
  workflow: 'nothing',
  listmcpresources: 'mcp',
  listmcpresourcestool: 'mcp',
  readmcpresource: 'mcp',
  readmcpresourcetool: 'mcp',

  // Other tools' agents
  powershell: ['shell'],
  command: ['shell'],
  view: ['read'],
  create: ['write'],
  create_file: ['write'],
  str_replace: ['edit'],
  str_replace_editor: CHANGE,
  str_replace_based_edit_tool: CHANGE,
  apply_patch: CHANGE,
  patch: ['edit'],
  replace: ['edit'],
  read_file: ['read'],
  read_many_files: ['read'],
  write_file: ['write'],
  write_to_file: ['write'],
  edit_file: CHANGE,
  list_dir: ['list'],
  list_directory: ['list'],
  list_files: ['list'],
  search_files: FIND,
  search_file_content: ['search'],
  grep_search: ['search'],
  codebase_search: FIND,
  run_shell_command: ['shell'],
  run_terminal_cmd: ['shell'],
  execute_command: ['shell'],
  web_fetch: ['fetch'],
  web_search: 'nothing',
  google_web_search: 'nothing',
  save_memory: 'nothing',
  write_todos: 'nothing',
};

/** Sets of VS Code: `set/tool` is its own tool, not one of an MCP server. */
const SETS: ReadonlySet<string> = new Set([
  'read',
  'edit',
  'search',
  'execute',
  'web',
  'agent',
  'todo',
  'vscode',
  'browser',
]);

/** `undefined`: nobody we know has a tool of that name. */
export function plainMeaning(name: string): NameMeaning | undefined {
  return own(EXACT, name) ?? own(PLAIN, name.toLowerCase());
}

/** `'no set'`: of a name whose first part is no set of VS Code. */
export function meaningInSet(set: string, tool: string): NameMeaning | undefined | 'no set' {
  const folded = set.toLowerCase();
  if (!SETS.has(folded)) {
    return 'no set';
  }
  const whole = own(PLAIN, folded);
  // A set without a counterpart has none for any of its tools.
  return tool === '*' || whole === 'nothing' ? whole : own(PLAIN, tool.toLowerCase());
}

function own(table: Readonly<Record<string, NameMeaning>>, name: string): NameMeaning | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
