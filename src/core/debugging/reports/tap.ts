import { Tally } from './tally.ts';

// TAP 13 and 14: `ok` and `not ok`, subtests indented by four, YAML or plain lines below a point, directives.

const VERSION = /^TAP version 1[34]$/;
const PLAN = /^1\.\.(\d{1,7})(?:\s+#.*)?$/;
const POINT = /^(not )?ok(?=\s|$)[ \t]*\d{0,9}[ \t]*(?:- ?)?(.*)$/;
const DIRECTIVE = /(?:^|[^\\])#[ \t]*(?:skip(?:ped)?|todo)\b/i;
const SUBTEST = /^# Subtest(?::|$)/;
const BAIL_OUT = /^Bail out!\s*(.*)$/;

/** Deeper subtests are not looked at. */
const MOST_INDENT = 200;
/** Of what stands below a point; only its first lines are kept. */
const MOST_LINES = 60;
const MOST_COLUMNS = 2000;

/** What is left of a stream. */
export interface Tap {
  readonly tally: Tally;
  /** False: it has lines of one, but no version and other counts than its plan. Something else may have printed them. */
  readonly isSure: boolean;
}

/** The tests of a stream; `undefined`: it is none. Tests that a plan announces and that never came have failed. */
export function readTap(text: string): Tap | undefined {
  const stream = new TapStream();
  for (const line of text.split('\n')) {
    stream.read(line.slice(0, MOST_COLUMNS).trimEnd());
  }
  return stream.end();
}

interface Point {
  readonly indent: number;
  readonly name: string;
  readonly isOk: boolean;
  readonly isSkipped: boolean;
  /** Its subtests; `undefined`: none. */
  readonly within: Tally | undefined;
  readonly below: string[];
}

class TapStream {
  /** What is counted, by its indentation: the outermost first. */
  readonly #levels: { readonly indent: number; readonly tally: Tally }[] = [
    { indent: 0, tally: new Tally() },
  ];
  /** Indentations at which subtests were announced: what stands there without is no point. */
  readonly #announced = new Set<number>([0]);
  /** What is read last: what stands below it is its own. */
  #point: Point | undefined;
  /** Of the YAML that is open. */
  #yaml: number | undefined;
  #isVersioned = false;
  #planned: number | undefined;
  #seen = 0;
  #bail: string | undefined;

  read(line: string): void {
    const written = line.trimStart();
    const indent = line.length - written.length;
    if (this.#yaml !== undefined && this.#isInYaml(written, indent)) {
      return;
    }
    const isPlace = indent <= MOST_INDENT && this.#announced.has(indent);
    const point = isPlace ? POINT.exec(written) : null;
    if (this.#bail !== undefined || written === '') {
      this.#below(line);
    } else if (point !== null) {
      this.#open(indent, point[1] === undefined, point[2] ?? '');
    } else if (isPlace && SUBTEST.test(written)) {
      this.#announced.add(indent).add(indent + 4);
      this.#settle();
    } else if (this.#point !== undefined && indent > this.#point.indent && written === '---') {
      this.#yaml = indent;
    } else if (indent === 0) {
      this.#outermost(written);
    } else {
      this.#below(line);
    }
  }

  end(): Tap | undefined {
    this.#settle();
    const { tally } = this.#levels[0] ?? { tally: new Tally() };
    const cut = this.#closeTo(0);
    if (cut !== undefined) {
      tally.add(cut);
    }
    const planned = this.#planned ?? 0;
    const isPlanned = this.#planned !== undefined && this.#seen > 0;
    if (!isPlanned && !this.#isVersioned) {
      return undefined;
    }
    const missing = planned - this.#seen;
    if (this.#bail !== undefined) {
      tally.fail(['Bail out!'], this.#bail);
    } else if (missing > 0) {
      const which = missing === 1 ? `Test ${planned}` : `Tests ${this.#seen + 1} to ${planned}`;
      tally.fail([which], `The plan has ${planned}, and ${this.#seen} were run.`);
      tally.failed += missing - 1;
    }
    return { tally, isSure: this.#isVersioned || missing === 0 };
  }

  #outermost(written: string): void {
    const plan = PLAN.exec(written);
    const bail = BAIL_OUT.exec(written);
    if (VERSION.test(written)) {
      this.#isVersioned = true;
    } else if (plan !== null) {
      // Of several streams one after another each has its plan.
      this.#planned = (this.#planned ?? 0) + Number(plan[1]);
    } else if (bail !== null) {
      this.#bail = bail[1] ?? '';
    } else {
      // Comments, and what tests print.
      this.#settle();
    }
  }

  #open(indent: number, isOk: boolean, rest: string): void {
    this.#settle();
    const within = this.#closeTo(indent);
    const directive = DIRECTIVE.exec(rest);
    const name = directive === null ? rest : rest.slice(0, rest.indexOf('#', directive.index));
    this.#seen += indent === 0 ? 1 : 0;
    this.#point = {
      indent,
      name: name.replaceAll('\\#', '#').trim(),
      isOk,
      isSkipped: directive !== null,
      within,
      below: [],
    };
  }

  /** Counts the point that was read last: nothing more stands below it. */
  #settle(): void {
    const point = this.#point;
    this.#point = undefined;
    this.#yaml = undefined;
    if (point === undefined) {
      return;
    }
    const { tally } = this.#levelAt(point.indent);
    if (point.within !== undefined && point.within.total > 0) {
      tally.add(point.within, point.name);
      if (point.isOk || point.isSkipped || point.within.failed > 0) {
        return;
      }
    }
    if (point.isSkipped) {
      tally.skipped += 1;
    } else if (point.isOk) {
      tally.passed += 1;
    } else {
      tally.fail([point.name === '' ? 'A test without a name' : point.name], said(point.below));
    }
  }

  /** What was counted deeper than this; `undefined`: nothing. */
  #closeTo(indent: number): Tally | undefined {
    for (const announced of this.#announced) {
      if (announced > indent) {
        this.#announced.delete(announced);
      }
    }
    let within: Tally | undefined;
    while ((this.#levels.at(-1)?.indent ?? 0) > indent) {
      const deeper = this.#levels.pop()?.tally ?? new Tally();
      if (within !== undefined) {
        // A level between was cut off before its own point.
        deeper.add(within);
      }
      within = deeper;
    }
    return within;
  }

  #levelAt(indent: number): { readonly indent: number; readonly tally: Tally } {
    const last = this.#levels.at(-1);
    if (last?.indent === indent) {
      return last;
    }
    const level = { indent, tally: new Tally() };
    this.#levels.push(level);
    return level;
  }

  #isInYaml(written: string, indent: number): boolean {
    const open = this.#yaml ?? 0;
    const isEnd = indent === open && written === '...';
    if (isEnd || (written !== '' && indent < open)) {
      this.#yaml = undefined;
      return isEnd;
    }
    this.#below(' '.repeat(Math.max(0, indent - open)) + written);
    return true;
  }

  #below(line: string): void {
    if (this.#point !== undefined && this.#point.below.length < MOST_LINES) {
      this.#point.below.push(line);
    }
  }
}

/** The message in what stands below a point: where that is YAML its `message` or `error`, else all of it. */
function said(below: readonly string[]): string {
  const at = below.findIndex((line) => /^\s*(?:message|error):/.test(line));
  const [, indent = '', value = ''] = /^(\s*)\w+:\s*(.*)$/.exec(below[at] ?? '') ?? [];
  if (at === -1) {
    return below.map((line) => line.trim()).join('\n');
  }
  if (!/^[|>][-+]?\d?$/.test(value)) {
    return unquoted(value);
  }
  const rest = below.slice(at + 1);
  const end = rest.findIndex(
    (line) => line.trim() !== '' && line.length - line.trimStart().length <= indent.length,
  );
  return rest
    .slice(0, end === -1 ? rest.length : end)
    .map((line) => line.trim())
    .join('\n');
}

function unquoted(value: string): string {
  return /^'.*'$/.test(value)
    ? value.slice(1, -1).replaceAll("''", "'")
    : value.replace(/^"(.*)"$/, '$1');
}
