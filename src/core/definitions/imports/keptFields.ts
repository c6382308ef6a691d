import type { JsonValue } from '../../domain/workflow.ts';
import type { SourceNode } from '../source/sourceNode.ts';

/** The fields of another tool's map but for some; `undefined`: there are no others. */
export function keptFields(
  node: SourceNode | undefined,
  ...taken: readonly string[]
): Readonly<Record<string, JsonValue>> | undefined {
  const fields = node?.kind === 'map' ? [...node.fields] : [];
  const others = fields.filter(([name]) => !taken.includes(name));
  return others.length === 0
    ? undefined
    : Object.fromEntries(others.map(([name, field]) => [name, keptValue(field.node)]));
}

/** As JSON; a number that JavaScript would change stays the text it is written as. */
function keptValue(node: SourceNode): JsonValue {
  switch (node.kind) {
    case 'list':
      return node.items.map(keptValue);
    case 'map':
      return Object.fromEntries(
        [...node.fields].map(([name, field]) => [name, keptValue(field.node)]),
      );
    case 'scalar': {
      const { value, text } = node;
      const isLost =
        typeof value === 'number' &&
        !(Number.isFinite(value) && Math.abs(value) <= Number.MAX_SAFE_INTEGER);
      return isLost ? text : value;
    }
  }
}
