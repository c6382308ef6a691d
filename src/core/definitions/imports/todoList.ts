import { err, ok, type Result } from '../../base/result.ts';
import type { SourceDocument, SourcePath } from '../source/sourceDocument.ts';
import type { MapNode, SourceNode } from '../source/sourceNode.ts';
import { TODO_LISTS } from './todoSchema.ts';

/** One todo as it is written. */
export interface Todo {
  readonly id: string;
  readonly path: SourcePath;
  readonly node: MapNode;
  readonly dependencies: readonly string[];
  readonly parent: string | undefined;
}

/** The todos of a document as they stand, also where something is wrong with them. */
export class TodoList {
  readonly path: SourcePath;
  readonly todos: readonly Todo[];
  readonly size: number;

  static of({ root }: SourceDocument): TodoList | undefined {
    const name = TODO_LISTS.find((field) => root.kind === 'map' && root.fields.has(field));
    const list = root.kind === 'map' && name !== undefined ? root.fields.get(name)?.node : root;
    return list?.kind === 'list'
      ? new TodoList(name === undefined ? [] : [name], list.items)
      : undefined;
  }

  private constructor(path: SourcePath, items: readonly SourceNode[]) {
    this.path = path;
    this.size = items.length;
    this.todos = items.flatMap((node, index) => {
      const id = node.kind === 'map' ? textIn(node, 'id') : undefined;
      return node.kind !== 'map' || id === undefined
        ? []
        : {
            id,
            path: [...path, index],
            node,
            dependencies: textsIn(node, 'dependencies'),
            parent: textIn(node, 'parent_id'),
          };
    });
  }

  named(id: string): Result<Todo, string> {
    const [todo, another] = this.todos.filter((one) => one.id === id);
    return todo === undefined
      ? err(`There is no todo ${id}.`)
      : another === undefined
        ? ok(todo)
        : err(`Two todos are called ${id}: give one of them another id in the file.`);
  }

  has(id: string): boolean {
    return this.todos.some((one) => one.id === id);
  }

  /** The way from a todo back to itself, were these its dependencies; `undefined`: there is none. */
  cycleFrom(id: string, dependencies: readonly string[]): readonly string[] | undefined {
    const needs = new Map(
      this.todos.map((todo) => [
        todo.id,
        [...(todo.parent === undefined ? [] : [todo.parent]), ...todo.dependencies],
      ]),
    );
    const cameFrom = new Map<string, string>();
    const queue = [...dependencies];
    for (const need of queue) {
      for (const next of need === id ? [] : (needs.get(need) ?? [])) {
        if (!cameFrom.has(next) && !dependencies.includes(next)) {
          cameFrom.set(next, need);
          queue.push(next);
        }
      }
    }
    if (!queue.includes(id)) {
      return undefined;
    }
    const way: string[] = [];
    for (let at = cameFrom.get(id); at !== undefined; at = cameFrom.get(at)) {
      way.unshift(at);
    }
    return way;
  }
}

/** `undefined`: nothing is written, or no text. */
export function textIn(node: MapNode, field: string): string | undefined {
  const value = node.fields.get(field)?.node;
  return value?.kind === 'scalar' && value.value !== null ? value.text : undefined;
}

/** One text is a list of one. */
export function textsIn(node: MapNode, field: string): readonly string[] {
  const list = node.fields.get(field)?.node;
  const one = textIn(node, field);
  return list?.kind === 'list'
    ? list.items.flatMap((item) => (item.kind === 'scalar' && item.value !== null ? item.text : []))
    : one === undefined
      ? []
      : [one];
}
