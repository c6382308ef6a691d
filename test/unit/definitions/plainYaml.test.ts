import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readPlainYaml } from '../../../src/core/definitions/source/plainYaml.ts';
import { checkPlainYaml, comparePlain, yamlTexts } from '../../long/definitions/plainYaml.ts';
import { realYaml } from '../../long/definitions/realTexts.ts';
import { lines } from './marked.ts';

// The same at full size: npm run test:long -- definitions

function reads(text: string): boolean {
  return comparePlain(text);
}

describe('Plain YAML', function () {
  this.timeout(60_000);

  for (const [name, texts] of yamlTexts()) {
    it(`is read as the YAML library reads it: ${name}`, () => {
      const counts = { inputs: 0, plain: 0 };
      const checked = checkPlainYaml(texts, 2000, undefined, counts);
      assert.ok(!checked.failed, checked.failed ? fc.defaultReportMessage(checked) : '');
      assert.ok(counts.plain > 20, `${counts.plain} of ${counts.inputs} are read`);
    });
  }

  it('is what nearly all real files hold', () => {
    const real = realYaml();
    const plain = real.filter(reads);
    assert.ok(real.length > 50);
    assert.ok(plain.length > 0.9 * real.length, `${plain.length} of ${real.length}`);
  });

  const plain: Readonly<Record<string, string>> = {
    'front matter': lines`
      ---
      name: reviewer   # who
      description: >-
        Reads what was changed
        and says what is wrong.

          - with examples
      tools: [read, "search", 'web']
      tags: {area: science, level: 3}
      # the end
    `,
    'lists in lists and maps in lists': lines`
      - - a
        - b
      -   name: x
          needs:
          - y
          - z: 1
            q: "\\u00e9\\n"
      -
        k: |+
          one

      - last
    `,
    'scalars over lines': 'a: one\n  two\n\n  three # c\nb:\n  four\n',
    'comments between levels': 'a:\n  b:\n    c: 1\n    # d\n   # e\n  # f\ng: 2\n',
    'values of every type': '[~, null, true, FALSE, 1, -0, 0o7, 0xF, 1.5, .5, 1e3, .inf, .nan, no]',
    JSON: '{"steps": [\n  {"id": "a", "agent": "b\\/c"},\n  []\n]}\n',
    'carriage returns': 'a: |\r\n  x\r\n\r\n  y\r\nb: c\r\n',
    'keys that objects have': 'constructor: 1\ntoString: 2\n<<: 3\n',
  };
  for (const [what, text] of Object.entries(plain)) {
    it(`is ${what}`, () => {
      assert.ok(reads(text));
    });
  }

  const others: Readonly<Record<string, string>> = {
    anchors: 'a: &x 1\n',
    aliases: 'a: *x\n',
    tags: 'a: !!str 1\n',
    directives: '%YAML 1.1\n---\na: 1\n',
    'other documents': 'a: 1\n---\nb: 2\n',
    'a document end': 'a: 1\n...\n',
    'explicit keys': '? a\n: 1\n',
    'tabs that indent': 'a:\n\tb: 1\n',
    'keys twice': 'a: 1\na: 2\n',
    'a key that is nothing': '~: 1\n',
    __proto__: '__proto__: 1\n',
    'quotes over lines': 'a: "b\n  c"\n',
    'a bare scalar': 'a\n',
    'nothing at all': '# no\n',
    'an indentation of its own': 'a: |2\n    b\n',
    'lone carriage returns': 'a: 1\rb: 2\n',
    'what cannot stand there': 'a: b: c\n',
    'lists as deep as a bomb': '['.repeat(100) + ']'.repeat(100),
  };
  for (const [what, text] of Object.entries(others)) {
    it(`is not ${what}`, () => {
      assert.equal(readPlainYaml(text, text.length), undefined);
    });
  }

  it('ends where it is told to', () => {
    const text = '---\na: 1\n---\n? b';
    assert.deepEqual(readPlainYaml(text, 9), readPlainYaml('---\na: 1\n', 9));
    assert.ok(reads('---\na: 1\n'));
  });
});
