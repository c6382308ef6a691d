/**
 * An order in which each concept comes behind what it requires; of several that could be next, the first of `names`.
 * Where concepts require each other in a circle, its weakest edge is dropped, and the circle told.
 * @param {string[]} names
 * @param {{ from: string, to: string, confidence: number }[]} edges between them; `from` comes first
 */
export function orderOf(names, edges) {
  const circles = [];
  const dropped = [];
  let kept = edges;
  for (;;) {
    const order = sorted(names, kept);
    if (order.length === names.length) {
      return { order, circles, dropped };
    }
    const circle = circleIn(
      names.filter((name) => !order.includes(name)),
      kept,
    );
    const inCircle = kept.filter(
      ({ from, to }) =>
        circle[(circle.indexOf(from) + 1) % circle.length] === to && circle.includes(from),
    );
    const weakest = inCircle.reduce((a, b) => (b.confidence < a.confidence ? b : a));
    circles.push(circle);
    dropped.push(weakest);
    kept = kept.filter((edge) => edge !== weakest);
  }
}

/** As far as it can be told: what is in a circle, or behind one, is left out. */
function sorted(names, edges) {
  const before = new Map(names.map((name) => [name, 0]));
  for (const { to } of edges) {
    before.set(to, (before.get(to) ?? 0) + 1);
  }
  const order = [];
  const rest = new Set(names);
  for (;;) {
    const next = [...rest].find((name) => before.get(name) === 0);
    if (next === undefined) {
      return order;
    }
    rest.delete(next);
    order.push(next);
    for (const { from, to } of edges) {
      if (from === next) {
        before.set(to, before.get(to) - 1);
      }
    }
  }
}

/** Each name requires the one before it, the first the last. @param {string[]} left all have one of them before them */
function circleIn(left, edges) {
  const way = [left[0]];
  for (;;) {
    const here = way[way.length - 1];
    const before = edges.find(({ from, to }) => to === here && left.includes(from)).from;
    const at = way.indexOf(before);
    if (at !== -1) {
      return way.slice(at).reverse();
    }
    way.push(before);
  }
}
