// What is checked is what a run cannot do without: a blob that belongs to no plan, or to a later version's,
// is refused here and not halfway through a run.

export type Fields = Readonly<Record<string, unknown>>;

/** @param isOld of a version without tasks @throws with a sentence */
export function checkPlan(plan: Fields, isOld: boolean): void {
  texts(plan['inputs'], 'inputs');
  number(plan['maxParallel'], 'maxParallel');
  oneOf(record(plan['base'], 'base')['kind'], ['git', 'plain'], 'base.kind');

  const workflow = record(plan['workflow'], 'workflow');
  text(workflow['name'], 'workflow.name');
  for (const [name, input] of Object.entries(record(workflow['inputs'], 'workflow.inputs'))) {
    record(input, `workflow.inputs.${name}`);
  }
  const steps = records(workflow['steps'], 'workflow.steps');
  const ids = distinctIds(steps, 'workflow.steps');
  for (const [at, step] of steps) {
    checkStep(step, at, isOld);
    allIn(ids, step['needs'], `${at}.needs`);
  }
  if (!isOld) {
    oneOf(workflow['onFailure'], ['continue', 'stop'], 'workflow.onFailure');
    records(workflow['phases'], 'workflow.phases');
    checkLater(plan, workflow);
  }
  for (const [name, value] of Object.entries(record(plan['agents'], 'agents'))) {
    checkAgent(record(value, `agents.${name}`), `agents.${name}`, isOld);
  }
  if (!isOld) {
    checkTasks(plan);
  }
}

/** What plans of today say and those of earlier versions may leave out. */
function checkLater(plan: Fields, workflow: Fields): void {
  checkWorkflow(workflow, 'workflow');
  for (const [name, inner] of Object.entries(ifThere(plan['nested'], record, 'nested') ?? {})) {
    checkWorkflow(record(inner, `nested.${name}`), `nested.${name}`);
  }
  ifThere(plan['baseTree'], (value, at) => oneOf(value, BASE_TREES, at), 'baseTree');
  ifThere(plan['correlation'], text, 'correlation');
  const landing = ifThere(plan['landing'], record, 'landing');
  if (landing !== undefined) {
    text(landing['prefix'], 'landing.prefix');
    const author = record(landing['author'], 'landing.author');
    text(author['name'], 'landing.author.name');
    text(author['email'], 'landing.author.email');
  }
  const checkout = ifThere(plan['checkout'], record, 'checkout');
  if (checkout !== undefined) {
    oneOf(checkout['onChange'], ['stop', 'tell'], 'checkout.onChange');
    const state = record(checkout['state'], 'checkout.state');
    text(state['index'], 'checkout.state.index');
    for (const [file, digest] of Object.entries(record(state['files'], 'checkout.state.files'))) {
      if (digest !== null) {
        text(digest, `checkout.state.files.${file}`);
      }
    }
  }
}

const BASE_TREES = ['head', 'worktree'] as const;

function checkWorkflow({ base, validate }: Fields, at: string): void {
  ifThere(base, (value, where) => oneOf(value, BASE_TREES, where), `${at}.base`);
  for (const [where, check] of ifThere(validate, records, `${at}.validate`) ?? []) {
    list(check['command'], `${where}.command`).forEach((word) => text(word, `${where}.command`));
    number(check['timeoutMs'], `${where}.timeoutMs`);
  }
}

/** `undefined`: an earlier version left it out. */
function ifThere<T>(
  value: unknown,
  read: (value: unknown, at: string) => T,
  at: string,
): T | undefined {
  return value === undefined ? undefined : read(value, at);
}

function checkStep(step: Fields, at: string, isOld: boolean): void {
  text(step['id'], `${at}.id`);
  list(step['needs'], `${at}.needs`);
  switch (oneOf(step['kind'], ['agent', 'gate', 'workflow'], `${at}.kind`)) {
    case 'agent':
      text(step['agent'], `${at}.agent`);
      text(step['prompt'], `${at}.prompt`);
      texts(step['env'], `${at}.env`);
      if (isOld) {
        list(step['produces'], `${at}.produces`);
      } else {
        records(step['produces'], `${at}.produces`);
        records(step['checks'], `${at}.checks`);
        record(step['limits'], `${at}.limits`);
        checkTerms(step['terms'], `${at}.terms`);
      }
      break;
    case 'gate':
      text(step['ask'], `${at}.ask`);
      list(step['show'], `${at}.show`);
      list(step['choices'] ?? [], `${at}.choices`);
      break;
    default:
  }
}

function checkAgent(agent: Fields, at: string, isOld: boolean): void {
  text(agent['name'], `${at}.name`);
  if (!isOld) {
    checkTerms(agent['terms'], `${at}.terms`);
  }
  const runner = record(agent['runner'], `${at}.runner`);
  if (
    oneOf(runner['kind'], ['command', 'model', 'acp', 'claude-code'], `${at}.runner.kind`) ===
    'command'
  ) {
    list(runner['command'], `${at}.runner.command`);
    list(runner['successCodes'], `${at}.runner.successCodes`);
    texts(runner['env'], `${at}.runner.env`);
    const limits = isOld ? runner : record(runner['limits'], `${at}.runner.limits`);
    number(limits['timeoutMs'], `${at}.runner.limits.timeoutMs`);
  }
}

function checkTerms(value: unknown, at: string): void {
  const { owns, never, sandbox } = record(value, at);
  for (const [name, globs] of Object.entries({ owns: owns ?? [], never })) {
    list(globs, `${at}.${name}`).forEach((glob) => text(glob, `${at}.${name}`));
  }
  const rule = ifThere(sandbox, record, `${at}.sandbox`);
  if (rule !== undefined) {
    if (typeof rule['use'] !== 'boolean') {
      throw unfit(`${at}.sandbox.use`, 'should be true or false');
    }
    for (const name of ['cpus', 'memoryBytes', 'diskBytes', 'timeoutMs']) {
      number(rule[name], `${at}.sandbox.${name}`);
    }
    ifThere(rule['image'], text, `${at}.sandbox.image`);
  }
}

function checkTasks(plan: Fields): void {
  const scopes = records(plan['scopes'], 'scopes');
  for (const [at, scope] of scopes) {
    texts(scope['inputs'], `${at}.inputs`);
  }
  const tasks = records(plan['tasks'], 'tasks');
  const ids = distinctIds(tasks, 'tasks');
  for (const [at, task] of tasks) {
    checkStep(record(task['step'], `${at}.step`), `${at}.step`, false);
    allIn(ids, task['needs'], `${at}.needs`);
    allIn(ids, task['barrier'], `${at}.barrier`);
    allIn(ids, task['builtOn'], `${at}.builtOn`);
    ifThere(task['owns'], list, `${at}.owns`)?.forEach((glob) => text(glob, `${at}.owns`));
    checkNames(task['names'], `${at}.names`, scopes.length);
    for (const [where, condition] of records(task['conditions'], `${at}.conditions`)) {
      text(condition['text'], `${where}.text`);
      checkNames(condition['names'], `${where}.names`, scopes.length);
    }
    oneOf(task['after'], ['done', 'ended'], `${at}.after`);
    list(task['groups'], `${at}.groups`);
    number(task['estimateMs'], `${at}.estimateMs`);
  }
}

function checkNames(value: unknown, at: string, scopes: number): void {
  const names = record(value, at);
  const scope = number(names['scope'], `${at}.scope`);
  if (!Number.isInteger(scope) || scope < 0 || scope >= scopes) {
    throw unfit(`${at}.scope`, 'is no scope of the plan');
  }
  texts(names['matrix'], `${at}.matrix`);
  for (const [step, tasks] of Object.entries(record(names['steps'], `${at}.steps`))) {
    list(tasks, `${at}.steps.${step}`);
  }
}

function distinctIds(items: readonly [string, Fields][], at: string): ReadonlySet<unknown> {
  const ids = new Set(items.map(([where, item]) => text(item['id'], `${where}.id`)));
  if (ids.size < items.length) {
    throw unfit(at, 'have an id twice');
  }
  return ids;
}

function allIn(ids: ReadonlySet<unknown>, value: unknown, at: string): void {
  if (!list(value, at).every((id) => ids.has(id))) {
    throw unfit(at, 'name what is not there');
  }
}

/** @throws with a sentence */
export function record(value: unknown, at: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw unfit(at, 'should be an object');
  }
  return value as Fields;
}

function list(value: unknown, at: string): readonly unknown[] {
  if (!Array.isArray(value)) {
    throw unfit(at, 'should be a list');
  }
  return value as readonly unknown[];
}

/** Each with where it stands. */
function records(value: unknown, at: string): [string, Fields][] {
  return list(value, at).map((one, index) => {
    const where = `${at}[${index}]`;
    return [where, record(one, where)];
  });
}

function texts(value: unknown, at: string): void {
  for (const [name, one] of Object.entries(record(value, at))) {
    text(one, `${at}.${name}`);
  }
}

function text(value: unknown, at: string): string {
  if (typeof value !== 'string') {
    throw unfit(at, 'should be a text');
  }
  return value;
}

function number(value: unknown, at: string): number {
  if (typeof value !== 'number') {
    throw unfit(at, 'should be a number');
  }
  return value;
}

function oneOf<T extends string>(value: unknown, known: readonly T[], at: string): T {
  const found = known.find((one) => one === value);
  if (found === undefined) {
    throw unfit(at, `should be ${known.join(' or ')}`);
  }
  return found;
}

function unfit(at: string, what: string): Error {
  return new Error(`The plan of the run cannot be read: ${at} ${what}.`);
}
