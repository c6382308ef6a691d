import type { JsonValue } from '../domain/workflow.ts';
import {
  writeYaml,
  YamlFields,
  YamlItems,
  type YamlValue,
} from '../definitions/source/yamlWriter.ts';
import { textOf, type DraftAnswer } from './answer.ts';

/** Where a plan comes from; stands in its file. */
export interface PlanOrigin {
  readonly request: string;
  /** The run that drafted it. */
  readonly run: string;
  /** When the planner answered, milliseconds since 1970. */
  readonly answeredAt: number;
  readonly agent: string;
  /** `provider/model`; `undefined`: the planner is no model, or nobody knows which. */
  readonly model: string | undefined;
}

/** Where plans are kept, relative to the folder. */
export const PLAN_FOLDER = '.sluice/todos';

/** What the file says itself, whatever the planner says of it. */
const OURS: ReadonlySet<string> = new Set([
  ...['name', 'title', 'description', 'request', 'date', 'run', 'agent', 'model', 'approval'],
]);

/** As people read a todo: what it is, who does it, what it may touch, how it is proved. */
const TODO_ORDER = [
  ...['id', 'title', 'agent_role', 'dependencies', 'description', 'owns', 'never', 'produces'],
  ...['acceptance_criteria', 'validation_rules'],
];

export function planFile(name: string): string {
  return `${PLAN_FOLDER}/${name}.yaml`;
}

/** The plan as a todo list in YAML that people go on to edit. It always asks a person before it is run. */
export function planText(name: string, { head, todos }: DraftAnswer, origin: PlanOrigin): string {
  const title = textOf(head['title']);
  const description = textOf(head['description']);
  const others = Object.entries(head).filter(([field]) => !OURS.has(field));
  return writeYaml(
    new YamlFields([
      ['name', name],
      ['title', unlessEmpty(title)],
      ['description', unlessEmpty(description)],
      ['request', origin.request],
      ['date', dateText(origin.answeredAt)],
      ['run', origin.run],
      ['agent', origin.agent],
      ['model', origin.model],
      ['approval', true],
      ...others,
      ['todos', new YamlItems(todos.map(todoFields))],
    ]),
    `A plan, drafted by an agent. Edit it as you like; it asks you before it begins.\nLook at it: sluice run ${name} --dry-run   Run it: sluice run ${name}`,
  );
}

/** Whether a file's text is the plan of this answer, however it was edited since. */
export function isPlanOf(text: string, { run, answeredAt }: PlanOrigin): boolean {
  const has = (field: string, value: string) =>
    new RegExp(`^${field}: *['"]?${value.replaceAll('.', '\\.')}['"]? *$`, 'm').test(text);
  return has('run', run) && has('date', dateText(answeredAt));
}

function todoFields(todo: Readonly<Record<string, JsonValue>>): YamlFields {
  const order = [...TODO_ORDER, ...Object.keys(todo).filter((name) => !TODO_ORDER.includes(name))];
  return new YamlFields(
    order.flatMap((name): (readonly [string, YamlValue])[] => {
      const value = todo[name];
      const isNone = Array.isArray(value) && value.length === 0;
      // No dependencies are none; to own nothing is to be allowed nothing.
      return value === undefined || (isNone && name !== 'owns') ? [] : [[name, value]];
    }),
  );
}

function dateText(at: number): string {
  return new Date(at).toISOString();
}

function unlessEmpty(text: string): string | undefined {
  return text.trim() === '' ? undefined : text;
}
