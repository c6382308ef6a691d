import assert from 'node:assert/strict';
import path from 'node:path';
import {
  readDefinitions,
  readWorkflowFile,
  workflowNamed,
} from '../../../src/core/definitions/project.ts';
import type { Workflow } from '../../../src/core/domain/workflow.ts';
import { TemporaryFolder } from './folder.ts';
import { lines, said, unmark } from './marked.ts';
import { check } from './workflowCases.ts';

const OTHERS = {
  typed:
    'inputs: { depth: { type: number }, mode: { options: [quick, full] }, all: { type: boolean } }\nsteps: [tsc]',
  lint: 'steps: { s: { agent: eslint, produces: lint.txt } }',
  review: 'inputs: { topic: , depth: 3, audience: }\nsteps: { s: { agent: reporter } }',
  broken: 'steps: { s: { agent: nobody } }',
  around: 'steps: { s: { workflow: broken } }',
  unreadable: 'steps: [\n',
};

describe('A problem in a step that is a workflow', () => {
  check(
    [
      [
        'a workflow there is not',
        lines`
          steps:
            a: { workflow: «lnit» }
            b: { workflow: «carpentry» }
            c: { workflow: «[lint]» }
            d: { «workflow»: }`,
        'unknown-workflow: There is no workflow "lnit". Did you mean "lint"?',
        'unknown-workflow: There is no workflow "carpentry". Add a file for it to .sluice/workflows.',
        'wrong-type: "workflow" must be a text, not a list.',
        'wrong-type: "workflow" has no value: give one or remove it.',
      ],
      [
        'a workflow that cannot be used, at any depth',
        lines`
          steps:
            a: { workflow: «broken» }
            b: { workflow: «around» }
            c: { workflow: «unreadable» }`,
        ...['broken', 'around', 'unreadable'].map(
          (name) =>
            `broken-workflow: The workflow "${name}" cannot be used: its file has to be repaired.`,
        ),
      ],
      [
        'a file there is not, or that is written where a name should be',
        lines`
          steps:
            a: { uses: «./lnit.yaml» }
            b: { uses: «.sluice/workflows/lnit.yaml» }
            c: { uses: «lint» }
            d: { uses: «../../../etc/passwd» }
            e: { workflow: «./lint.yaml» }
            f: { uses: «./broken.yaml» }
            g: { uses: ./lint.yaml, with: { «x»: 1 } }
            h: { «uses»: ./lint.yaml, workflow: lint }`,
        'unknown-workflow: There is no workflow in "./lnit.yaml". Did you mean "./lint.yaml"?',
        'unknown-workflow: There is no workflow in ".sluice/workflows/lnit.yaml". Did you mean ".sluice/workflows/lint.yaml"?',
        'unknown-workflow: There is no workflow in "lint". Did you mean ".sluice/workflows/lint.yaml"?',
        'unknown-workflow: There is no workflow in "../../../etc/passwd". "uses" takes the path of a file in .sluice/workflows, from this file where it begins with "./", else from the folder.',
        'unknown-workflow: "workflow" takes a name: write "lint", or "uses" for a file.',
        'broken-workflow: The workflow "broken" cannot be used: its file has to be repaired.',
        'unknown-input: The workflow "lint" has no input "x". Remove it.',
        'duplicate-field: "uses" is another word for "workflow": keep one of them.',
      ],
      [
        'inputs of another type',
        lines`
          steps:
            a: { agent: tsc }
            b: { uses: ./typed.yaml, with: { depth: «deep», mode: «ful», all: 'yes ${'${{ run.id }}'}' } }
            c: { uses: ./typed.yaml, with: { depth: 3, mode: full, all: true } }`,
        'wrong-value: "depth" must be a number, not "deep".',
        'wrong-value: "mode" must be one of quick, full. Did you mean "full"?',
      ],
      [
        'inputs that are not there, or missing',
        lines`
          steps:
            a: { workflow: review, with: { topic: x, «audiense»: y, audience: z } }
            b: { workflow: «review» }
            c: { workflow: review, «with»: { topic: x, «colour»: red } }
            d: { workflow: review, with: «[topic]» }
            e: { workflow: review, with: { topic: «[x]», «a b»: y } }`,
        'unknown-input: The workflow "review" has no input "audiense". Did you mean "audience"?',
        'missing-input: The workflow "review" needs the inputs "topic", "audience": give them under "with".',
        'missing-input: The workflow "review" needs the input "audience": give it under "with".',
        'unknown-input: The workflow "review" has no input "colour". Remove it.',
        'wrong-type: "with" must be fields, not a list.',
        'wrong-type: "topic" must be a text, not a list.',
        'wrong-value: "a b" must be made of letters, digits, "_" and "-", starting with a letter or "_", at most 81 characters.',
      ],
      [
        'expressions in inputs',
        lines`
          steps:
            a: { agent: tsc }
            b: { workflow: review, with: { topic: '$${'{{ inputs.«x» }}'}', audience: '$${'{{ «steps.a.output» }}'}' } }`,
        'unknown-input: There is no input "x". Declare it under "inputs".',
        'missing-need: The output of "a" is not there yet when this step starts: add "a" to "needs".',
      ],
      [
        'fields of other steps, and two kinds in one',
        lines`
          steps:
            a: { workflow: lint, «prompt»: x, «retry»: 2, «show»: [], «wiht»: {} }
            b: { agent: tsc, «workflow»: lint }
            c: { gate: Sure?, «workflow»: lint }`,
        'unknown-field: Only an agent\'s step has a field "prompt".',
        'unknown-field: Only an agent\'s step has a field "retry".',
        'unknown-field: Only a gate has a field "show".',
        'unknown-field: There is no field "wiht". Did you mean "with"?',
        'two-kinds: A step is either an agent\'s, a gate or a workflow: move "workflow" to a step of its own.',
        'two-kinds: A step is either an agent\'s, a gate or a workflow: move "workflow" to a step of its own.',
      ],
      [
        'a gate that shows what the workflow does not make, unless that cannot be told',
        lines`
          steps:
            a: { workflow: lint }
            ok: { gate: { ask: Sure?, show: [lint.txt, «lnit.txt»] }, needs: a }
            b: { workflow: «broken» }
            no: { gate: { ask: Sure?, show: [lint.txt] }, needs: b }
            f: { uses: ./lint.yaml }
            so: { gate: { ask: Sure?, show: [lint.txt, «list.txt»] }, needs: f }`,
        'unknown-artifact: No step that this gate needs produces "lnit.txt". Did you mean "lint.txt"?',
        'broken-workflow: The workflow "broken" cannot be used: its file has to be repaired.',
        'unknown-artifact: No step that this gate needs produces "list.txt". Did you mean "lint.txt"?',
      ],
      ['itself', 'steps: { a: { workflow: «w» } }', 'recursion: A workflow cannot contain itself.'],
    ],
    OTHERS,
  );
  check(
    [
      [
        'a circle, named as a whole and once',
        lines`
          steps:
            a: { workflow: lint }
            b: { workflow: «‹middle›» }
            c: { workflow: middle }`,
        'recursion: These workflows contain each other in a circle, so none can run: w → middle → last → w.',
      ],
    ],
    {
      lint: OTHERS.lint,
      middle: 'steps: { s: { workflow: last } }',
      last: 'steps: { s: { workflow: w } }',
    },
  );
});

describe('Workflows that contain each other', () => {
  const never = new AbortController().signal;
  let folder: TemporaryFolder;
  beforeEach(() => {
    folder = new TemporaryFolder();
    folder.write('.sluice/agents/tool.yaml', 'command: [tool]');
  });
  afterEach(() => folder.dispose());

  const write = (name: string, text: string) => {
    const { text: written, ranges } = unmark(text);
    folder.write(`.sluice/workflows/${name}.yaml`, written);
    return ranges;
  };
  const read = () => readDefinitions(folder.path, never);

  it('are judged after those they contain, whatever their files are called', async () => {
    write('a', 'steps: { s: { workflow: b } }');
    write('b', 'steps: { s: { workflow: c } }');
    write('c', '[tool]');
    const { workflows, diagnostics } = await read();
    assert.deepEqual(said(diagnostics), []);
    assert.equal(workflowNamed('a', workflows)?.steps[0]?.kind, 'workflow');
    assert.equal(workflowNamed('d', workflows), undefined);
  });

  it('say what is wrong in the innermost one, at each step on the way', async () => {
    write('a', 'steps: { s: { workflow: b } }');
    write('b', 'steps: { s: { agent: nobody } }');
    const { workflows } = await read();
    assert.deepEqual(
      workflows[0]?.diagnostics.flatMap(({ related }) => related).map(({ message }) => message),
      ['There is no agent "nobody". Add a file for it to .sluice/agents.'],
    );
    assert.equal(workflowNamed('a', workflows), undefined);
  });

  it('are all told of their circle, each beginning with itself', async () => {
    const places = [
      write('a', 'steps: { s: { workflow: «b» } }'),
      write('b', 'steps: { s: { workflow: «a» }, t: { workflow: «c» } }'),
      write('c', 'steps: { s: { workflow: «b» } }'),
    ];
    const outside = write('d', 'steps: { s: { workflow: «a» } }');
    const { workflows, diagnostics } = await read();
    assert.deepEqual(said(diagnostics), [
      'recursion: These workflows contain each other in a circle, so none can run: a → b → a.',
      'recursion: These workflows contain each other in a circle, so none can run: b → a → b.',
      ...['c', 'b', 'a'].map(
        (name) =>
          `broken-workflow: The workflow "${name}" cannot be used: its file has to be repaired.`,
      ),
    ]);
    assert.deepEqual(
      diagnostics.map(({ range }) => range),
      [...places, outside].flat(),
    );
    assert.deepEqual(
      diagnostics[1]?.related.map(({ file, message }) => [path.posix.basename(file), message]),
      [
        ['b.yaml', '"b" contains "a".'],
        ['a.yaml', '"a" contains "b".'],
      ],
    );
    assert.ok(workflows.every(({ kind }) => kind === 'invalid'));
  });

  it('are told of the same circle when one is read by its path', async () => {
    write('a', 'steps: { s: { workflow: b } }');
    write('b', 'steps: { s: { workflow: a } }');
    const known = await read();
    const entry = await readWorkflowFile(folder.path, '.sluice/workflows/b.yaml', known, never);
    assert.deepEqual(entry.diagnostics, known.workflows[1]?.diagnostics);
  });

  it('are found from a file outside their folder, which no other can contain', async () => {
    write('a', 'steps: { s: { workflow: b } }');
    write('b', '[tool]');
    folder.write('mine/a.yaml', 'steps: { s: { workflow: a } }');
    folder.write('mine/self.yaml', 'steps: { s: { workflow: self } }');
    const known = await read();
    const entry = await readWorkflowFile(folder.path, 'mine/a.yaml', known, never);
    assert.deepEqual(said(entry.diagnostics), []);
    const self = await readWorkflowFile(folder.path, 'mine/self.yaml', known, never);
    assert.deepEqual(said(self.diagnostics), ['recursion: A workflow cannot contain itself.']);
  });

  it('are taken from the first file of a name', async () => {
    write('a', 'name: same\nsteps: { s: { agent: tool } }');
    write('b', 'name: same\nsteps: { s: { workflow: same } }');
    write('c', 'steps: { s: { workflow: same } }');
    const { workflows } = await read();
    assert.deepEqual(
      workflows.map(({ kind, diagnostics }) => [kind, ...diagnostics.map(({ code }) => code)]),
      [['valid'], ['invalid', 'duplicate-name'], ['valid']],
    );
  });

  it('may be named by their files, from where they stand or from the folder', async () => {
    write('a', 'steps: { s: { uses: ./b.yaml }, t: { uses: .sluice/workflows/c.yaml } }');
    write('b', 'name: Second\nsteps: { s: { uses: ../workflows/c.yaml } }');
    write('c', '[tool]');
    folder.write('mine/d.yaml', 'steps: { s: { uses: ../.sluice/workflows/b.yaml } }');
    const known = await read();
    assert.deepEqual(said(known.diagnostics), []);
    const namedIn = (workflow: Workflow | undefined) =>
      workflow?.steps.map((step) => step.kind === 'workflow' && step.workflow);
    assert.deepEqual(namedIn(workflowNamed('a', known.workflows)), ['Second', 'c']);
    const other = await readWorkflowFile(folder.path, 'mine/d.yaml', known, never);
    assert.deepEqual(other.kind === 'valid' && namedIn(other.workflow), ['Second']);
  });

  it('are told of their circle when they are named by their files', async () => {
    write('a', 'name: first\nsteps: { s: { uses: ./b.yaml } }');
    write('b', 'steps: { s: { workflow: first } }');
    write('c', 'steps: { s: { uses: ./c.yaml } }');
    const known = await read();
    assert.deepEqual(said(known.diagnostics), [
      'recursion: These workflows contain each other in a circle, so none can run: first → b → first.',
      'recursion: These workflows contain each other in a circle, so none can run: b → first → b.',
      'recursion: A workflow cannot contain itself.',
    ]);
    for (const [index, name] of ['a', 'b', 'c'].entries()) {
      const file = `.sluice/workflows/${name}.yaml`;
      const entry = await readWorkflowFile(folder.path, file, known, never);
      assert.deepEqual(entry.diagnostics, known.workflows[index]?.diagnostics);
    }
  });

  it('are not taken from a file whose name another has', async () => {
    write('a', 'name: same\nsteps: { s: { agent: tool } }');
    write('b', 'name: same\nsteps: { s: { agent: tool } }');
    write('c', 'steps: { s: { uses: ./b.yaml } }');
    assert.deepEqual(
      (await read()).workflows.map(({ diagnostics }) => diagnostics.map(({ code }) => code)),
      [[], ['duplicate-name'], ['broken-workflow']],
    );
  });

  it('may be a chain of any length', async () => {
    const length = 300;
    for (let index = 0; index < length; index += 1) {
      write(`w${index}`, `steps: { s: { workflow: w${index + 1} } }`);
    }
    write(`w${length}`, '[tool]');
    assert.deepEqual(said((await read()).diagnostics), []);
  });
});
