export interface Extent {
  readonly width: number;
  readonly height: number;
}

export interface Corner {
  readonly x: number;
  readonly y: number;
}

/**
 * Sets rectangles on shelves from left to right, a new shelf below when one is full, in the order
 * given: an edit of one part moves only what comes after it.
 * @param room px a shelf may be wide; one wider rectangle gets a shelf of its own
 * @returns the upper left corner of each
 */
export function packShelves(
  parts: readonly Extent[],
  gap: Extent,
  room: number,
): readonly Corner[] {
  let x = 0;
  let y = 0;
  let tallest = 0;
  return parts.map((part) => {
    if (x > 0 && x + part.width > room) {
      y += tallest + gap.height;
      x = 0;
      tallest = 0;
    }
    const corner = { x, y };
    x += part.width + gap.width;
    tallest = Math.max(tallest, part.height);
    return corner;
  });
}

/**
 * Px of shelf that give all parts together about a shape.
 * @param shape width by height
 */
export function shelfRoom(parts: readonly Extent[], gap: Extent, shape: number): number {
  const area = parts.reduce(
    (sum, part) => sum + (part.width + gap.width) * (part.height + gap.height),
    0,
  );
  return parts.reduce((most, part) => Math.max(most, part.width), Math.sqrt(area * shape));
}
