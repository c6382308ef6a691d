import { componentsOf, knownEdges } from './components.ts';
import type { GraphItem } from './graph.ts';

/** Does `id` need `ancestor`, directly or not? */
export interface ReachQuestion<Id extends string> {
  readonly id: Id;
  readonly ancestor: Id;
}

/** How many ancestors one walk over the graph asks about: the bits of an integer. */
const BATCH = 32;

/**
 * Answers in the order asked. Cycles are allowed (their items need each other), unknown ids need
 * nothing and are needed by nothing. One walk over the graph serves 32 different ancestors, so that
 * ten thousand questions about ten thousand items stay quick.
 */
export function reaches<Id extends string>(
  items: readonly GraphItem<Id>[],
  questions: readonly ReachQuestion<Id>[],
): boolean[] {
  if (questions.length === 0) {
    return [];
  }
  const edges = knownEdges(items);
  const { lists, of } = componentsOf(edges);
  const componentOf = (id: Id) => of.get(id) ?? -1;
  // Who reaches one item of a component reaches them all, so components are enough to look at.
  const needs = lists.map((list) => list.flatMap((id) => (edges.get(id) ?? []).map(componentOf)));

  const answers = questions.map(() => false);
  const targets = [...new Set(questions.map(({ ancestor }) => componentOf(ancestor)))];
  const targetIndex = new Map(targets.map((component, index) => [component, index]));
  const askedOf = targets.map((): number[] => []);
  questions.forEach(({ ancestor }, index) => {
    askedOf[targetIndex.get(componentOf(ancestor)) ?? -1]?.push(index);
  });

  for (let from = 0; from < targets.length; from += BATCH) {
    const own = new Int32Array(lists.length);
    const batch = targets.slice(from, from + BATCH);
    batch.forEach((component, bit) => {
      own[component] = 1 << bit;
    });
    // Components stand behind those they need, so one pass is enough.
    const reached = new Int32Array(lists.length);
    needs.forEach((itsNeeds, component) => {
      let bits = 0;
      for (const need of itsNeeds) {
        bits |= (reached[need] ?? 0) | (own[need] ?? 0);
      }
      reached[component] = bits;
    });
    batch.forEach((_component, bit) => {
      for (const index of askedOf[from + bit] ?? []) {
        const question = questions[index];
        const bits = question === undefined ? 0 : (reached[componentOf(question.id)] ?? 0);
        answers[index] = (bits & (1 << bit)) !== 0;
      }
    });
  }
  return answers;
}
