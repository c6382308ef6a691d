// No secret is shown, logged or kept: those that are known by value, and what looks like one.

const HIDDEN = '[hidden]';

/** Shorter values are words of any text; who hides them hides the text. */
const MIN_KNOWN = 6;

/** At most so long is what looks like a secret, in characters; longer runs are data, and pass in parts. */
const MAX_SECRET = 4096;
/** A private key in a block of its own. */
const MAX_BLOCK = 16_384;

/** Keys, tokens and what holds them in a URL are made of these: all of ASCII but blanks. */
const SECRET_CHARACTER = /[!-~]/;

/**
 * What keys look like. Each finds one in the middle of a text; a group `secret` is the part to hide, without it all is.
 * None finds less when more text follows, so a stream can be cut where no match can begin.
 */
const PATTERNS: readonly RegExp[] = [
  // Keys of providers of models, and of places where code is.
  /(?<![A-Za-z0-9])(?:sk|pk|rk)[-_](?=[A-Za-z_-]*[0-9])[A-Za-z0-9_-]{16,}/g,
  /(?<![A-Za-z0-9])AIza[A-Za-z0-9_-]{30,}/g,
  /(?<![A-Za-z0-9])ya29\.[A-Za-z0-9_.-]{20,}/g,
  /(?<![A-Za-z0-9])gh[opsur]_[A-Za-z0-9]{30,}/g,
  /(?<![A-Za-z0-9])github_pat_[A-Za-z0-9_]{30,}/g,
  /(?<![A-Za-z0-9])(?:glpat|gldt|glrt)-[A-Za-z0-9_-]{16,}/g,
  /(?<![A-Za-z0-9])(?:npm|hf|gsk|xai|pplx|r8|dop_v1|lin_api|shpat|shpss)[-_][A-Za-z0-9]{20,}/g,
  /(?<![A-Za-z0-9])pypi-[A-Za-z0-9_-]{30,}/g,
  /(?<![A-Za-z0-9])xox[abeoprs]-[A-Za-z0-9-]{10,}/g,
  /(?<![A-Za-z0-9])SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}/g,
  /(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])/g,
  // JSON Web Tokens.
  /(?<![A-Za-z0-9])eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g,
  // Headers and the like: a name that says it is a secret, and a value that is no word.
  /\b(?:bearer|basic)\s+(?<secret>[A-Za-z0-9_\-.~+/]{16,}=*)/gi,
  /(?:x-api-key|x-goog-api-key|api[-_]?key|apikey|access[-_]?key|account[-_]?key|secret[-_]?(?:access[-_]?)?key|client[-_]?secret|auth[-_]?token|access[-_]?token|refresh[-_]?token|password|passwd|pwd)["']?\s*[:=]\s*["']?(?<secret>(?=[A-Za-z_\-.~+/=]*[0-9])[A-Za-z0-9_\-.~+/=]{12,})/gi,
  /[?&](?:key|token|sig|signature|code)=(?<secret>[A-Za-z0-9_\-.~+/%=]{16,})/gi,
  // A password in a URL.
  /(?<=[a-z][a-z0-9+.-]*:\/\/[^\s/@:]*:)(?<secret>[^\s/@]+)(?=@)/gi,
  // Blocks.
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]{0,16384}?-----END [A-Z ]*PRIVATE KEY-----/g,
];

/** What may stand before a secret and belongs to its pattern, at the end of a text that goes on. */
const INTRODUCED =
  /(?:(?:bearer|basic|[a-z_-]*(?:key|secret|token|password|passwd|pwd))["']?\s*[:=]?\s*["']?\s*)+$/i;

const BLOCK_OPENS = /-----BEGIN[A-Z ]*-*$/;
const BLOCK_BEGINS =
  /-----BEGIN [A-Z ]*PRIVATE KEY-----(?![\s\S]*-----END [A-Z ]*PRIVATE KEY-----)/;

/** Hides secrets in a whole text. The known ones are asked for anew each time. */
export function redactor(secrets: () => Iterable<string>): (text: string) => string {
  return (text) => hide(text, rangesIn(text, knownForms(secrets())));
}

export interface StreamRedactor {
  /** What of the text so far can be shown now; a part that may yet turn out to be a secret is held back. */
  push(text: string): string;
  /** The rest: nothing more comes. */
  end(): string;
}

export interface PeekingRedactor extends StreamRedactor {
  /** What would be shown of what is held back if this came now, and then nothing. Changes nothing. */
  peek(text: string): string;
}

/** Hides secrets in a text that comes in chunks, also those that lie across several. */
export function streamRedactor(secrets: () => Iterable<string>): PeekingRedactor {
  let held = '';
  return {
    push(text) {
      held += text;
      const known = knownForms(secrets());
      const ranges = rangesIn(held, known);
      const cut = safeCut(held, known, ranges);
      const shown = hide(
        held.slice(0, cut),
        ranges.filter(({ end }) => end <= cut),
      );
      held = held.slice(cut);
      return shown;
    },
    end() {
      const shown = redactor(secrets)(held);
      held = '';
      return shown;
    },
    peek(text) {
      return redactor(secrets)(held + text);
    },
  };
}

interface Range {
  /** Where begins what tells that it is a secret. */
  readonly from: number;
  readonly start: number;
  readonly end: number;
}

/** The value, and the ways it is written in JSON, URLs and headers. */
function knownForms(secrets: Iterable<string>): readonly string[] {
  const forms = new Set<string>();
  for (const secret of secrets) {
    const value = secret.trim();
    if (value.length < MIN_KNOWN) {
      continue;
    }
    const base64 = Buffer.from(value).toString('base64');
    for (const form of [
      value,
      JSON.stringify(value).slice(1, -1),
      encodeURIComponent(value),
      base64,
      base64.replace(/=+$/, '').replaceAll('+', '-').replaceAll('/', '_'),
    ]) {
      forms.add(form);
    }
  }
  return [...forms];
}

function rangesIn(text: string, known: readonly string[]): readonly Range[] {
  const found: Range[] = [];
  for (const form of known) {
    for (let at = text.indexOf(form); at >= 0; at = text.indexOf(form, at + 1)) {
      found.push({ from: at, start: at, end: at + form.length });
    }
  }
  for (const pattern of PATTERNS) {
    for (const match of text.matchAll(pattern)) {
      const secret = match.groups?.['secret'] ?? match[0];
      const start = match.index + match[0].lastIndexOf(secret);
      found.push({ from: match.index, start, end: start + secret.length });
    }
  }
  found.sort((a, b) => a.start - b.start || a.end - b.end);
  const merged: Range[] = [];
  for (const range of found) {
    const last = merged.at(-1);
    if (last !== undefined && range.start < last.end) {
      merged[merged.length - 1] = {
        from: Math.min(last.from, range.from),
        start: last.start,
        end: Math.max(last.end, range.end),
      };
    } else {
      merged.push(range);
    }
  }
  return merged;
}

function hide(text: string, ranges: readonly Range[]): string {
  let shown = '';
  let at = 0;
  for (const { start, end } of ranges) {
    shown += text.slice(at, start) + HIDDEN;
    at = end;
  }
  return shown + text.slice(at);
}

/** Up to where no secret can have begun that the next chunk goes on with. */
function safeCut(text: string, known: readonly string[], ranges: readonly Range[]): number {
  let cut = Math.max(startOfRun(text), text.length - MAX_SECRET);
  const introduced = INTRODUCED.exec(text.slice(Math.max(0, cut - 200), cut));
  if (introduced !== null) {
    cut -= introduced[0].length;
  }
  cut = Math.min(cut, startOfKnown(text, known));
  const opens = BLOCK_OPENS.exec(text.slice(-100));
  if (opens !== null) {
    cut = Math.min(cut, Math.max(0, text.length - 100) + opens.index);
  }
  const block = BLOCK_BEGINS.exec(text.slice(-MAX_BLOCK));
  if (block !== null) {
    cut = Math.min(cut, Math.max(0, text.length - MAX_BLOCK) + block.index);
  }
  // A secret is held with what introduces it: it is not known by itself.
  for (const { from, end } of ranges.toReversed()) {
    if (from < cut && cut < end) {
      cut = from;
    }
  }
  return cut;
}

/** Of the last run of characters that a secret can be made of. */
function startOfRun(text: string): number {
  let start = text.length;
  while (start > 0 && SECRET_CHARACTER.test(text[start - 1] ?? '')) {
    start -= 1;
  }
  // The quote or the blank before it may belong to how it is introduced.
  return /\s/.test(text[start - 1] ?? '') && start === text.length ? startOfBlank(text) : start;
}

/** Blanks at the end are held with what introduces a secret before them. */
function startOfBlank(text: string): number {
  return text.trimEnd().length;
}

/** Of the longest end of the text that a known secret begins with. */
function startOfKnown(text: string, known: readonly string[]): number {
  let start = text.length;
  for (const form of known) {
    const first = form[0] ?? '';
    let at = text.indexOf(first, Math.max(0, text.length - form.length + 1));
    for (; at >= 0 && at < start; at = text.indexOf(first, at + 1)) {
      if (form.startsWith(text.slice(at))) {
        start = at;
      }
    }
  }
  return start;
}
