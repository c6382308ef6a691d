/** `512mb`, `2gb`, `1.5gb`. */
export const BYTE_SIZE = /^(\d{1,9}(?:\.\d{1,3})?)(mb|gb)$/;

const UNITS = { mb: 1024 * 1024, gb: 1024 * 1024 * 1024 } as const;

/** Whole bytes; `undefined` for what is no size. */
export function parseByteSize(text: string): number | undefined {
  const [, amount, unit] = BYTE_SIZE.exec(text) ?? [];
  return amount === undefined || unit === undefined
    ? undefined
    : Math.round(Number(amount) * UNITS[unit as keyof typeof UNITS]);
}

const WORDS: Readonly<Record<string, keyof typeof UNITS>> = {
  ...{ m: 'mb', mb: 'mb', mib: 'mb', megabyte: 'mb', megabytes: 'mb' },
  ...{ g: 'gb', gb: 'gb', gib: 'gb', gigabyte: 'gb', gigabytes: 'gb' },
};

/** The size that somebody most likely means who writes `2GB`, `512 M` or `1 gib`. */
export function byteSizeMeant(text: string): string | undefined {
  const [, amount, word = ''] = /^\s*(\d{1,9}(?:\.\d{1,3})?)\s*([a-z]+)\s*$/i.exec(text) ?? [];
  const unit = WORDS[word.toLowerCase()];
  const meant = unit === undefined ? '' : `${amount ?? ''}${unit}`;
  return meant !== text && parseByteSize(meant) !== undefined ? meant : undefined;
}

/** A text that `parseByteSize` reads as so many bytes, or as the next it can. @param bytes whole */
export function byteSizeText(bytes: number): string {
  const unit = bytes % UNITS.gb === 0 ? 'gb' : 'mb';
  return `${Number((bytes / UNITS[unit]).toFixed(3))}${unit}`;
}
