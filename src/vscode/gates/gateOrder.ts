/** Where a gate stands among those that wait. */
export interface PlacedGate {
  /** Milliseconds since 1970. */
  readonly openedAt: number;
  readonly run: string;
  readonly task: string;
}

/** Those that have waited longest come first. */
export function inOrder<Gate extends PlacedGate>(gates: readonly Gate[]): Gate[] {
  return [...gates].sort(compare);
}

/**
 * The gate to go to from `current`, which may have been answered meanwhile: the next one in order, and from the last one
 * the first again. `undefined`: none waits.
 */
export function nextAfter<Gate extends PlacedGate>(
  gates: readonly Gate[],
  current: PlacedGate | undefined,
): Gate | undefined {
  const ordered = inOrder(gates);
  return (
    (current && ordered.find((gate) => compare(gate, current) > 0)) ??
    ordered.find((gate) => current === undefined || compare(gate, current) !== 0) ??
    ordered[0]
  );
}

function compare(one: PlacedGate, other: PlacedGate): number {
  return (
    one.openedAt - other.openedAt ||
    compareTexts(one.run, other.run) ||
    compareTexts(one.task, other.task)
  );
}

function compareTexts(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
