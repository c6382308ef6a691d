/** At most `limit` UTF-16 units from the begin, no character cut in two. */
export function beginOf(text: string, limit: number): string {
  if (text.length <= limit) {
    return text;
  }
  return text.slice(0, isHighSurrogate(text.charCodeAt(limit - 1)) ? limit - 1 : limit);
}

/** The same from the end. */
export function endOf(text: string, limit: number): string {
  if (text.length <= limit) {
    return text;
  }
  const start = text.length - limit;
  return text.slice(isHighSurrogate(text.charCodeAt(start - 1)) ? start + 1 : start);
}

/** Begin and end of a text that is longer than `limit`, with what is left out told between them. */
export function beginAndEnd(text: string, limit: number): string {
  if (text.length <= limit) {
    return text;
  }
  const begin = beginOf(text, Math.floor(limit / 2));
  const end = endOf(text, Math.floor(limit / 2));
  return `${begin}\n… ${text.length - begin.length - end.length} characters left out …\n${end}`;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}
