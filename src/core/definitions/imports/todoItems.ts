import type { JsonValue } from '../../domain/workflow.ts';
import type { SourcePath } from '../source/sourceDocument.ts';
import type { ListNode, SourceNode } from '../source/sourceNode.ts';
import type { ListItem, TreeChange } from '../source/treeChanges.ts';

// Tests and rules are lists of small maps without ids: which of the new ones is which of the old is told by what they say.

/** Values by field. */
interface Item {
  readonly [field: string]: JsonValue;
}

/**
 * Changes after which a list has these items. One that was there keeps the fields nobody asks about, and all it is
 * written as.
 * @param fields those that are asked about, the one that tells items apart first
 */
export function mergedItems(
  list: ListNode,
  path: SourcePath,
  wanted: readonly Item[],
  fields: readonly [string, string],
): readonly TreeChange[] {
  const from = matched(list, wanted, fields);
  const changes = wanted.flatMap((item, place) => {
    const index = from[place];
    return index === undefined ? [] : fieldChanges(list, index, path, item, fields);
  });
  const items = wanted.map((value, place): ListItem => {
    const index = from[place];
    return index === undefined ? { value } : { from: index };
  });
  const isSame =
    items.length === list.items.length &&
    items.every((item, index) => 'from' in item && item.from === index);
  return isSame ? changes : [...changes, { kind: 'list', path, items }];
}

/** For each that is wanted the one it was: it says the same, or has the same first field, or stands in its place. */
function matched(
  { items: old }: ListNode,
  wanted: readonly Item[],
  fields: readonly [string, string],
): readonly (number | undefined)[] {
  const found: (number | undefined)[] = wanted.map(() => undefined);
  const take = (isIt: (item: Item, index: number, place: number) => boolean): void => {
    wanted.forEach((item, place) => {
      const index = old.findIndex(
        (node, at) =>
          found[place] === undefined &&
          node.kind === 'map' &&
          !node.alias &&
          // Those that stay are in the order they were in.
          found.every(
            (one, other) => one === undefined || (one !== at && one < at === other < place),
          ) &&
          isIt(item, at, place),
      );
      found[place] ??= index === -1 ? undefined : index;
    });
  };
  const isAs = (name: string) => (item: Item, index: number) =>
    valueIn(old[index], name) === item[name];
  take((item, index) => fields.every((name) => isAs(name)(item, index)));
  take(isAs(fields[0]));
  take((_item, index, place) => old.length === wanted.length && index === place);
  return found;
}

function fieldChanges(
  list: ListNode,
  index: number,
  path: SourcePath,
  item: Item,
  fields: readonly [string, string],
): readonly TreeChange[] {
  const map = list.items[index];
  const at = [...path, index];
  return fields.flatMap((name): TreeChange[] => {
    const value = item[name];
    if (map?.kind !== 'map' || valueIn(map, name) === value) {
      return [];
    }
    return value !== undefined && map.fields.has(name)
      ? [{ kind: 'value', path: [...at, name], value }]
      : [{ kind: 'field', map: at, name, value, order: fields }];
  });
}

/** `undefined` where nothing is said, be it by a `null`. */
function valueIn(node: SourceNode | undefined, name: string): JsonValue | undefined {
  const value = node?.kind === 'map' ? node.fields.get(name)?.node : undefined;
  return value?.kind === 'scalar' && value.value !== null ? value.value : undefined;
}
