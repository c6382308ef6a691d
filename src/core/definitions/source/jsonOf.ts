import { err, ok, type Result } from '../../base/result.ts';
import type { JsonValue } from '../../domain/workflow.ts';
import type { SourcePath } from './sourceDocument.ts';
import type { SourceNode } from './sourceNode.ts';

/** Lists and fields may stand in each other this deep. */
export const MAX_JSON_DEPTH = 64;

/** What JSON cannot hold, and where it stands. */
export interface JsonFault {
  readonly path: SourcePath;
  /** `number`: one without digits, such as `.inf`. */
  readonly fault: 'number' | 'depth';
}

/** A part of a file as JSON has it. */
export function jsonOf(node: SourceNode, at: SourcePath, depth = 1): Result<JsonValue, JsonFault> {
  if (node.kind === 'scalar') {
    return typeof node.value === 'number' && !Number.isFinite(node.value)
      ? err({ path: at, fault: 'number' })
      : ok(node.value);
  }
  if (depth > MAX_JSON_DEPTH) {
    return err({ path: at, fault: 'depth' });
  }
  const list: JsonValue[] = [];
  const fields: Record<string, JsonValue> = {};
  const children: readonly (readonly [string | number, SourceNode])[] =
    node.kind === 'list'
      ? [...node.items.entries()]
      : [...node.fields].map(([key, field]) => [key, field.node] as const);
  for (const [key, child] of children) {
    const value = jsonOf(child, [...at, key], depth + 1);
    if (!value.ok) {
      return value;
    }
    if (node.kind === 'list') {
      list.push(value.value);
    } else {
      fields[key] = value.value;
    }
  }
  return ok(node.kind === 'list' ? list : fields);
}
