import assert from 'node:assert/strict';
import { readDefinitions } from '../../../src/core/definitions/project.ts';
import { TemporaryFolder } from './folder.ts';
import { lines, said, unmark } from './marked.ts';

const never = new AbortController().signal;

describe('The schema of a product', () => {
  let folder: TemporaryFolder;
  beforeEach(() => {
    folder = new TemporaryFolder();
    folder.write('project/.sluice/agents/a.yaml', 'command: [tool]');
  });
  afterEach(() => folder.dispose());

  /** The first workflow of the folder, with the ranges that its text marks. */
  const read = async (marked: string) => {
    const { text, ranges } = unmark(marked);
    folder.write('project/.sluice/workflows/w.yaml', text);
    const { workflows } = await readDefinitions(`${folder.path}/project`, never);
    const [entry] = workflows;
    assert.ok(entry !== undefined);
    assert.deepEqual(
      entry.diagnostics.map(({ range }) => range),
      ranges,
    );
    return entry;
  };
  const withSchema = (schema: string) =>
    read(`steps: { s: { agent: a, produces: [{ path: out.json, schema: ${schema} }] } }`);

  it('may be a file of the folder, which is kept with the workflow', async () => {
    folder.write('project/schemas/out.json', '{ "type": "object", "$defs": { "x": true } }');
    for (const schema of ['schemas/out.json', './schemas/out.json']) {
      const entry = await withSchema(schema);
      assert.deepEqual(said(entry.diagnostics), []);
      const step = entry.kind === 'valid' ? entry.workflow.steps[0] : undefined;
      assert.ok(step?.kind === 'agent');
      assert.deepEqual(step.produces, [
        { path: 'out.json', schema: { type: 'object', $defs: { x: true } } },
      ]);
    }
  });

  it('is read the same way for the output of a step', async () => {
    folder.write('project/schemas/out.json', '{ "type": "object" }');
    for (const schema of ['schemas/out.json', '{ type: object }']) {
      const entry = await read(`steps: { s: { agent: a, output-schema: ${schema} } }`);
      assert.deepEqual(said(entry.diagnostics), []);
      const step = entry.kind === 'valid' ? entry.workflow.steps[0] : undefined;
      assert.ok(step?.kind === 'agent');
      assert.deepEqual(step.outputSchema, { type: 'object' });
    }
    const wrong = await read('steps: { s: { agent: a, output-schema: «{ type: 5 }» } }');
    assert.match(said(wrong.diagnostics).join(), /^bad-schema: Nothing can be checked/);
    const lost = await read('steps: { s: { agent: a, output-schema: «lost.json» } }');
    assert.match(said(lost.diagnostics).join(), /^bad-schema: In the schema "lost\.json": /);
  });

  it('may use what newer drafts have, formats nobody knows, and one id twice', async () => {
    const entry = await read(lines`
      steps:
        s:
          agent: a
          produces:
            - path: a.json
              schema:
                $schema: https://json-schema.org/draft/2020-12/schema
                $id: https://example.com/x
                prefixItems: [{ type: string, format: colour }]
            - path: b.json
              schema: { $id: https://example.com/x, x-note: y, const: [1, null, { a: true }] }
            - path: d.json
              schema: { items: [{ type: string }], dependencies: { a: [b] } }
            - path: e.json
              schema: { properties: { a: { $id: inner, type: string } } }
            - path: f.json
              schema: { properties: { a: { $id: inner, type: number } } }
            - path: c.json
              schema: { $id: https://example.com/x, $schema: 'http://json-schema.org/draft-07/schema#' }`);
    assert.deepEqual(said(entry.diagnostics), []);
  });

  it('is refused where nothing can be checked with it', async () => {
    for (const [schema, problem] of [
      [
        '«{ type: objct }»',
        'Nothing can be checked with this schema: schema is invalid: data/type must be equal to one of the allowed values',
      ],
      [
        "«{ $ref: '#/definitions/x' }»",
        "Nothing can be checked with this schema: can't resolve reference #/definitions/x from id #.",
      ],
      ['«{ pattern: "(" }»', 'Nothing can be checked with this schema: '],
      [
        '«{ $async: true }»',
        'Nothing can be checked with this schema: "$async" is no part of JSON Schema.',
      ],
      [
        '«{ $schema: https://example.com/other }»',
        'Nothing can be checked with this schema: "$schema" is "https://example.com/other"; known are https://json-schema.org/draft/2020-12/schema and http://json-schema.org/draft-07/schema#.',
      ],
    ] as const) {
      const entry = await withSchema(schema);
      const [said1 = ''] = said(entry.diagnostics);
      assert.ok(said1.startsWith(`bad-schema: ${problem}`), said1);
    }
  });

  it('is refused where its file cannot be used, with the place in that file', async () => {
    folder.write('project/broken.json', '{\n  "type": "object",,\n}');
    folder.write('project/list.json', '[]');
    folder.write('project/wrong.json', '{ "type": 7 }');
    folder.write('project/deep.json', '{"not":'.repeat(70) + '{}' + '}'.repeat(70));
    folder.write('project/bytes.json', Buffer.from([0xff, 0x20]));
    for (const [file, problem, line] of [
      ['missing.json', 'This cannot be read: it is not there.', undefined],
      ['.sluice', 'This cannot be read: it is not a plain file.', undefined],
      ['bytes.json', 'This is not valid UTF-8 from here on: save the file as UTF-8.', undefined],
      ['broken.json', 'This is not valid JSON: ', 2],
      ['list.json', 'A schema is made of fields: write "{" and "}" around it.', 1],
      ['wrong.json', 'Nothing can be checked with this schema: schema is invalid: data/type', 1],
      ['deep.json', 'A schema has at most 64 levels of lists and fields.', 1],
    ] as const) {
      const entry = await withSchema(`«${file}»`);
      const [text = ''] = said(entry.diagnostics);
      assert.ok(text.startsWith(`bad-schema: In the schema "${file}": ${problem}`), text);
      assert.deepEqual(
        entry.diagnostics[0]?.related.map((place) => [place.file, place.range.start.line]),
        line === undefined ? [] : [[file, line]],
      );
    }
  });

  it('cannot be a file outside the folder, by its path or by a link', async () => {
    folder.write('secret.json', '{}');
    folder.link('project/link.json', '../secret.json');
    for (const file of [
      '../secret.json',
      'x/../../secret.json',
      `${folder.path}/secret.json`,
      'C:/secret.json',
      'link.json',
    ]) {
      const entry = await withSchema(`«${file}»`);
      assert.deepEqual(said(entry.diagnostics), [
        `bad-schema: "${file}" is not in the folder: name a JSON file in it, relative to the folder.`,
      ]);
    }
  });

  it('stands no deeper than it can be checked', async () => {
    const entry = await read(
      `steps: { s: { agent: a, produces: [{ path: o.json, schema: ${'{ not: '.repeat(50)}{}${' }'.repeat(50)} }] } }`,
    );
    assert.equal(entry.kind, 'valid');
  });
});
