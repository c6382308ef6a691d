import fc from 'fast-check';
import type { GraphItem } from '../../../src/core/graph/graph.ts';

/** `a: b c` means that a needs b and c. */
export function graphItems(...lines: string[]): GraphItem<string>[] {
  return lines.map((line) => {
    const [id = '', needs = ''] = line.split(':');
    return { id: id.trim(), needs: needs.split(' ').filter((need) => need !== '') };
  });
}

/** Items whose needs point anywhere, cycles included. */
export const anyGraph = fc
  .integer({ min: 0, max: 12 })
  .chain((size) =>
    fc.array(fc.array(fc.nat({ max: Math.max(0, size - 1) }), { maxLength: 4 }), {
      minLength: size,
      maxLength: size,
    }),
  )
  .map((needs) =>
    needs.map((list, index) => ({ id: `n${index}`, needs: list.map((need) => `n${need}`) })),
  );

/** Items without cycles, written in any order. */
export const acyclicGraph = anyGraph.chain((items) => {
  const place = (id: string) => Number(id.slice(1));
  return fc.shuffledSubarray(
    items.map(({ id, needs }) => ({
      id,
      needs: needs.filter((need) => place(need) < place(id)),
    })),
    { minLength: items.length },
  );
});

/** A chain in which each item needs the one before, or the last one for the first when it is closed. */
export function chain(length: number, closed = false): GraphItem<string>[] {
  return Array.from({ length }, (_, index) => ({
    id: `n${index}`,
    needs: index > 0 ? [`n${index - 1}`] : closed ? [`n${length - 1}`] : [],
  }));
}
