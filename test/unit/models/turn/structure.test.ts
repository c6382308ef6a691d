import assert from 'node:assert/strict';
import { structureFor } from '../../../../src/core/models/turn/structure.ts';
import type { JsonValue } from '../../../../src/core/domain/workflow.ts';

const asks = (outputSchema: JsonValue | undefined, tools = 0, canStructure = true) =>
  structureFor({
    outputSchema,
    canStructure,
    tools: Array.from({ length: tools }, () => ({ name: 't', description: '', inputSchema: {} })),
  });

const CLOSED = {
  type: 'object',
  properties: {
    a: { type: 'string' },
    b: { type: 'array', items: { type: 'object', properties: {}, additionalProperties: false } },
  },
  required: ['a', 'b'],
  additionalProperties: false,
};

describe('how a model is held to a schema', () => {
  it('is nothing without one', () => {
    assert.deepEqual(asks(undefined), { format: undefined, words: '', strict: false });
  });

  it('is by its provider where that can be', () => {
    const { format, words } = asks(CLOSED);
    assert.deepEqual(format, { type: 'json', name: 'answer', schema: CLOSED });
    assert.equal(words, '');
  });

  it('is in words with tools, with a model that cannot, and for what is no object', () => {
    for (const structure of [
      asks(CLOSED, 1),
      asks(CLOSED, 0, false),
      asks({ type: 'array' }),
      asks(true),
    ]) {
      assert.equal(structure.format, undefined);
      assert.match(structure.words, /JSON Schema:\n/);
    }
  });

  it('is strict only where every object names all its properties and takes no others', () => {
    assert.equal(asks(CLOSED).strict, true);
    const loose: readonly JsonValue[] = [
      { ...CLOSED, additionalProperties: true },
      { ...CLOSED, required: ['a'] },
      { type: 'object', properties: { a: CLOSED } },
      { ...CLOSED, properties: { ...CLOSED.properties, a: { type: 'object' } } },
      { ...CLOSED, properties: { ...CLOSED.properties, a: { anyOf: [{ type: 'object' }] } } },
      { ...CLOSED, $defs: { x: { type: 'object' } } },
    ];
    assert.deepEqual(
      loose.map((schema) => asks(schema).strict),
      loose.map(() => false),
    );
  });
});
