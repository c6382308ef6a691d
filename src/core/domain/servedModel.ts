// Providers answer with other names than they were asked for: with a day added, with a folder before it, under
// the name that an alias stands for today. Anything else is another model.

/** Names with which Claude Code is left to choose. */
const ANY = new Set(['default', 'best', 'opusplan']);
/** Names that stand for any model of a family. */
const FAMILIES = new Set(['opus', 'sonnet', 'haiku', 'fable']);

/** True when a response that names `served` came from the model that was asked for. */
export function isServedAs(requested: string, served: string): boolean {
  // In brackets Claude Code is told how much context there is to be: `opus[1m]`.
  const wanted = withoutVendor(plainModelName(requested)).replace(/\[[^\]]*\]$/, '');
  const answered = withoutVendor(plainModelName(served));
  if (wanted === answered || ANY.has(wanted)) {
    return true;
  }
  if (FAMILIES.has(wanted)) {
    return answered.split('-').includes(wanted);
  }
  if (undatedModel(wanted) !== wanted && undatedModel(answered) !== answered) {
    // Two different days are two models.
    return false;
  }
  return (
    undatedModel(wanted) === undatedModel(answered) || isLatestOf(wanted, undatedModel(answered))
  );
}

/** `models/gemini-2.5-pro` and `Claude-Sonnet-4.5` as they compare. */
export function plainModelName(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replace(/^models\//, '')
    .replace(/:latest$/, '')
    .replace(/(?<=\d)\.(?=\d)/g, '-');
}

const DAY = /(?:[-@](?:20\d{6}|20\d{2}-\d{2}-\d{2})|-preview-\d{2}-20\d{2}|-00\d)$/;

/** Without the day or the number of a build at its end: `claude-sonnet-4-5-20250929` is `claude-sonnet-4-5`. */
export function undatedModel(name: string): string {
  return name.replace(DAY, '');
}

/** Routers put the vendor before the name, and not always do they answer with it. */
function withoutVendor(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

/** `gemini-flash-latest` is whatever flash is newest, and never a lite one. */
function isLatestOf(wanted: string, answered: string): boolean {
  return (
    wanted.endsWith('-latest') && wordsOf(wanted.replace(/-latest$/, '')) === wordsOf(answered)
  );
}

/** The parts of a name that are no numbers. */
function wordsOf(name: string): string {
  return name
    .split('-')
    .filter((part) => !/^\d+$/.test(part) && part !== 'preview')
    .join('-');
}
