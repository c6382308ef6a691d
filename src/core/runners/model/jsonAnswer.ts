/**
 * The JSON in what a model answered. Models put a fence around it, or a sentence before it, however one asks.
 * Gives the text back where no JSON is found, for the check to say what is wrong with it.
 */
export function jsonIn(answer: string): string {
  const text = answer.trim();
  const fenced = [...text.matchAll(/^```[\w-]*\n([\s\S]*?)\n```/gm)].map(
    ([, inner]) => inner ?? '',
  );
  const first = text.search(/[[{]/);
  const last = Math.max(text.lastIndexOf('}'), text.lastIndexOf(']'));
  const bare = first >= 0 && last > first ? [text.slice(first, last + 1)] : [];
  return [text, ...fenced.reverse(), ...bare].find(isJson) ?? text;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
