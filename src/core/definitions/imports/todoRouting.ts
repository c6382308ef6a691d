import { FAULT_KINDS, type FaultKind } from '../../domain/debugging.ts';
import type { Route } from '../debugRule.ts';
import type { DocumentReader } from '../source/shape.ts';
import type { SourcePath } from '../source/sourceDocument.ts';
import type { SourceNode } from '../source/sourceNode.ts';
import * as problems from './importProblems.ts';
import { KIND_WORDS, ROUTE_WORDS } from './todoSchema.ts';

/**
 * Who mends what, by the kinds or as a list of routes. Agents are roles as they are written.
 * @param path of the field, as the schema has found it
 */
export function readRouting(reader: DocumentReader, path: SourcePath): readonly Route[] {
  const node = reader.document.nodeAt(path);
  if (node?.kind === 'map') {
    return FAULT_KINDS.filter((kind) => isGiven(node, kind)).map((kind) =>
      routeTo(reader, kind, [...path, kind]),
    );
  }
  const routes = new Map<FaultKind, Route>();
  const items = node?.kind === 'list' ? node.items : [];
  items.forEach((item, index) => {
    const kindWord = KIND_WORDS.find((word) => isGiven(item, word));
    const agentWord = ROUTE_WORDS.find((word) => isGiven(item, word));
    if (kindWord === undefined || agentWord === undefined) {
      return;
    }
    const written = reader.textAt([...path, index, kindWord]);
    const kind = FAULT_KINDS.find((one) => one === written);
    if (kind === undefined || routes.has(kind)) {
      reader.report([...path, index, kindWord], problems.routedTwice(written));
    } else {
      routes.set(kind, routeTo(reader, kind, [...path, index, agentWord]));
    }
  });
  return [...routes.values()];
}

function routeTo(reader: DocumentReader, kind: FaultKind, path: SourcePath): Route {
  return { kind, agent: { text: reader.textAt(path), path } };
}

function isGiven(node: SourceNode, field: string): boolean {
  const value = node.kind === 'map' ? node.fields.get(field)?.node : undefined;
  return value !== undefined && !(value.kind === 'scalar' && value.value === null);
}
