import { redactor } from '../../base/redact.ts';
import { oneLine } from '../../base/text.ts';

const LIMIT = 500;
/** Of a text that is far too long for a line only this much is looked at. */
const LOOKED_AT = 20_000;
const HIDDEN = '[hidden]';

/**
 * What `base/redact.ts` leaves because it reads whole texts: in an error a short word after "api key" is a key too.
 * Rather a word too many hidden than a key shown.
 */
const ALSO: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/\b(Bearer|Basic)\s+(?!\[hidden\])[\w.~+/=:-]{8,}/gi, `$1 ${HIDDEN}`],
  [
    /((?:x-)?(?:goog-)?api[-_]?key|x-goog-api-key|authorization|access[-_]?token|client[-_]?secret|password)(["']?\s*[:=]\s*["']?)(?!\[hidden\]|Bearer|Basic)[^\s"',;&)}]+/gi,
    `$1$2${HIDDEN}`,
  ],
  [/([?&](?:key|token|sig|signature|code|secret)=)(?!\[hidden\])[^\s&"']+/gi, `$1${HIDDEN}`],
  // Some providers show the ends of a wrong key with stars between.
  [/(?<![A-Za-z0-9])(?:sk|pk|rk|xai|gsk|hf|pplx|nvapi|r8|key)[-_](?=\S*[\d*])[\w*-]{6,}/gi, HIDDEN],
  [/(?<![A-Za-z0-9])AIza[\w-]{8,}/g, HIDDEN],
  [/(?<![\w-])(?=[\w-]*\d)(?=[\w-]*[a-z])(?=[\w-]*[A-Z])[\w-]{40,}/g, HIDDEN],
];

const known = redactor(() => []);

/** One line without keys, safe to show and to keep; at most 500 characters. */
export function callMessage(text: string): string {
  // Redacted as plain text: an invisible character in the middle must not hide a key.
  let safe = known(oneLine(text.slice(0, LOOKED_AT), LOOKED_AT));
  for (const [pattern, instead] of ALSO) {
    safe = safe.replace(pattern, instead);
  }
  const short = oneLine(safe, LIMIT);
  // A character as people count them may be many code units.
  return short.length <= LIMIT
    ? short
    : `${short.slice(0, LIMIT - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
