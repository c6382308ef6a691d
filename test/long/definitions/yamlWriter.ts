import { seeded } from '../seeded.ts';

// YAML as people write it, and nearly: every text comes from a number and is the same for the same one.

/** One of several. */
type Choose = <Value>(values: readonly Value[]) => Value;

/** A document of block maps and lists with all kinds of scalars, comments and blank lines; mostly valid. */
export function writtenYaml(seed: number): string {
  return new YamlWriter(seeded(seed)).document();
}

/** A text with a few places changed, most often by something that means something in YAML. */
export function changedText(text: string, seed: number): string {
  const random = seeded(seed);
  let changed = text;
  for (let left = 1 + Math.floor(random() * 3); left > 0; left -= 1) {
    changed = changedOnce(changed, random);
  }
  return changed;
}

/** What means something to YAML or to the readers of definitions, in any order. */
export function pieces(seed: number): string {
  const random = seeded(seed);
  const choose = choosing(random);
  return Array.from({ length: Math.floor(random() * 14) }, () => choose(PIECES)).join('');
}

const PIECES = [
  ...[' ', '  ', '\n', '\n\n', '\n  ', '\n    ', '\r\n', '\t', '\u00a0', '\u2028', '\ufeff', '\0'],
  ...['#c\n', '\n  # c\n', '\n    # d\n', ' # e\n', '#', '- ', '-\n', '- - ', '\n- ', '\n  - '],
  ...['a: ', 'b:\n', '"q": ', "'r'", ': ', ':', 'k: v\n', '  k: v\n', '    z: |\n      t\n'],
  ...['|\n', '>\n', '|-\n', '>+\n', '|2\n', '[', ']', '{', '}', ',', '[a, b]', '{a: 1, b: [c]}'],
  ...[
    '{"a":1}',
    '"x"',
    '\\n',
    '"\\u0041"',
    '1',
    '-1.5',
    '0x1f',
    '1e3',
    '.inf',
    'null',
    'true',
    '~',
  ],
  ...['---\n', '...\n', '?', '&a ', '*a', '!t ', '!!str ', '%', '@', '<<: *a', '__proto__: 1'],
  ...['constructor: 1', 'x y', '${{ inputs.a }}', 'steps:\n', 'agent: a\n', 'needs: [a]\n'],
] as const;

function choosing(random: () => number): Choose {
  return (values) => {
    const chosen = values[Math.floor(random() * values.length)];
    if (chosen === undefined) {
      throw new Error('nothing to choose from');
    }
    return chosen;
  };
}

function changedOnce(text: string, random: () => number): string {
  const choose = choosing(random);
  const at = Math.floor(random() * (text.length + 1));
  const behind = Math.min(text.length, at + Math.floor(random() * random() * 12));
  const kind = random();
  if (kind < 0.35) {
    return text.slice(0, at) + choose(PIECES) + text.slice(at);
  }
  if (kind < 0.6) {
    return text.slice(0, at) + text.slice(behind);
  }
  if (kind < 0.8) {
    return text.slice(0, at) + choose(PIECES) + text.slice(behind);
  }
  if (kind < 0.9) {
    const lines = text.split('\n');
    const line = Math.floor(random() * lines.length);
    const own = lines[line] ?? '';
    const put = choose([
      [],
      [choose(lines), own],
      [`${' '.repeat(1 + Math.floor(random() * 3))}${own}`],
      [own.replace(/^ {1,2}/, '')],
    ]);
    lines.splice(line, 1, ...put);
    return lines.join('\n');
  }
  return kind < 0.93
    ? text.replaceAll('\n', '\r\n')
    : kind < 0.96
      ? text.slice(0, at)
      : text.slice(at);
}

const WORDS = [
  ...['a', 'bb', 'x y', 'name', '10', '1.50', 'true', 'null', '~', '~x', '-1', '--flag', "it's"],
  ...[
    'a:b',
    'a#b',
    'http://x/y',
    '${{ x }}',
    'é\u00a0',
    '\u00a0',
    '.5',
    '0o17',
    '+1',
    '1e5',
    '0x1F',
  ],
  ...[
    '.NaN',
    '-.inf',
    'No',
    'yes',
    'a, b',
    'a]',
    'x{',
    '-z',
    'q" r',
    '___',
    '=',
    '<<',
    '(a)',
    '-0',
  ],
];
const QUOTED = [
  ...['"a b"', '"x\\n\\"y\\""', '"\\x41\\u00e9"', '"\\q"', '""', "''", "'it''s'", '"# no"'],
  ...['"a: b"', '"\\ud83d\\ude00"', '"\\U0001f600"', '"a\tb"', '"a\\\\"', '"open'],
];

/** Writes a part at a column; the parts it stands in have written what is before it. */
class YamlWriter {
  readonly #random: () => number;
  readonly #choose: Choose;

  constructor(random: () => number) {
    this.#random = random;
    this.#choose = choosing(random);
  }

  document(): string {
    const column = this.#choose([0, 0, 0, 0, 2]);
    const start = this.#choose(['', '', '---\n', '--- # x\n']) + this.#between(column);
    const root = this.#choose([
      () => this.#map(column, 3),
      () => this.#map(column, 3),
      () => this.#list(column, 3),
      () => `${this.#flow(3, 0)}\n`,
    ])();
    const text = start + ' '.repeat(column) + root + this.#between(0);
    const trimmed = this.#may(0.15) ? text.trimEnd() : text;
    return this.#may(0.15) ? trimmed.replaceAll('\n', '\r\n') : trimmed;
  }

  #may(chance: number): boolean {
    return this.#random() < chance;
  }

  #times(most: number, write: (index: number) => string, separator = ''): string {
    const times = 1 + Math.floor(this.#random() * most);
    return Array.from({ length: times }, (_, index) => write(index)).join(separator);
  }

  /** Blank lines and comments, in any column. */
  #between(column: number): string {
    let lines = '';
    while (this.#may(0.18)) {
      const at = (by: number) => ' '.repeat(Math.max(0, column + by));
      lines += this.#choose([
        ...['\n', '  \n', '# zero\n', `${at(0)}# c\n`, `${at(2)}# deep\n`],
        ...[`${at(-2)}# less  \n`, `${at(1)}#\n`],
      ]);
    }
    return lines;
  }

  #lineEnd(): string {
    return `${this.#may(0.15) ? this.#choose([' # c', '   #', '  # x  ']) : this.#may(0.1) ? '  ' : ''}\n`;
  }

  #map(column: number, depth: number): string {
    return this.#times(4, (index) => {
      const before = index === 0 ? '' : this.#between(column) + ' '.repeat(column);
      const key = this.#choose([
        ...[`k${index}`, `k${index}`, `"q${index}"`, `'s ${index}'`, `w ${index}`, `1${index}`],
        this.#choose(['a-b', 'x.y', 'null', 'true', 'k0', '__proto__']),
      ]);
      return before + key + this.#choose([':', ':', ':', ' :']) + this.#value(column, depth, true);
    });
  }

  #list(column: number, depth: number): string {
    return this.#times(3, (index) => {
      const before = index === 0 ? '' : this.#between(column) + ' '.repeat(column);
      return `${before}-${this.#value(column, depth, false)}`;
    });
  }

  #value(column: number, depth: number, inMap: boolean): string {
    const kind = this.#random();
    const below = (inner: number) =>
      this.#lineEnd() + this.#between(inner) + ' '.repeat(Math.max(0, inner));
    if (depth > 0 && kind < 0.3) {
      const inner = column + this.#choose([1, 2, 2, 3]);
      return below(inner) + this.#collection(inner, depth);
    }
    if (depth > 0 && inMap && kind < 0.4) {
      return below(column) + this.#list(column, depth - 1);
    }
    if (kind < 0.48) {
      return this.#lineEnd();
    }
    if (kind < 0.53) {
      return below(column + this.#choose([1, 2])) + this.#scalar(column);
    }
    const gap = this.#choose([1, 1, 2, 3]);
    return depth > 0 && !inMap && kind < 0.75
      ? ' '.repeat(gap) + this.#collection(column + 1 + gap, depth)
      : ' '.repeat(gap) + this.#scalar(column);
  }

  #collection(column: number, depth: number): string {
    return this.#may(0.6) ? this.#map(column, depth - 1) : this.#list(column, depth - 1);
  }

  #scalar(column: number): string {
    const kind = this.#random();
    if (kind < 0.55) {
      return this.#choose(WORDS) + this.#lineEnd();
    }
    if (kind < 0.65) {
      return this.#choose(QUOTED) + this.#lineEnd();
    }
    if (kind < 0.75) {
      return this.#flow(2, column + 1) + this.#lineEnd();
    }
    return kind < 0.9 ? this.#block(column) : this.#words(column);
  }

  /** An unquoted scalar that goes on in the next lines. */
  #words(column: number): string {
    const more = this.#times(3, () => {
      const blank = this.#may(0.2) ? '\n' : '';
      const indentation = ' '.repeat(column + this.#choose([1, 2, 3]));
      const words = this.#choose([this.#choose(WORDS), '- x', 'more text', '# no more']);
      return blank + indentation + words + (this.#may(0.1) ? this.#lineEnd() : '\n');
    });
    return `${this.#choose(WORDS)}\n${more}`;
  }

  #block(column: number): string {
    const own = column + this.#choose([1, 2, 2, 4]);
    const head = this.#choose(['|', '>', '|-', '>-', '|+', '>+', '|2', '>-1']) + this.#lineEnd();
    const lines = this.#times(5, () => {
      if (this.#may(0.2)) {
        return `${this.#choose(['', '  ', ' '.repeat(own), ' '.repeat(own + 1)])}\n`;
      }
      const further = this.#may(0.2) ? this.#choose([1, 2]) : 0;
      const words = ['text', '- x', 'a: b', '# no', 'x  ', '\tt', '\u00a0', '"', "it's", '---'];
      return `${' '.repeat(own + further)}${this.#choose(words)}\n`;
    });
    return head + lines + (this.#may(0.3) ? this.#choose(['\n', '\n\n']) : '');
  }

  #flow(depth: number, column: number): string {
    const gap = () =>
      this.#may(0.2)
        ? `\n${' '.repeat(column + this.#choose([0, 1, 2]))}`
        : this.#choose(['', ' ']);
    const item = () =>
      depth > 0 && this.#may(0.25)
        ? this.#flow(depth - 1, column)
        : this.#choose([this.#choose(WORDS), this.#choose(QUOTED), '1', 'x']);
    const isMap = this.#may(0.5);
    const [open, close] = isMap ? '{}' : '[]';
    const inside = this.#may(0.1)
      ? ''
      : this.#times(
          3,
          (index) => {
            const key = this.#choose([`k${index}`, `"k${index}"`, `'k${index}'`]);
            const colon = this.#choose([': ', ': ', ':', ' : ', `:\n${' '.repeat(column + 2)}`]);
            return gap() + (isMap ? key + colon : '') + item() + gap();
          },
          ',',
        );
    return `${open ?? ''}${inside}${this.#may(0.1) ? ',' : ''}${gap()}${close ?? ''}`;
  }
}
