import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { LONGEST_NOTE, parsePageMessage } from '../../../src/vscode/graph/pageMessage.ts';
import { parsePlanEdit } from '../../../src/vscode/graph/planMessage.ts';
import { routePageMessage, type PageEffects } from '../../../src/vscode/graph/pageRouter.ts';
import type { GraphPageMessage } from '../../../src/webview/protocol.ts';

const WELL_FORMED: readonly GraphPageMessage[] = [
  { type: 'ready' },
  { type: 'open', task: 'lint' },
  { type: 'reply', task: 'lint' },
  { type: 'select', task: 'lint' },
  { type: 'select', task: undefined },
  { type: 'timeline', isOpen: true },
  { type: 'moment', seq: 12 },
  { type: 'moment', seq: undefined },
  { type: 'verb', task: 'lint', verb: 'stop' },
  { type: 'run-verb', verb: 'pause' },
  { type: 'file', task: 'lint', path: 'a/b.md', show: 'changes' },
  { type: 'answer', task: 'ask', decision: 'approved' },
  { type: 'answer', task: 'ask', decision: 'rejected', note: 'no', digest: 'd' },
  { type: 'answer', task: 'ask', decision: 'changes-requested', note: 'shorter', choice: 'x' },
  { type: 'exported', format: 'svg', text: '<svg/>' },
  { type: 'plan-edit', number: 1, edit: { kind: 'rename', from: 'a', to: 'b' } },
  { type: 'plan-undo', number: 1 },
  { type: 'plan-verb', verb: 'run' },
];

/** What a message may hold, written down once more: by name, whether the value is one. */
const SHAPES: Readonly<Record<string, Readonly<Record<string, (value: unknown) => boolean>>>> = {
  ready: {},
  open: { task: isName },
  reply: { task: isName },
  select: { task: (value) => value === undefined || isName(value) },
  timeline: { isOpen: (value) => typeof value === 'boolean' },
  moment: { seq: (value) => value === undefined || isPositive(value) },
  verb: { task: isName, verb: isName },
  'run-verb': { verb: isName },
  file: { task: isName, path: isName, show: (value) => value === 'file' || value === 'changes' },
  answer: {
    task: isName,
    decision: (value) => ['approved', 'rejected', 'changes-requested'].includes(String(value)),
    note: isTextOrNothing,
    choice: isTextOrNothing,
    digest: isTextOrNothing,
  },
  exported: {
    format: (value) => value === 'svg' || value === 'mermaid',
    text: (value) => typeof value === 'string',
  },
  'plan-edit': { number: isPositive, edit: (value) => parsePlanEdit(value) !== undefined },
  'plan-undo': { number: isPositive },
  'plan-verb': { verb: (value) => ['preflight', 'run', 'open'].includes(String(value)) },
};

function isName(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && value.length <= 4096;
}

function isTextOrNothing(value: unknown): boolean {
  return value === undefined || (typeof value === 'string' && value.length <= LONGEST_NOTE);
}

function isPositive(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

function isWellFormed(message: object): boolean {
  const { type, ...fields } = message as Readonly<Record<string, unknown>>;
  const shape = SHAPES[String(type)];
  return (
    shape !== undefined &&
    Object.keys(fields).every((name) => Object.hasOwn(shape, name)) &&
    Object.entries(shape).every(([name, holds]) => holds(fields[name]))
  );
}

const word = fc.constantFrom(
  ...Object.keys(SHAPES),
  ...['picture', 'pause', '__proto__', 'constructor', 'toString', ''],
);
const value = fc.oneof(
  fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true }),
  word,
  fc.string(),
  fc.constantFrom(0, -1, 1, 1.5, NaN, Infinity, 2 ** 60, true, false, undefined, null),
  fc.constantFrom('approved', 'rejected', 'changes-requested', 'file', 'changes', 'svg', 'mermaid'),
  fc.constantFrom('x'.repeat(5000), 'x'.repeat(LONGEST_NOTE + 1)),
);
/** Some are nearly messages: a right type, and fields with the right names. */
const anyMessage = fc.oneof(
  fc.anything(),
  fc.record(
    {
      type: fc.oneof({ weight: 5, arbitrary: word }, value),
      task: value,
      verb: value,
      path: value,
      show: value,
      decision: value,
      note: value,
      choice: value,
      digest: value,
      seq: value,
      isOpen: value,
      format: value,
      text: value,
      command: value,
      number: value,
      edit: value,
    },
    { requiredKeys: [] },
  ),
);

describe('A message of the graph page', () => {
  it('is read as it was sent', () => {
    for (const message of WELL_FORMED) {
      assert.deepEqual(parsePageMessage(message), message);
      assert.ok(isWellFormed(message), JSON.stringify(message));
    }
  });

  it('loses what is not known of it', () => {
    assert.deepEqual(parsePageMessage({ type: 'open', task: 'a', command: 'rm' }), {
      type: 'open',
      task: 'a',
    });
  });

  it('is none with a part missing, of another kind, empty or far too long', () => {
    const wrong: readonly unknown[] = [
      undefined,
      'ready',
      [],
      {},
      { type: 'open' },
      { type: 'open', task: '' },
      { type: 'open', task: 'x'.repeat(5000) },
      { type: 'select', task: 3 },
      { type: 'moment', seq: 0 },
      { type: 'moment', seq: 1.5 },
      { type: 'moment', seq: '3' },
      { type: 'timeline' },
      { type: 'file', task: 'a', path: 'b', show: 'delete' },
      { type: 'answer', task: 'a', decision: 'maybe' },
      { type: 'answer', task: 'a', decision: 'approved', note: 3 },
      { type: 'answer', task: 'a', decision: 'approved', note: 'x'.repeat(LONGEST_NOTE + 1) },
      { type: 'exported', format: 'png', text: '' },
      { type: 'pause' },
      { type: 'plan-edit', number: 1, edit: { kind: 'format-disk' } },
      { type: 'plan-edit', number: 1, edit: { kind: 'tests', id: 'a', tests: [{ cmd: 1 }] } },
      { type: 'plan-verb', verb: 'drop' },
    ];
    for (const message of wrong) {
      assert.equal(parsePageMessage(message), undefined, inspect(message).slice(0, 80));
    }
  });

  it('is well formed or none, whatever 10,000 pages send', () => {
    let read = 0;
    fc.assert(
      fc.property(anyMessage, (raw) => {
        const message = parsePageMessage(raw);
        read += message === undefined ? 0 : 1;
        return message === undefined || isWellFormed(message);
      }),
      { numRuns: 10_000 },
    );
    assert.ok(read > 100, `only ${read} of the random messages were messages`);
  });

  it('has an effect only if it is well formed, and then one', async () => {
    const done: object[] = [];
    const note = (message: GraphPageMessage) => void done.push(message);
    const later = (message: GraphPageMessage) => {
      note(message);
      return Promise.resolve();
    };
    const effects: PageEffects = {
      ready: () => note({ type: 'ready' }),
      select: (task) => note({ type: 'select', task }),
      timeline: (isOpen) => note({ type: 'timeline', isOpen }),
      open: (task) => later({ type: 'open', task }),
      moment: (seq) => later({ type: 'moment', seq }),
      verb: (task, verb) => later({ type: 'verb', task, verb }),
      runVerb: (verb) => later({ type: 'run-verb', verb }),
      file: later,
      answer: later,
      reply: (task) => later({ type: 'reply', task }),
      exported: (format, text) => later({ type: 'exported', format, text }),
      plan: later,
    };
    for (const message of WELL_FORMED) {
      await routePageMessage(message, effects);
    }
    assert.deepEqual(done, WELL_FORMED);

    await fc.assert(
      fc.asyncProperty(anyMessage, async (raw) => {
        done.length = 0;
        await routePageMessage(raw, effects);
        const expected = parsePageMessage(raw);
        assert.deepEqual(done, expected === undefined ? [] : [expected]);
        assert.ok(done.every(isWellFormed));
      }),
      { numRuns: 10_000 },
    );
  });
});
