import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readDefinitions } from '../../../src/core/definitions/project.ts';
import { hasErrors } from '../../../src/core/domain/diagnostic.ts';
import { AGENT_TEMPLATES } from '../../../src/core/starters/agentTemplates.ts';
import type { NewFile } from '../../../src/core/starters/newFile.ts';
import { nameFault } from '../../../src/core/starters/starterName.ts';
import { usualAgents } from '../../../src/core/starters/usualAgents.ts';
import { WORKFLOW_TEMPLATES } from '../../../src/core/starters/workflowTemplates.ts';
import { TemporaryFolder } from '../definitions/folder.ts';

const never = new AbortController().signal;

describe('A new agent', () => {
  let folder: TemporaryFolder;
  beforeEach(() => {
    folder = new TemporaryFolder();
  });
  afterEach(() => folder.dispose());

  for (const template of AGENT_TEMPLATES) {
    it(`that is a ${template.name} is valid as it is, whatever its name`, async () => {
      const names = ['plain', 'null', '1.0', 'a_b.c-d', 'Yes', '7'];
      for (const name of names) {
        const file = template.write(name);
        folder.write(file.path, file.text);
        checkFill(file);
      }
      const { agents, diagnostics } = await readDefinitions(folder.path, never);
      assert.deepEqual(diagnostics, []);
      assert.deepEqual(agents.map(({ name }) => name).sort(), [...names].sort());
      const runner = { command: 'command', model: 'model', claude: 'claude-code' }[template.name];
      for (const entry of agents) {
        assert.ok(entry.kind === 'valid');
        assert.notEqual(entry.agent.description, '');
        assert.equal(entry.agent.runner.kind, runner);
      }
    });
  }
});

describe('A new workflow', () => {
  let folder: TemporaryFolder;
  beforeEach(() => {
    folder = new TemporaryFolder();
  });
  afterEach(() => folder.dispose());

  for (const template of WORKFLOW_TEMPLATES) {
    it(`${template.name} is valid with any agents of the folder`, async () => {
      const agents = ['eslint', 'null', 'my agent: "x"', '- y', '${{', 'f', 'g', 'h', 'i', 'j'];
      for (const [index, name] of agents.entries()) {
        folder.write(`.sluice/agents/${index}.json`, JSON.stringify({ name, command: ['x'] }));
      }
      for (let count = 1; count <= agents.length; count += 1) {
        const file = template.write(`w-${count}`, agents.slice(0, count));
        folder.write(file.path, file.text);
        checkFill(file);
      }
      const { workflows, diagnostics } = await readDefinitions(folder.path, never);
      assert.deepEqual(diagnostics, []);
      assert.equal(workflows.length, agents.length);
      for (const { name } of workflows) {
        assert.match(name, /^w-\d+$/);
      }
    });

    it(`${template.name} says at their places which agents are missing, and nothing else`, async () => {
      const file = template.write('w', []);
      folder.write(file.path, file.text);
      const { diagnostics } = await readDefinitions(folder.path, never);
      const lines = file.text.split('\n');
      const placed = diagnostics.map(({ code, range }) => ({
        code,
        text: lines[range.start.line - 1]?.slice(range.start.column - 1, range.end.column - 1),
      }));
      assert.ok(placed.length >= 2);
      for (const { code, text } of placed) {
        assert.equal(code, 'unknown-agent');
        assert.match(text ?? '', /^(?:first|second|third)-agent$/);
      }
    });
  }

  it('begins with commands, which need no model, and few of them', async () => {
    folder.write('.sluice/agents/a.md', 'Do it.');
    for (const name of ['b', 'c', 'd', 'e']) {
      folder.write(`.sluice/agents/${name}.yaml`, 'command: [x]');
    }
    const { agents } = await readDefinitions(folder.path, never);
    const usable = agents.flatMap((entry) => (entry.kind === 'valid' ? [entry.agent] : []));
    assert.deepEqual(usualAgents(usable), ['b', 'c', 'd']);
    assert.deepEqual(usualAgents(usable.slice(0, 2)), ['b', 'a']);
    assert.deepEqual(usualAgents([]), []);
  });
});

describe('The name of something new', () => {
  it('is refused where something has it, in whatever case', () => {
    const holders = [{ name: 'Lint', file: '.sluice/agents/Lint.yaml' }];
    assert.match(
      nameFault('agent', 'lint', holders) ?? '',
      /^There is an agent "Lint" already, in \.sluice\/agents\/Lint\.yaml: /,
    );
    assert.equal(nameFault('agent', 'lint-2', holders), undefined);
  });

  it('is refused where a file of this name would be hidden, unusual or no file', () => {
    for (const name of [
      '',
      '.a',
      '_a',
      '-a',
      'a.',
      'a/b',
      'a b',
      '../a',
      'README',
      'readme-2',
      'con',
      'LPT1.x',
      'ä',
      'a'.repeat(61),
    ]) {
      assert.notEqual(nameFault('workflow', name, []), undefined, name);
    }
    for (const name of ['a', 'A1', '1', 'a.b_c-d', 'console', 'a'.repeat(60)]) {
      assert.equal(nameFault('workflow', name, []), undefined, name);
    }
  });

  it('that is not refused always names a file that is read under it', async () => {
    const folder = new TemporaryFolder();
    try {
      const names = fc.sample(fc.string({ maxLength: 12 }), { numRuns: 5000, seed: 4 });
      const made = new Set<string>();
      for (const name of [
        ...names,
        'true',
        '~',
        '0x1',
        '1e3',
        'NaN',
        '.inf',
        'off',
        '2024-01-01',
      ]) {
        const holders = [...made].map((other) => ({ name: other, file: other }));
        if (nameFault('agent', name, holders) === undefined) {
          const file = AGENT_TEMPLATES[0]?.write(name);
          assert.ok(file);
          folder.write(file.path, file.text);
          made.add(name);
        }
      }
      const { agents, diagnostics } = await readDefinitions(folder.path, never);
      assert.ok(made.size > 20, `${made.size} names`);
      assert.ok(!hasErrors(diagnostics));
      assert.deepEqual(agents.map(({ name }) => name as string).sort(), [...made].sort());
    } finally {
      folder.dispose();
    }
  });
});

/** What is to be filled in is a text of its own, and the marks around it are gone. */
function checkFill({ text, fill }: NewFile): void {
  assert.doesNotMatch(text, /[«»]/);
  assert.match(text.slice(fill.start, fill.end), /^[A-Z].*\.$/);
}
