/**
 * One thing a tool found. Texts are plain; places are in the project.
 * @typedef {object} Finding
 * @property {string} rule
 * @property {'error' | 'warning' | 'note'} level
 * @property {string} message may have several lines
 * @property {string | undefined} file relative to the project with `/`; undefined: no one file
 * @property {Region | undefined} region undefined: the file as a whole
 * @property {string | undefined} [help] where the rule is explained
 * @property {string | undefined} [subject] what it is about when its line does not tell, e.g. a test's title
 * @property {boolean} [secret] its region holds a secret
 */

/**
 * Lines and columns from 1; columns count UTF-16 code units; the end is the first column after.
 * @typedef {object} Region
 * @property {number} startLine
 * @property {number} [startColumn]
 * @property {number} [endLine]
 * @property {number} [endColumn]
 */

/**
 * What one step found.
 * @typedef {object} Check
 * @property {string} step
 * @property {string} agent
 * @property {{ name: string, uri: string, version: string | undefined }} tool
 * @property {string} checked how much was looked at, e.g. `12 files`; empty when the tool does not say
 * @property {Finding[]} findings
 */

/**
 * @param {Finding} a
 * @param {Finding} b
 */
export function byPlace(a, b) {
  return (
    compare(a.file ?? '', b.file ?? '') ||
    (a.region?.startLine ?? 0) - (b.region?.startLine ?? 0) ||
    (a.region?.startColumn ?? 0) - (b.region?.startColumn ?? 0) ||
    compare(a.rule, b.rule) ||
    compare(a.message, b.message)
  );
}

/**
 * By code units: the order is the same in every language.
 * @param {string} a
 * @param {string} b
 */
function compare(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}

// A shorter text is no secret worth the name, and hiding it would eat common words.
const SHORTEST_SECRET = 6;

/**
 * Masks every secret that was found in every text of every check: a type error or a failed
 * assertion may quote the very literal that the secret scanner masked.
 * @param {Check[]} checks
 * @param {import('./project.mjs').Project} project
 */
export function hideSecrets(checks, project) {
  const findings = checks.flatMap((check) => check.findings);
  const secrets = findings
    .filter((finding) => finding.secret)
    .flatMap((finding) => project.textAt(finding.file, finding.region) ?? [])
    // Scanners take the end of the literal for part of the secret; who quotes the secret does not.
    .map((text) => text.replace(/^["'`\s]+|["'`\s;,)]+$/g, ''))
    .filter((text) => text.length >= SHORTEST_SECRET)
    // A secret within another must not be hidden first, or the rest of the outer one would stay.
    .sort((a, b) => b.length - a.length);
  for (const finding of findings) {
    for (const secret of secrets) {
      finding.message = finding.message.replaceAll(secret, '***');
      finding.subject = finding.subject?.replaceAll(secret, '***');
    }
    // As many stars as the secret has characters would tell its length.
    finding.message = finding.message.replace(/\*{3,}/g, '***');
  }
}
