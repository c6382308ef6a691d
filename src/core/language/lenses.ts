import { FILE_START, type Range } from '../domain/diagnostic.ts';
import type { Reading } from './reading.ts';

/** What can be done with a definition, shown above it. */
export interface Lens {
  readonly range: Range;
  readonly title: string;
  readonly does: 'run-workflow' | 'show-graph' | 'pre-flight' | 'run-agent';
  /** Of the workflow or agent. */
  readonly name: string;
}

/** @param name under which the file's definition is known; `undefined`: it is not, so nothing can be done with it */
export function lensesOf(reading: Reading, name: string | undefined): Lens[] {
  const { document, kind } = reading;
  if (name === undefined) {
    return [];
  }
  const range = document?.nodeAt(['name']) === undefined ? FILE_START : document.rangeOf(['name']);
  switch (kind.kind) {
    case 'workflow':
      return [
        { range, title: '▶ Run', does: 'run-workflow', name },
        { range, title: '◇ Show graph', does: 'show-graph', name },
        { range, title: '✓ Pre-flight', does: 'pre-flight', name },
      ];
    case 'agent':
      return [{ range, title: '▶ Run', does: 'run-agent', name }];
    case 'additions':
      return [];
  }
}
