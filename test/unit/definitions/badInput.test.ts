import assert from 'node:assert/strict';
import { decodeSource } from '../../../src/core/definitions/source/sourceText.ts';
import type { AgentDraft, WorkflowEntry } from '../../../src/core/definitions/entries.ts';
import { indexAgents } from '../../../src/core/definitions/entries.ts';
import { agentsNamed, readWorkflowText, said, sourceOf, unmark, readAgent } from './marked.ts';

const AGENTS = agentsNamed('a');

function workflow(text: string): WorkflowEntry {
  return readWorkflowText(sourceOf('w.yaml', text), AGENTS);
}

/** A file of which nothing but these problems can be told, each at its mark. */
function refused(marked: string, ...problems: string[]): void {
  const { text, ranges } = unmark(marked);
  const { kind, diagnostics } = workflow(text);
  assert.equal(kind, 'invalid');
  assert.deepEqual(said(diagnostics), problems);
  assert.deepEqual(
    diagnostics.map(({ range }) => range),
    ranges,
  );
}

describe('Bytes that are no definition', () => {
  const decode = (bytes: Uint8Array) => {
    const decoded = decodeSource('w.yaml', bytes);
    return decoded.ok
      ? decoded.value.text
      : `${decoded.error.range.start.line}:${decoded.error.range.start.column} ${said([decoded.error]).join()}`;
  };
  const bytes = (...parts: (string | number)[]) =>
    Buffer.concat(
      parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from([part]))),
    );

  it('are refused above 1 MB', () => {
    assert.equal(decode(Buffer.alloc(1024 * 1024, 'a')).length, 1024 * 1024);
    assert.equal(
      decode(Buffer.alloc(2 * 1024 * 1024, 'a')),
      '1:1 too-large: This file has 2.0 MB; definition files are read up to 1.0 MB.',
    );
  });

  it('are refused when they are binary', () => {
    assert.equal(decode(bytes('PNG', 0, 1)), '1:1 not-text: This is no text: it holds NUL bytes.');
    assert.equal(
      decode(bytes('a'.repeat(9000), '\n', 0)),
      '2:1 not-text: This is no text: it holds NUL bytes.',
    );
  });

  it('are refused at the first that is not UTF-8', () => {
    const message = 'not-utf8: This is not valid UTF-8 from here on: save the file as UTF-8.';
    assert.equal(decode(bytes('name: caf', 0xe9, '\n')), `1:10 ${message}`);
    assert.equal(decode(bytes('ok: \ufffd\n\r\nnext: é🌊', 0xff)), `3:10 ${message}`);
    assert.equal(decode(bytes('\ufeffa', 0xc3)), `1:2 ${message}`);
    assert.equal(decode(bytes(0xf0, 0x9f)), `1:1 ${message}`);
  });

  it('are refused by name when they are UTF-16', () => {
    const message = '1:1 not-utf8: This file is UTF-16: save it as UTF-8.';
    assert.equal(decode(bytes(0xff, 0xfe, 'a', 0)), message);
    assert.equal(decode(bytes(0xfe, 0xff, 0, 'a')), message);
  });

  it('may hold the replacement character on purpose, and a byte order mark', () => {
    assert.equal(decode(bytes('\ufeffname: \ufffd')), 'name: \ufffd');
    assert.equal(decode(bytes('')), '');
  });
});

describe('YAML that is no workflow', () => {
  it('is empty, or only a comment', () => {
    const problem = 'empty-file: This file is empty: it should hold a workflow with "steps".';
    refused('«»', problem);
    refused('«»# to be written\n', problem);
    refused('«»---\n...\n', problem);
    refused('«»null\n', problem);
  });

  it('is broken', () => {
    refused(
      'steps:\n  a: { agent: x\n«»',
      'yaml-syntax: This is not valid YAML: Flow map in block collection must be sufficiently indented and end with a }.',
    );
    refused('steps:\n«\t»a: x\n', 'yaml-syntax: A tab cannot indent YAML: use spaces.');
    refused(
      'steps:\n  a:\n    agent: «x: y»\n    prompt: z\n',
      'yaml-syntax: A second "key: value" cannot stand on this line: put quotes around a value that holds ": ".',
    );
    refused(
      'steps: { a: { agent: a, prompt: «${{ inputs.x }}» } }\n',
      'yaml-syntax: Between "{" and "}" or "[" and "]", a text with "${{" in it needs quotes around it.',
    );
  });

  it('has tags, which nothing here may run', () => {
    refused(
      'steps: «!!js/function» "x"\n',
      'yaml-syntax: Tags such as "!name" are not read here: remove it, or put quotes around a value that starts with "!".',
    );
    refused(
      'steps: { a: { agent: «!!binary» aGk= } }\n',
      'yaml-syntax: Tags such as "!name" are not read here: remove it, or put quotes around a value that starts with "!".',
    );
  });

  it('holds two documents', () => {
    refused(
      'steps: { a: { agent: a } }\n«---»\nsteps: {}\n',
      'second-document: A second document starts here: a file holds only one.',
    );
  });

  it('has keys that are no texts', () => {
    refused(
      'steps: { a: { agent: a } }\n? «[b]»\n: c\n',
      'bad-key: A key must be a text, not a list, other fields, an alias or nothing.',
    );
  });

  it('refers to anchors there are not', () => {
    refused('steps: «*later»\n', 'unknown-alias: No anchor "&later" stands before this alias.');
  });
});

describe('YAML made to do harm', () => {
  it('nests too deep', () => {
    for (const text of [
      `a: ${'['.repeat(1000)}`,
      `${'['.repeat(1000)}${']'.repeat(1000)}`,
      '- '.repeat(1000) + 'x',
      '{"a": '.repeat(1000),
      '? '.repeat(1000),
      Array.from({ length: 1000 }, (_, depth) => `${' '.repeat(depth)}a:\n`).join(''),
      '['.repeat(1024 * 1024),
    ]) {
      const { diagnostics } = workflow(text);
      assert.deepEqual(said(diagnostics), [
        'too-deep: Lists and maps stand in each other more than 64 deep here.',
      ]);
    }
  });

  it('nests exactly as deep as is allowed', () => {
    const nested = (depth: number) => `steps: ${'['.repeat(depth)}${']'.repeat(depth)}`;
    assert.ok(
      !said(workflow(nested(63)).diagnostics)
        .join()
        .includes('too-deep'),
    );
    assert.ok(
      said(workflow(nested(64)).diagnostics)
        .join()
        .includes('too-deep'),
    );
  });

  it('nests too deep by aliases alone', () => {
    const chain = Array.from(
      { length: 100 },
      (_, index) => `a${index}: &a${index} [${index === 0 ? 'x' : `*a${index - 1}`}]\n`,
    ).join('');
    assert.ok(said(workflow(chain).diagnostics).join().includes('too-deep'));
  });

  it('stands for billions of values', () => {
    const bomb = Array.from(
      { length: 10 },
      (_, index) =>
        `a${index}: &a${index} [${Array.from({ length: 9 }, () => (index === 0 ? 'x' : `*a${index - 1}`)).join(', ')}]\n`,
    ).join('');
    assert.deepEqual(said(workflow(bomb).diagnostics), [
      'too-many-aliases: The aliases of this file stand for more than 10,000 values: write them out.',
    ]);
  });

  it('is made of more words and signs than anyone writes', () => {
    assert.deepEqual(said(workflow('""'.repeat(500_000)).diagnostics), [
      'too-large: This file holds more than 350,000 words and signs: the rest is not read.',
    ]);
  });

  it('holds itself', () => {
    refused('steps: &s { a: «*s» }\n', 'unknown-alias: No anchor "&s" stands before this alias.');
  });

  it('brings back YAML 1.1', () => {
    const entry = workflow(
      '%YAML 1.1\n---\nsteps:\n  a: &a { agent: a }\n  no: { <<: *a, prompt: yes }\n',
    );
    assert.deepEqual(said(entry.diagnostics), [
      'missing-field: "agent" is missing.',
      'unknown-field: Merge keys ("<<") are not read: write the fields out.',
    ]);
  });

  it('leaves Object.prototype as it was', () => {
    workflow(
      '__proto__: { polluted: 1 }\nsteps: { a: { agent: a, constructor: { prototype: { polluted: 1 } } } }\n',
    );
    readAgent(sourceOf('a.md', '---\n__proto__: { polluted: 1 }\n---\nx'), 'vscode');
    assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
  });

  it('is a program in front matter, which is not run', () => {
    const text = '---js\n{ name: (globalThis.polluted = 1) }\n---\nx';
    const entry: AgentDraft = readAgent(sourceOf('a.md', text), 'vscode');
    assert.equal(entry.kind, 'invalid');
    assert.ok(!('polluted' in globalThis));
  });
});

describe('A workflow of 10,000 steps', () => {
  const steps = (need: (index: number) => string, prompt = '') =>
    `steps:\n${Array.from(
      { length: 10_000 },
      (_, index) => `  s${index}: { agent: a, needs: [${need(index)}]${prompt} }\n`,
    ).join('')}`;

  // Limits are far above what is needed and far below what a square of 10,000 takes.
  it('is read', function () {
    this.timeout(20_000);
    const entry = workflow(steps((index) => (index === 0 ? '' : `s${index - 1}`)));
    assert.ok(entry.kind === 'valid');
    assert.equal(entry.workflow.steps.length, 10_000);
  });

  it('may read the output of the first in the last', function () {
    this.timeout(20_000);
    const entry = workflow(
      steps((index) => (index === 0 ? '' : `s${index - 1}`), ", prompt: '${{ steps.s0.output }}'"),
    );
    assert.deepEqual(said(entry.diagnostics), ['missing-need: A step cannot read its own output.']);
  });

  it('is told of its one cycle, cut to what can be read', function () {
    this.timeout(20_000);
    const [problem, ...others] = workflow(steps((index) => `s${(index + 1) % 10_000}`)).diagnostics;
    assert.equal(others.length, 0);
    assert.equal(problem?.code, 'cycle');
    assert.match(problem.message, /: s0 → s1 → .* → … 9,900 more … → .* → s9999 → s0\.$/);
    assert.equal(problem.related.length, 100);
  });

  it('may have every name wrong', function () {
    this.timeout(20_000);
    const entry = readWorkflowText(
      sourceOf(
        'w.yaml',
        steps((index) => `t${index}`, ", prompt: '${{ steps.u.output }}'"),
      ),
      indexAgents([]),
    );
    assert.equal(entry.diagnostics.length, 30_000);
  });

  it('may have gates that all show what one step of thousands of files has not made', function () {
    this.timeout(20_000);
    const files = Array.from({ length: 5000 }, (_, index) => `f${index}`).join(', ');
    const gates = Array.from(
      { length: 5000 },
      (_, index) => `  g${index}: { gate: { ask: Sure?, show: x${index} }, needs: a }\n`,
    ).join('');
    const { diagnostics } = workflow(`steps:\n  a: { agent: a, produces: [${files}] }\n${gates}`);
    assert.equal(diagnostics.length, 5000);
  });

  it('is the most there can be', function () {
    this.timeout(20_000);
    const tooMany = [
      'too-many-steps: A workflow has at most 10,000 steps: make several workflows of it.',
    ];
    const map = `${steps(() => '')}  more: { agent: a }\n`;
    assert.deepEqual(said(workflow(map).diagnostics), tooMany);
    assert.deepEqual(said(workflow('- a\n'.repeat(10_001)).diagnostics), tooMany);
  });
});
