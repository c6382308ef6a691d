/** Longest line that is looked at. */
const MOST_COLUMNS = 2000;

const TOTALS: readonly RegExp[] = [
  // pytest-cov and coverage.py: statements, missed, then the share.
  /^TOTAL\s[\d\s]{1,200}?(\d{1,3}(?:\.\d{1,4})?)%$/,
  // Istanbul's summary.
  /^Lines\s{1,20}: {0,5}(\d{1,3}(?:\.\d{1,4})?)%/,
  // `go tool cover -func`
  /^total:\s{1,40}\(statements\)\s{1,40}(\d{1,3}(?:\.\d{1,4})?)%$/,
  // cargo-tarpaulin
  /^(\d{1,3}(?:\.\d{1,4})?)% coverage, \d{1,9}\/\d{1,9} lines covered/,
];

const GO_PACKAGE = /\bcoverage: (\d{1,3}(?:\.\d{1,4})?)% of statements/;

/**
 * Lines that tests ran, in percent, as a command prints it or a file has it: Istanbul's tables, those of Node and
 * coverage.py, Go, Cobertura, lcov. The last that is told counts.
 * @returns `undefined`: nothing is said, or only of parts, whose sizes are not known
 */
export function readCoverage(text: string): number | undefined {
  let found: number | undefined;
  let columns: readonly string[] = [];
  const packages: number[] = [];
  const lcov = { found: 0, hit: 0 };
  for (const whole of text.split('\n')) {
    // Node begins such lines with a sign.
    const line = whole
      .slice(0, MOST_COLUMNS)
      .trim()
      .replace(/^[ℹ#]\s/, '');
    const cells = line.includes('|') ? line.split('|').map((cell) => cell.trim()) : [];
    if (/^file$/i.test(cells[0] ?? '')) {
      columns = cells.map((cell) => cell.toLowerCase());
    } else if (/^all files$/i.test(cells[0] ?? '')) {
      found = percent(cells[lineColumn(columns)]) ?? found;
    }
    for (const total of TOTALS) {
      found = percent(total.exec(line)?.[1]) ?? found;
    }
    const part = percent(GO_PACKAGE.exec(line)?.[1]);
    if (part !== undefined) {
      packages.push(part);
    }
    const [, field, count] = /^(L[FH]):(\d{1,9})$/.exec(line) ?? [];
    lcov.found += field === 'LF' ? Number(count) : 0;
    lcov.hit += field === 'LH' ? Number(count) : 0;
  }
  return found ?? (packages.length === 1 ? packages[0] : undefined) ?? ofLcov(lcov) ?? ofXml(text);
}

/** Istanbul has statements first and then `% Lines`, Node `line %`. */
function lineColumn(columns: readonly string[]): number {
  const at = columns.findIndex((name) => /^(?:% lines?|lines? %)$/.test(name));
  return at === -1 ? 1 : at;
}

function ofLcov({ found, hit }: { readonly found: number; readonly hit: number }) {
  return found === 0 ? undefined : percent(((100 * hit) / found).toFixed(2));
}

/** The root of Cobertura's, and attributes that some runners give a suite. */
function ofXml(text: string): number | undefined {
  const tag = /<(?:coverage|testsuites?)\s[^<>]{0,2000}>/.exec(text)?.[0] ?? '';
  const rate = /\sline-rate="(0|1|[01]?\.\d{1,20}|1\.0{1,20})"/.exec(tag)?.[1];
  return rate === undefined
    ? percent(/\scoverage="(\d{1,3}(?:\.\d{1,4})?)%?"/.exec(tag)?.[1])
    : percent((Number(rate) * 100).toFixed(2));
}

function percent(written: string | undefined): number | undefined {
  const share = written === undefined || written === '' ? Number.NaN : Number(written);
  return share >= 0 && share <= 100 ? share : undefined;
}
