import assert from 'node:assert/strict';
import fc from 'fast-check';
import { jsonProblem } from '../../../src/core/artifacts/jsonProblem.ts';
import { productProblems } from '../../../src/core/artifacts/productSchema.ts';
import type { JsonValue } from '../../../src/core/domain/workflow.ts';

const bytesOf = (value: unknown) => Buffer.from(JSON.stringify(value));
const problems = (schema: JsonValue, value: unknown) => productProblems(schema, bytesOf(value));

const LIST: JsonValue = {
  type: 'object',
  required: ['items'],
  properties: {
    items: {
      type: 'array',
      items: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } },
    },
  },
};

describe('a file that is to satisfy a JSON Schema', () => {
  it('is fine when it does', () => {
    assert.deepEqual(problems(LIST, { items: [{ name: 'a' }, { name: '' }], more: 1 }), []);
    assert.deepEqual(problems(true, [null]), []);
    assert.deepEqual(productProblems(LIST, Buffer.from('\ufeff{"items": []}\r\n')), []);
  });

  it('is told with the place of each problem', () => {
    assert.deepEqual(problems(LIST, { items: [{ name: 'a' }, { name: 1 }, {}, 'b'] }), [
      '"items.1.name" must be a text',
      '"items.2" must have "name"',
      '"items.3" must be an object',
    ]);
    assert.deepEqual(problems(LIST, []), ['it must be an object']);
    assert.deepEqual(problems(LIST, {}), ['it must have "items"']);
    assert.deepEqual(problems(false, {}), ['it must not be there']);
  });

  for (const [schema, value, expected] of [
    [{ type: ['string', 'null'] }, 1, 'it must be a text or null'],
    [{ type: 'integer' }, 1.5, 'it must be a whole number'],
    [{ enum: ['low', 'high', 3] }, 'mid', 'it must be "low", "high" or 3'],
    [{ const: { a: 1 } }, 2, 'it must be {"a":1}'],
    [{ minimum: 3 }, 2, 'it must be at least 3'],
    [{ maximum: 3 }, 4, 'it must be at most 3'],
    [{ exclusiveMinimum: 3 }, 3, 'it must be more than 3'],
    [{ exclusiveMaximum: 3 }, 3, 'it must be less than 3'],
    [{ multipleOf: 5 }, 3, 'it must be a multiple of 5'],
    [{ minLength: 2 }, '', 'it must have at least 2 characters'],
    [{ maxLength: 1 }, 'ab', 'it must have at most 1 character'],
    [{ pattern: '^a+$' }, 'b', 'it must match the pattern ^a+$'],
    [{ minItems: 2 }, [1], 'it must have at least 2 entries'],
    [{ maxItems: 1 }, [1, 2], 'it must have at most 1 entry'],
    [{ prefixItems: [true], items: false }, [1, 2], 'it must have at most 1 entry'],
    [{ unevaluatedItems: false }, [1], 'it must have at most 0 entries'],
    [{ uniqueItems: true }, [1, 2, 1], 'it must not hold the same twice, as in 0 and 2'],
    [
      { contains: { type: 'string' } },
      [1, 2],
      'it must hold at least 1 entry of the kind the schema asks for',
    ],
    [
      { contains: { type: 'string' }, minContains: 0, maxContains: 1 },
      ['a', 'b'],
      'it must hold 0 to 1 entry of the kind the schema asks for',
    ],
    [{ minProperties: 1 }, {}, 'it must have at least 1 member'],
    [{ maxProperties: 0 }, { a: 1 }, 'it must have at most 0 members'],
    [
      { additionalProperties: false, properties: { a: true } },
      { a: 1, b: 1 },
      'it must not have "b"',
    ],
    [{ unevaluatedProperties: false }, { b: 1 }, 'it must not have "b"'],
    [
      { propertyNames: { pattern: '^a' } },
      { b: 1 },
      'it must not have "b": the schema does not allow that name',
    ],
    [{ dependentRequired: { a: ['b'] } }, { a: 1 }, 'it must have "b", since it has "a"'],
    [{ not: { type: 'string' } }, 'a', 'it is what the schema rules out'],
    [{ if: { type: 'string' }, then: { minLength: 1 } }, '', 'it must have at least 1 character'],
    [{ required: ['toString'] }, {}, 'it must have "toString"'],
    [{ anyOf: [{ type: 'string' }, { type: 'null' }] }, 1, 'it must be a text or null'],
    [
      { oneOf: [{ type: 'number' }, { type: 'integer' }] },
      1,
      'it must be only one of the alternatives, and is several',
    ],
    [
      { properties: { a: { anyOf: [{ $ref: '#/$defs/N' }, { const: 0 }] } }, $defs: { N: LIST } },
      { a: {} },
      '"a" must be one of the alternatives: "a" must have "items", or "a" must be 0',
    ],
    [
      { properties: { 'a/b': { properties: { '~': false } } } },
      { 'a/b': { '~': 1 } },
      '"a/b.~" must not be there',
    ],
  ] satisfies [JsonValue, unknown, string][]) {
    it(`is told: ${expected}`, () => {
      assert.deepEqual(problems(schema, value), [expected]);
    });
  }

  it('has what its alternatives lack kept apart from what it lacks itself', () => {
    const schema = { required: ['id'], anyOf: [{ required: ['a'] }, { required: ['b'] }] };
    assert.deepEqual(problems(schema, {}).toSorted(), [
      'it must be one of the alternatives: it must have "a", or it must have "b"',
      'it must have "id"',
    ]);
  });

  it('is told of in at most 10 sentences, each once', () => {
    const numbers = { items: { type: 'string' } };
    assert.equal(problems(numbers, Array(10).fill(0)).length, 10);
    assert.deepEqual(problems(numbers, Array(25).fill(0)).slice(8), [
      '"8" must be a text',
      'and 16 more',
    ]);
    const twice = { allOf: [{ type: 'string' }, { type: 'string' }] };
    assert.deepEqual(problems(twice, 1), ['it must be a text']);
  });

  it('is told of in short sentences, whatever it holds', () => {
    const long = 'x'.repeat(5000);
    const schema = {
      additionalProperties: { enum: Array.from({ length: 100 }, (_, index) => `value ${index}`) },
      propertyNames: { maxLength: 10 },
    };
    for (const sentence of problems(schema, { [long]: 1, '\u001b[31m': 2 })) {
      assert.ok(sentence.length <= 200, sentence);
      assert.ok(!sentence.includes('\u001b'));
    }
  });

  it('is searched for its first problem only when it is large', () => {
    const value = Array.from({ length: 300_000 }, () => 0);
    assert.deepEqual(problems({ items: { type: 'string' } }, value), ['"0" must be a text']);
  });

  it('may be nested more deeply than can be followed', () => {
    const schema = { items: { $ref: '#' } };
    const depth = 100_000;
    const bytes = Buffer.from('['.repeat(depth) + ']'.repeat(depth));
    assert.deepEqual(productProblems(schema, bytes), [
      'it cannot be checked: it is nested too deeply',
    ]);
  });
});

describe('a JSON Schema', () => {
  it('is of the version it says', () => {
    const tuple = { items: [{ type: 'string' }] };
    for (const $schema of [
      'http://json-schema.org/draft-07/schema#',
      'http://json-schema.org/draft-07/schema',
    ]) {
      assert.deepEqual(problems({ $schema, ...tuple }, [1]), ['"0" must be a text']);
    }
    const $schema = 'https://json-schema.org/draft/2020-12/schema';
    const newTuple = { prefixItems: [{ type: 'string' }] };
    assert.deepEqual(problems({ $schema, ...newTuple }, [1]), ['"0" must be a text']);
    assert.deepEqual(problems(newTuple, [1]), ['"0" must be a text']);
    assert.deepEqual(problems(tuple, [1]), ['"0" must be a text']);
    assert.match(problems({ $schema, ...tuple }, [1])[0] ?? '', /schema cannot be used/);
  });

  it('may name formats and keywords that are not known', () => {
    const schema = { type: 'string', format: 'postcode', 'x-order': 1 };
    assert.deepEqual(problems(schema, 'anything'), []);
    assert.deepEqual(problems({ format: 'date' }, 'no date'), []);
  });

  it('may have the id of another, and is read once', () => {
    const id = 'https://example.com/report';
    let reads = 0;
    const counting = new Proxy(
      { $id: id, type: 'string' },
      {
        get: (target, name): unknown => {
          reads += 1;
          return Reflect.get(target, name);
        },
      },
    );
    assert.deepEqual(problems(counting, 1), ['it must be a text']);
    const before = reads;
    assert.deepEqual(problems(counting, 'a'), []);
    assert.equal(reads, before);
    assert.deepEqual(problems({ $id: id, type: 'number' }, 'a'), ['it must be a number']);
  });

  for (const [what, schema, expected] of [
    ['refers to the net', { $ref: 'https://example.com/s.json' }, /can't resolve reference/],
    ['is broken', { type: 'text' }, /schema is invalid/],
    ['has a broken pattern', { pattern: '(' }, /Invalid regular expression/],
    [
      'is of another version',
      { $schema: 'https://json-schema.org/draft/2019-09/schema' },
      /known are/,
    ],
    ['is no object', 'string', /it is no object/],
    ['is a list', [], /it is no object/],
    ['would be judged later', { $async: true, type: 'string' }, /no part of JSON Schema/],
  ] satisfies [string, JsonValue, RegExp][]) {
    it(`that ${what} is told instead of a verdict`, () => {
      const [sentence = '', ...others] = problems(schema, 1);
      assert.deepEqual(others, []);
      assert.match(sentence, /^its schema cannot be used: /);
      assert.match(sentence, expected);
      assert.ok(sentence.length <= 200);
    });
  }
});

describe('a file that is not JSON', () => {
  for (const [text, expected] of [
    ['', 'it is empty'],
    [' \n', 'it is empty'],
    ['{"a": 1,}', 'line 1, column 9: a name in double quotes should stand here, not "}"'],
    ['[1,\n 2,\n]', 'line 3, column 1: a value should stand here, not "]"'],
    ['{"a" 1}', 'line 1, column 6: ":" should stand here, not "1"'],
    ['{a: 1}', 'line 1, column 2: a name in double quotes or "}" should stand here, not "a"'],
    ['[1 2]', 'line 1, column 4: "," or "]" should stand here, not "2"'],
    ['{"a": {"b": 1}\r\n"c": 2}', 'line 2, column 1: "," or "}" should stand here, not "c"'],
    ['[undefined]', 'line 1, column 2: a value or "]" should stand here, not "undefined"'],
    ['```json\n{}\n```', 'line 1, column 1: a value should stand here, not "`"'],
    ['{} done', 'line 1, column 4: nothing more should stand here, not "done"'],
    ['{"a": [1', 'line 1, column 9: it ends where "," or "]" should stand'],
    ['["a', 'line 1, column 4: it ends inside a text; a double quote is missing'],
    [
      '["a\nb"]',
      'line 1, column 4: a text cannot hold a line end or another control character as it is; a line end is written \\n',
    ],
    [
      '["C:\\Users"]',
      'line 1, column 5: "\\U" means nothing in JSON; a backslash itself is written twice',
    ],
  ] as const) {
    it(`is told: ${expected}`, () => {
      const [sentence, ...others] = productProblems(true, Buffer.from(text));
      assert.deepEqual(others, []);
      assert.equal(sentence, `it is not JSON: ${expected}`);
    });
  }

  it('may be no text at all', () => {
    assert.deepEqual(productProblems(true, Buffer.from([0x22, 0xff, 0x22])), [
      'it is not JSON: it is not text in UTF-8',
    ]);
  });

  it('is told from JSON as the engine tells it', () => {
    const part = fc.constantFrom(
      ...['{', '}', '[', ']', ',', ':', '"', '"a"', '"\\n"', '\\', '1', '-0.5e+3', '01', 'true'],
      ...['nul', 'null', ' ', '\n', '\t', '\u00a0', 'é', '\u0001', '😀'],
    );
    const texts = fc.oneof(
      fc.array(part, { maxLength: 8 }).map((parts) => parts.join('')),
      fc.tuple(fc.json(), fc.nat(), part).map(([json, at, sign]) => {
        const place = at % (json.length + 1);
        return json.slice(0, place) + sign + json.slice(place);
      }),
      fc.json(),
    );
    fc.assert(
      fc.property(texts, (text) => {
        let isJson = true;
        try {
          JSON.parse(text);
        } catch {
          isJson = false;
        }
        assert.equal(jsonProblem(text) === undefined, isJson);
      }),
      { numRuns: 2000 },
    );
  });
});
