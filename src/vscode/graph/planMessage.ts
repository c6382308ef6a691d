import type { PlanEdit } from '../../core/projections/planPicture.ts';

// A change of a plan as a page sent it, read field by field: the page may be anything by the time it speaks.

/** Characters of one text; a description is the longest that people write. */
const LONGEST = 100_000;
/** Items of one list. */
const MOST = 10_000;

/** `undefined` for anything that is not wholly a change. */
export function parsePlanEdit(raw: unknown): PlanEdit | undefined {
  if (!isRecord(raw)) {
    return undefined;
  }
  const { kind, id } = raw;
  if (kind === 'rename') {
    const { from, to } = raw;
    return isText(from) && isText(to) ? { kind, from, to } : undefined;
  }
  if (!isText(id)) {
    return undefined;
  }
  switch (kind) {
    case 'retitle':
      return isText(raw['title']) ? { kind, id, title: raw['title'] } : undefined;
    case 'describe':
      return isText(raw['description']) ? { kind, id, description: raw['description'] } : undefined;
    case 'agent':
      return isText(raw['role']) ? { kind, id, role: raw['role'] } : undefined;
    case 'remove':
      return typeof raw['rewire'] === 'boolean' ? { kind, id, rewire: raw['rewire'] } : undefined;
    case 'dependencies': {
      const list = listOf(raw['list'], textOf);
      return list && { kind, id, list };
    }
    case 'owns':
    case 'never': {
      const globs = listOf(raw['globs'], textOf);
      return globs && { kind, id, globs };
    }
    case 'tests': {
      const tests = listOf(raw['tests'], testOf);
      return tests && { kind, id, tests };
    }
    case 'rules': {
      const rules = listOf(raw['rules'], ruleOf);
      return rules && { kind, id, rules };
    }
    case 'add':
      return addingOf(id, raw);
    default:
      return undefined;
  }
}

function addingOf(id: string, raw: Readonly<Record<string, unknown>>): PlanEdit | undefined {
  const { title, agent_role, after } = raw;
  const dependencies = listOf(raw['dependencies'], textOf);
  const isWhole =
    isText(title) &&
    isText(agent_role) &&
    dependencies !== undefined &&
    (after === undefined || isText(after));
  return isWhole
    ? {
        kind: 'add',
        id,
        title,
        agent_role,
        dependencies,
        ...(after === undefined ? {} : { after }),
      }
    : undefined;
}

function testOf(raw: unknown) {
  if (!isRecord(raw) || !isText(raw['cmd'])) {
    return undefined;
  }
  const { cmd, timeout_seconds: seconds } = raw;
  if (seconds === undefined) {
    return { cmd };
  }
  return typeof seconds === 'number' && Number.isFinite(seconds)
    ? { cmd, timeout_seconds: seconds }
    : undefined;
}

function ruleOf(raw: unknown) {
  if (!isRecord(raw)) {
    return undefined;
  }
  const { type, command } = raw;
  return (type === undefined || isText(type)) && (command === undefined || isText(command))
    ? { ...(type === undefined ? {} : { type }), ...(command === undefined ? {} : { command }) }
    : undefined;
}

function listOf<T>(raw: unknown, read: (item: unknown) => T | undefined): readonly T[] | undefined {
  if (!Array.isArray(raw) || raw.length > MOST) {
    return undefined;
  }
  const items = raw.map(read);
  return items.every((item) => item !== undefined) ? items : undefined;
}

function textOf(raw: unknown): string | undefined {
  return isText(raw) ? raw : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= LONGEST;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
