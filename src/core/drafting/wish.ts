import { slug } from '../domain/ids.ts';

/** Characters of a request. A plan quotes it, and each round of the planner pays for it again. */
export const LONGEST_REQUEST = 50_000;

/** What keeps a text from being a request, as sentences; `undefined`: nothing. */
export function requestFault(text: string): string | undefined {
  if (text.trim() === '') {
    return 'Say what is to be done: the request is empty.';
  }
  if (text.includes('\u0000')) {
    return 'The request holds NUL characters: it is no text. Give it as text in UTF-8.';
  }
  const { length } = text.trim();
  return length > LONGEST_REQUEST
    ? `The request has ${grouped(length)} characters; ${grouped(LONGEST_REQUEST)} are the most. Put the long part into a file of the folder and name that file in the request: the planner can read it.`
    : undefined;
}

/** What keeps a text from being the name of a plan, as a sentence; `undefined`: nothing. */
export function planNameFault(name: string): string | undefined {
  return isPlanName(name)
    ? undefined
    : `"${name}" cannot be the name of a plan: use letters, digits, ".", "_" and "-", starting with a letter or digit and ending in one, at most 60 characters, and no name of a device.`;
}

/** The name a plan begins with: what a person wishes, else what the planner calls it, else its request's first words. */
export function planNameOf(
  wished: string,
  answer: { readonly name: string; readonly title: string },
  request: string,
): string {
  if (wished !== '' && isPlanName(wished)) {
    return wished;
  }
  const words = request.trim().split(/\s+/).slice(0, 6).join(' ');
  const [first] = [answer.name, answer.title, words]
    // Long names are no help in a list; where one is cut, no half of a word is left.
    .map((text) =>
      slug(text.normalize('NFKD').replace(/\p{M}/gu, '')).slice(0, 48).replace(/-+$/, ''),
    )
    .filter((text) => text !== 'run' && isPlanName(text));
  return first ?? 'request';
}

/** Its file is called the same, on every system. */
function isPlanName(name: string): boolean {
  return (
    /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,58}[A-Za-z0-9])?$/.test(name) &&
    !/^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)/i.test(name) &&
    !/^readme/i.test(name)
  );
}

function grouped(n: number): string {
  return String(n).replace(/\B(?=(?:\d{3})+$)/g, ',');
}
