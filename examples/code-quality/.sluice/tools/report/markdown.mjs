/** @typedef {import('./findings.mjs').Check} Check */
/** @typedef {import('./findings.mjs').Finding} Finding */

// What a person can still read in one table; report.sarif has them all.
const ROWS_SHOWN = 200;
const MESSAGE_SHOWN = 300;

/**
 * The report for people. Its links work where it lies at the root of the project.
 * @param {Check[]} checks
 */
export function toMarkdown(checks) {
  const found = checks.flatMap((check) => check.findings);
  const files = new Set(found.map((finding) => finding.file).filter(Boolean));
  const conclusion =
    found.length === 0
      ? 'Nothing was found.'
      : `**${counted(found.length, 'finding')}** in ${counted(files.size, 'file')}: ${levels(found)}.`;
  return [
    '# Code quality',
    conclusion,
    [
      '| Step | Tool | Looked at | Errors | Warnings |',
      '| --- | --- | --- | ---: | ---: |',
      ...checks.map(summaryRow),
    ].join('\n'),
    ...checks.filter((check) => check.findings.length > 0).flatMap(section),
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n');
}

/** @param {Check} check */
function summaryRow(check) {
  const errors = check.findings.filter((finding) => finding.level === 'error').length;
  const cells = [
    escaped(check.step),
    toolName(check),
    check.checked,
    errors,
    check.findings.length - errors,
  ];
  return `| ${cells.join(' | ')} |`;
}

/** @param {Check} check */
function section(check) {
  const shown = check.findings.slice(0, ROWS_SHOWN);
  const rest = check.findings.length - shown.length;
  return [
    `## ${escaped(check.step)}: ${toolName(check)}`,
    [
      '| Where | Level | Rule | What |',
      '| --- | --- | --- | --- |',
      ...shown.map(
        (finding) =>
          `| ${place(finding)} | ${finding.level} | ${rule(finding)} | ${what(finding)} |`,
      ),
    ].join('\n'),
    ...(rest > 0 ? [`And ${rest} more, all in report.sarif.`] : []),
  ];
}

/** @param {Check} check */
function toolName(check) {
  return [check.tool.name, check.tool.version].filter(Boolean).join(' ');
}

/** @param {Finding} finding */
function place({ file, region }) {
  if (file === undefined) {
    return 'the project';
  }
  const link = encodePath(file);
  return region === undefined
    ? `[${escaped(file)}](${link})`
    : `[${escaped(file)}:${region.startLine}](${link}#L${region.startLine})`;
}

/** @param {Finding} finding */
function rule(finding) {
  const name = `\`${finding.rule.replaceAll('`', "'").replaceAll('|', '\\|')}\``;
  return finding.help ? `[${name}](${finding.help})` : name;
}

/** @param {Finding} finding */
function what(finding) {
  const line = [...finding.message.replace(/\s+/g, ' ')];
  return escaped(
    line.length > MESSAGE_SHOWN ? `${line.slice(0, MESSAGE_SHOWN - 1).join('')}…` : line.join(''),
  );
}

/** @param {Finding[]} findings */
function levels(findings) {
  return ['error', 'warning', 'note']
    .map((level) => [findings.filter((finding) => finding.level === level).length, level])
    .filter(([n]) => n !== 0)
    .map(([n, level]) => counted(Number(n), String(level)))
    .join(', ');
}

/**
 * Text that is shown as it is: none of it becomes a link, an image, HTML or a table cell.
 * @param {string} text
 */
function escaped(text) {
  return text.replace(/[\\`*_[\]<>|~&]/g, '\\$&');
}

/** @param {string} file */
export function encodePath(file) {
  const encoded = file.split('/').map(encodeURIComponent).join('/');
  // A bracket would end a Markdown link.
  return encoded.replaceAll('(', '%28').replaceAll(')', '%29');
}

/**
 * @param {number} n
 * @param {string} noun
 */
function counted(n, noun) {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
