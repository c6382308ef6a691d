import { createHash } from 'node:crypto';
import { encodePath } from './markdown.mjs';

/** @typedef {import('./findings.mjs').Check} Check */
/** @typedef {import('./findings.mjs').Finding} Finding */
/** @typedef {import('./project.mjs').Project} Project */

// The name under which SARIF readers expect the root of the sources.
const ROOT = '%SRCROOT%';

/**
 * The report for tools: SARIF 2.1.0, one run for each check.
 * @param {Check[]} checks
 * @param {Project} project
 */
export function toSarif(checks, project) {
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: checks.map((check) => runOf(check, project)),
  };
}

/**
 * @param {Check} check
 * @param {Project} project
 */
function runOf(check, project) {
  const rules = [...new Map(check.findings.map(({ rule, help }) => [rule, help]))]
    .map(([id, help]) => ({ id, ...(help && { helpUri: help }) }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const fingerprint = fingerprints(check, project);
  return {
    tool: {
      driver: {
        name: check.tool.name,
        ...(check.tool.version && { version: check.tool.version }),
        informationUri: check.tool.uri,
        rules,
      },
    },
    // Two steps of one tool are two analyses; the slash ends the name of the category.
    automationDetails: { id: `${check.step}/` },
    originalUriBaseIds: { [ROOT]: { description: { text: 'The root of the project.' } } },
    columnKind: 'utf16CodeUnits',
    results: check.findings.map((finding) => ({
      ruleId: finding.rule,
      ruleIndex: rules.findIndex((rule) => rule.id === finding.rule),
      level: finding.level,
      message: { text: finding.message },
      ...(finding.file !== undefined && {
        locations: [
          {
            physicalLocation: {
              artifactLocation: { uri: encodePath(finding.file), uriBaseId: ROOT },
              ...(finding.region && { region: finding.region }),
            },
          },
        ],
      }),
      partialFingerprints: { 'sluiceFinding/v1': fingerprint(finding) },
    })),
  };
}

/**
 * Tells a finding from others and stays when lines above it come and go: it covers the text of its
 * line, not the line's number. A secret's line is left out, since a digest of it would let anyone
 * test guesses.
 * @param {Check} check
 * @param {Project} project
 */
function fingerprints(check, project) {
  /** @type {Map<string, number>} */
  const seen = new Map();
  return (/** @type {Finding} */ finding) => {
    const line = finding.secret ? '' : project.lineAt(finding.file, finding.region?.startLine);
    const about = finding.subject ?? line?.trim() ?? '';
    const key = JSON.stringify([check.agent, finding.rule, finding.file ?? '', about]);
    const nth = (seen.get(key) ?? 0) + 1;
    seen.set(key, nth);
    return createHash('sha256').update(`${key}${nth}`).digest('hex').slice(0, 32);
  };
}
