// Records of names that a file gives have no prototype: `constructor` is in none unless it is written.
// Serialized they would get one, so they go as maps, which plain values do not hold otherwise.

/** The same plain value, its records without a prototype as maps. */
export function bareAsMaps(value: unknown): unknown {
  return isRecord(value) && Object.getPrototypeOf(value) === null
    ? new Map(Object.entries(value).map(([key, inner]) => [key, bareAsMaps(inner)]))
    : withEach(value, bareAsMaps);
}

export function mapsAsBare(value: unknown): unknown {
  if (!(value instanceof Map)) {
    return withEach(value, mapsAsBare);
  }
  const bare = Object.create(null) as Record<string, unknown>;
  for (const [key, inner] of value as ReadonlyMap<string, unknown>) {
    bare[key] = mapsAsBare(inner);
  }
  return bare;
}

function withEach(value: unknown, change: (inner: unknown) => unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(change);
  }
  return isRecord(value)
    ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, change(inner)]))
    : value;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
