// What a page asks of a value somebody sent, before it believes it.

export type Fields = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

export function isText(value: unknown): value is string {
  return typeof value === 'string';
}

export function isFlag(value: unknown): value is boolean {
  return typeof value === 'boolean';
}

/** A finite number. */
export function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/** A whole number, 0 or more. */
export function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

export function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isText);
}

export function isMaybe<T>(
  value: unknown,
  isIt: (value: unknown) => value is T,
): value is T | undefined {
  return value === undefined || isIt(value);
}

/** @param words a record, so that the compiler asks for a new word there too */
export function isWordOf<W extends string>(
  words: Readonly<Record<W, true>>,
  value: unknown,
): value is W {
  return typeof value === 'string' && Object.hasOwn(words, value);
}

/** Every item read, or `undefined` where one cannot be, or it is no list. */
export function listOf<T>(
  value: unknown,
  read: (item: unknown) => T | undefined,
): readonly T[] | undefined {
  if (!Array.isArray(value)) {
    return undefined;
  }
  const items: T[] = [];
  for (const item of value as readonly unknown[]) {
    const found = read(item);
    if (found === undefined) {
      return undefined;
    }
    items.push(found);
  }
  return items;
}
