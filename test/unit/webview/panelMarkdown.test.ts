import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  readInline,
  readMarkdown,
  type Block,
  type Inline,
} from '../../../src/webview/graph/panel/markdown.ts';

const blocks = (text: string): readonly Block[] => readMarkdown(text).map(({ block }) => block);

/** What a reader sees of it. */
function seen(text: readonly Inline[]): string {
  return text
    .map((inline) => {
      switch (inline.kind) {
        case 'text':
        case 'code':
          return inline.text;
        case 'link':
          return inline.text === inline.address ? inline.text : inline.text + inline.address;
        case 'strong':
        case 'emphasis':
          return seen(inline.text);
        case 'break':
          return '\n';
      }
    })
    .join('');
}

describe('Markdown in the panel', () => {
  it('has headings, paragraphs whose lines stay, rules and quotes', () => {
    assert.deepEqual(blocks('## Two ##\none\ntwo\n\n---\n> said'), [
      { kind: 'heading', level: 2, text: [{ kind: 'text', text: 'Two' }] },
      {
        kind: 'paragraph',
        text: [{ kind: 'text', text: 'one' }, { kind: 'break' }, { kind: 'text', text: 'two' }],
      },
      { kind: 'rule' },
      { kind: 'quote', text: [{ kind: 'text', text: 'said' }] },
    ]);
  });

  it('has code in fences, with anything in it, and of one that is still being written', () => {
    assert.deepEqual(blocks('```ts\n# no\n\n**no**\n```\nafter').slice(0, 1), [
      { kind: 'code', language: 'ts', text: '# no\n\n**no**' },
    ]);
    assert.deepEqual(blocks('~~~\n```\n~~~'), [{ kind: 'code', language: '', text: '```' }]);
    assert.deepEqual(blocks('```\nbegun'), [{ kind: 'code', language: '', text: 'begun' }]);
  });

  it('has lists, as deep as they are indented, with numbers and boxes', () => {
    const [list] = blocks('- a\n  - b\n    more\n- [x] c\n3. d');
    assert.ok(list?.kind === 'list');
    assert.deepEqual(
      list.items.map(({ depth, mark, text }) => `${depth} ${mark} ${seen(text)}`),
      ['0 • a', '1 • b\nmore', '0 ☑ c', '0 3. d'],
    );
  });

  it('shows a table as it is written', () => {
    const table = '| a | b |\n|---|:-:|\n| 1 | 2 |';
    assert.deepEqual(blocks(`${table}\n\nafter`)[0], { kind: 'table', text: table });
  });

  it('has code, strong and emphasised words, one in the other', () => {
    assert.deepEqual(readInline('a `x*y` **b *c*** _d_'), [
      { kind: 'text', text: 'a ' },
      { kind: 'code', text: 'x*y' },
      { kind: 'text', text: ' ' },
      {
        kind: 'strong',
        text: [
          { kind: 'text', text: 'b ' },
          { kind: 'emphasis', text: [{ kind: 'text', text: 'c' }] },
        ],
      },
      { kind: 'text', text: ' ' },
      { kind: 'emphasis', text: [{ kind: 'text', text: 'd' }] },
    ]);
  });

  it('leaves alone what only looks like it: names, sums, what is escaped or not closed', () => {
    for (const text of ['snake_case_name', '2 * 3 * 4', 'a ** b', '**open', '`open', '[a] (b)']) {
      assert.deepEqual(readInline(text), [{ kind: 'text', text }], text);
    }
    assert.deepEqual(readInline('\\*not\\*'), [{ kind: 'text', text: '*not*' }]);
  });

  it('tells where a link leads, and makes none', () => {
    assert.deepEqual(readInline('[here](javascript:alert(1) "x") ![](https://x/y.png)'), [
      { kind: 'link', text: 'here', address: 'javascript:alert(1)' },
      { kind: 'text', text: ' ' },
      { kind: 'link', text: 'https://x/y.png', address: 'https://x/y.png' },
    ]);
  });

  it('takes HTML for text', () => {
    const html = '<img src=x onerror=alert(1)><script>alert(1)</script>&lt;';
    assert.deepEqual(blocks(html), [{ kind: 'paragraph', text: [{ kind: 'text', text: html }] }]);
  });

  it('loses no word, whatever it is given', () => {
    const piece = fc.oneof(
      fc.constantFrom('**', '*', '_', '`', '```', '~~~', '[', '](', ')', '#', '> ', '- ', '1. '),
      fc.constantFrom('\n', '\n\n', '  ', '\t', '|', '---', '\\', '<b>', '&amp;', '!['),
      fc.stringMatching(/^[a-z]{1,6}$/),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = pieces.join('');
        const read = readMarkdown(text);
        const letters = (of: string) => of.replace(/[^a-z]/g, '');
        assert.equal(letters(read.map(({ source }) => source).join('')), letters(text));
        for (const { block, source } of read) {
          const [fence = '', ...lines] = source.split('\n');
          // What stands behind a fence names the language.
          const written = block.kind === 'code' ? lines.join('\n') : source;
          assert.equal(letters(visible(block)), letters(written), fence);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('takes no more time than its length is worth', () => {
    const most = 40_000;
    const hostile = [
      '*',
      '**a ',
      '*a ',
      '_a_b',
      '`',
      '`a``',
      '[',
      '[a](',
      '![a](b',
      '[a](b(c',
      '\\',
      '# ',
      '> ',
      '- ',
      '  - a\n',
      '|-',
      '||\n--|\n',
      '``` a',
      '~~~\n',
      ' ',
      '\t',
      '-  ',
      'a\n',
      '\n',
    ];
    for (const part of hostile) {
      for (const start of ['', '# ', '- ', '> ', 'a|\n-', '```', '*']) {
        const text = start + part.repeat(Math.ceil(most / part.length));
        const before = performance.now();
        readMarkdown(text);
        const took = performance.now() - before;
        // Twenty times what the slowest takes: a machine may be busy, and what grows with the square takes minutes.
        assert.ok(took < 2000, `${JSON.stringify(start + part)} took ${Math.round(took)} ms`);
      }
    }
  });
});

function visible(block: Block): string {
  switch (block.kind) {
    case 'heading':
    case 'paragraph':
    case 'quote':
      return seen(block.text);
    case 'code':
    case 'table':
      return block.text;
    case 'list':
      return block.items.map(({ text }) => seen(text)).join('\n');
    case 'rule':
      return '';
  }
}
