import assert from 'node:assert/strict';
import { FAULT_KINDS } from '../../../src/core/domain/debugging.ts';
import {
  complete,
  definitions,
  described,
  labels,
  languageOf,
  lines,
  taken,
  WORKFLOW,
} from './carets.ts';

const JSON_FILE = '.sluice/workflows/work.json';

describe('Completions of a workflow', () => {
  describe('offer fields', () => {
    it('of the workflow in an empty file, with what they are for', () => {
      const offered = complete('¦');
      const steps = offered.find(({ label }) => label === 'steps');
      assert.equal(steps?.kind, 'field');
      assert.match(steps.documentation, /^What is done/);
      assert.equal(steps.insertText, 'steps:\n  ');
      assert.ok(labels('¦').includes('max-parallel'));
    });

    it('at the end of a file, but for those that are there', () => {
      const offered = labels('name: x\nsteps: {}\n¦');
      assert.ok(offered.includes('inputs') && offered.includes('description'));
      assert.ok(!offered.includes('name') && !offered.includes('steps'));
    });

    it('of every kind of step where nothing is written of it yet', () => {
      const offered = labels('steps:\n  lint:\n    ¦');
      for (const field of ['agent', 'gate', 'workflow', 'uses', 'needs', 'matrix', 'owns']) {
        assert.ok(offered.includes(field), field);
      }
      assert.ok(!offered.includes('steps'));
    });

    it('of the kind of step it is, told by what is there above or below', () => {
      for (const text of [
        'steps:\n  ask:\n    gate: Sure?\n    ¦',
        'steps:\n  ask:\n    ¦\n    gate: Sure?\n',
        'steps:\n  ask: { gate: Sure?, ¦ }',
        'steps:\n  - id: ask\n    gate: Sure?\n    ¦',
        'phases:\n  - name: p\n    steps:\n      ask:\n        gate: Sure?\n        ne¦',
      ]) {
        const offered = labels(text);
        assert.ok(offered.includes('needs'), text);
        assert.ok(!offered.includes('agent') && !offered.includes('gate'), text);
      }
    });

    it('inside fields that have fields of their own', () => {
      assert.deepEqual(labels('steps:\n  a:\n    agent: lint\n    retry:\n      ¦').sort(), [
        ...['attempts', 'delay', 'max-delay', 'on'],
      ]);
      assert.deepEqual(labels('steps:\n  a:\n    gate:\n      ask: Sure?\n      ¦'), [
        'show',
        'choices',
        'input',
      ]);
      const cache = ['true', 'false', 'ttl', 'namespace', 'inputs', 'similar'];
      assert.deepEqual(labels('cache:\n  ¦'), cache);
      assert.deepEqual(labels('steps:\n  a:\n    agent: lint\n    cache:\n      ¦'), cache);
      assert.deepEqual(labels('cache: { similar: { ¦ } }'), ['model', 'threshold']);
      const sandbox = ['true', 'false', 'cpus', 'memory', 'disk', 'timeout', 'image'];
      assert.deepEqual(labels('steps:\n  a:\n    agent: lint\n    sandbox:\n      ¦'), sandbox);
      assert.deepEqual(labels('sandbox: { ¦ }', '.sluice/agents/lint.yaml'), sandbox.slice(2));
      assert.deepEqual(labels('validate:\n  - { ¦ }'), [
        ...['command', 'run', 'timeout', 'report', 'sandbox'],
      ]);
      const debug = ['true', 'false', 'attempts', 'depth', 'routing'];
      assert.deepEqual(labels('steps:\n  a:\n    agent: lint\n    debug:\n      ¦'), debug);
      const routing = labels('steps:\n  a:\n    agent: lint\n    debug: { routing: { ¦ } }');
      assert.deepEqual(routing, [...FAULT_KINDS]);
      assert.deepEqual(labels('base: ¦'), ['head', 'worktree']);
      assert.ok(labels('inputs:\n  topic:\n    ¦').includes('default'));
      assert.ok(labels('phases:\n  - ¦').includes('checks'));
    });

    it('and write what stands behind them', () => {
      assert.equal(taken('steps:\n  a:\n    ag¦', 'agent'), 'steps:\n  a:\n    agent: ');
      assert.equal(taken('steps:\n  a:\n    ag¦ent: x', 'agent'), 'steps:\n  a:\n    agent: x');
      assert.equal(taken('steps:\n  a:\n    mat¦', 'matrix'), 'steps:\n  a:\n    matrix:\n  ');
      assert.equal(taken('steps:\n  a: { ag¦ }', 'agent'), 'steps:\n  a: { agent:  }');
    });

    it('not in comments, before what stands on a line, or in texts', () => {
      assert.deepEqual(labels('name: x # ¦'), []);
      assert.deepEqual(labels('# ¦\nname: x'), []);
      assert.deepEqual(labels('¦  name: x'), []);
      assert.deepEqual(labels('steps:\n  a:\n    prompt: |\n      ¦'), []);
      assert.deepEqual(labels('description: wri¦'), []);
    });
  });

  describe('offer values', () => {
    it('where there are some to choose from', () => {
      assert.deepEqual(labels('on-failure: ¦'), ['continue', 'stop']);
      assert.deepEqual(labels('fail-fast: ¦'), ['true', 'false']);
      assert.ok(labels('steps:\n  a:\n    retry:\n      on: [¦').includes('timed-out'));
      assert.deepEqual(labels('steps:\n  a:\n    effects: co¦'), ['copy', 'external']);
    });

    it('that are usual where any other will do', () => {
      const namespaces = [
        ...['model_response', 'command_output', 'web_search', 'file_read'],
        ...['concept_data', 'dependency_graph'],
      ];
      assert.deepEqual(labels('cache:\n  namespace: ¦'), namespaces);
      assert.deepEqual(labels('steps:\n  a:\n    cache: { namespace: ¦ }'), namespaces);
      const agent = '.sluice/agents/a.yaml';
      assert.deepEqual(labels('command: [x]\ncache:\n  namespace: con¦', agent), namespaces);
      assert.deepEqual(labels('r:\n  cache: { namespace: ¦', '.sluice/agents.yaml'), namespaces);
      assert.deepEqual(labels('---\ncache:\n  namespace: ¦\n---\n', '.sluice/agents/a.md'), [
        ...namespaces,
      ]);
    });

    it('with the blank that a colon wants behind it', () => {
      assert.equal(taken('on-failure:¦', 'stop'), 'on-failure: stop');
      assert.equal(taken('on-failure: s¦op # why', 'stop'), 'on-failure: stop # why');
    });
  });

  describe('offer agents', () => {
    it('with description and file', () => {
      const [first, ...others] = complete('steps:\n  a:\n    agent: ¦');
      assert.equal(first?.label, 'lint');
      assert.equal(first.detail, '.sluice/agents/lint.yaml');
      assert.match(first.documentation, /^Finds slips\.\n\nCommand: true\n/);
      assert.deepEqual(
        others.map(({ label }) => label),
        ['test'],
      );
    });

    it('in every spelling of a workflow', () => {
      for (const text of [
        'steps:\n  a: { agent: ¦',
        'steps:\n  a:\n    agent: "¦"',
        "steps:\n  - id: a\n    agent: 'li¦'",
        'steps:\n  - id: a\n    agent: li¦\n  - id: b\n    agent: test\n',
        'steps: [¦',
        'steps:\n  - lint\n  - t¦',
        '- lint\n- ¦',
        '[lint, ¦]',
        'phases:\n  - name: p\n    steps:\n      a:\n        agent: ¦',
        'steps:\r\n  a:\r\n    agent: ¦\r\n    needs: []\r\n',
      ]) {
        assert.deepEqual(labels(text), ['lint', 'test'], text);
      }
    });

    it('in place of what is there', () => {
      assert.equal(
        taken('steps:\n  a:\n    agent: ol¦d # x', 'lint'),
        'steps:\n  a:\n    agent: lint # x',
      );
      assert.equal(
        taken('steps:\n  a: { agent: "o¦ld" }', 'lint'),
        'steps:\n  a: { agent: "lint" }',
      );
      assert.equal(
        taken('steps:\n  a: { agent: o¦ld, needs: [] }', 'lint'),
        'steps:\n  a: { agent: lint, needs: [] }',
      );
    });
  });

  describe('offer steps', () => {
    const STEPS = lines`
      steps:
        first:
          agent: lint
        second:
          agent: lint
          needs: [first]
        third:
          agent: lint
          needs: NEEDS
        fourth: { agent: lint, needs: third }
    `;

    it('to be needed: not itself, none that waits for it, none twice', () => {
      assert.deepEqual(labels(STEPS.replace('NEEDS', '¦')), ['first', 'second']);
      assert.deepEqual(labels(STEPS.replace('NEEDS', '[second, ¦]')), ['first']);
      assert.deepEqual(labels(STEPS.replace('NEEDS', '[¦')), ['first', 'second']);
      assert.deepEqual(labels(STEPS.replace('NEEDS', '\n      - second\n      - ¦')), ['first']);
    });

    it('as items of a list that begins on the next line', () => {
      assert.equal(
        taken('steps:\n  a: { agent: lint }\n  b:\n    needs:\n      ¦', 'a'),
        'steps:\n  a: { agent: lint }\n  b:\n    needs:\n      - a',
      );
    });

    it('also under another word, in lists of steps and in phases', () => {
      assert.deepEqual(
        labels(
          'steps:\n  - { id: a, agent: lint }\n  - id: b\n    agent: lint\n    dependencies: [¦',
        ),
        ['a'],
      );
      assert.deepEqual(
        labels('steps:\n  a: { agent: lint }\nphases:\n  - name: p\n    steps: [¦]'),
        ['a'],
      );
    });

    it('while the lines around them are no YAML', () => {
      assert.deepEqual(
        labels('steps:\n  a: { agent: lint }\n  b:\n    needs: [¦\n  c: { agent: lint }\n'),
        ['a', 'c'],
      );
      assert.deepEqual(labels('steps:\n  a: { agent: lint }\n  x: }broken\n  b:\n    needs: ¦\n'), [
        'a',
      ]);
      const language = languageOf();
      const broken = (quote: string) =>
        `steps:\n  a: { agent: ${quote}lint }\n  b:\n    needs: ¦\n`;
      assert.equal(complete(broken(''), WORKFLOW, language).length, 1);
      assert.equal(complete(broken('"'), WORKFLOW, language).length, 1);
    });
  });

  describe('offer workflows', () => {
    it('by name and by file, and the inputs of the one that is named', () => {
      assert.deepEqual(labels('steps:\n  a:\n    workflow: ¦'), ['other']);
      assert.deepEqual(labels('steps:\n  a:\n    uses: ¦'), ['./other.yaml']);
      assert.deepEqual(labels('steps:\n  a:\n    workflow: other\n    with:\n      ¦'), [
        'team',
        'size',
      ]);
      assert.deepEqual(labels('steps:\n  a:\n    uses: ./other.yaml\n    with: { team: x, ¦'), [
        'size',
      ]);
    });
  });

  it('offer to a gate the files of the steps it needs', () => {
    assert.deepEqual(
      labels(
        'steps:\n  a: { agent: lint, produces: [a.md] }\n  b: { agent: lint, produces: b.md }\n' +
          '  g:\n    needs: a\n    gate:\n      ask: Sure?\n      show: [¦',
      ),
      ['a.md'],
    );
  });

  it('offer models that other definitions name', () => {
    const lint = described('lint', '');
    assert.ok(lint.kind === 'valid');
    const terms = { ...lint.agent.terms, models: ['small', 'large'] };
    const agents = [{ ...lint, agent: { ...lint.agent, terms } }];
    const offered = complete(
      'steps:\n  a:\n    agent: lint\n    model: [¦]',
      WORKFLOW,
      languageOf(definitions(agents)),
    );
    assert.deepEqual(
      offered.map(({ label }) => label),
      ['large', 'small'],
    );
  });

  describe('in expressions', () => {
    const around = (line: string) =>
      'inputs:\n  topic: { description: About what, default: cats }\n  mode: { options: [quick, full] }\nsteps:\n' +
      '  first: { agent: lint }\n  second.part: { agent: lint, needs: first }\n  other: { agent: lint }\n' +
      `  last:\n    agent: lint\n    needs: [second.part]\n    matrix: { node: [20, 22] }\n    ${line}\n`;

    it('offer what they can begin with', () => {
      assert.deepEqual(labels(around('prompt: Write ${{ ¦')), ['inputs', 'steps', 'matrix', 'run']);
      assert.deepEqual(labels(around('prompt: Write ${{¦ }} now')), [
        'inputs',
        'steps',
        'matrix',
        'run',
      ]);
    });

    it('offer inputs, matrix names and the ends of steps that are needed, directly or not', () => {
      assert.deepEqual(labels(around('prompt: ${{ inputs.¦')), ['topic', 'mode']);
      assert.deepEqual(labels(around('prompt: ${{ matrix.n¦')), ['node']);
      assert.deepEqual(labels(around('prompt: ${{ steps.¦')), ['second.part', 'first']);
      assert.deepEqual(labels(around('prompt: ${{ steps.first.¦')), ['output', 'status']);
      assert.deepEqual(labels(around("prompt: ${{ steps['second.part'].¦")), ['output', 'status']);
      assert.deepEqual(labels(around('prompt: ${{ run.¦')), ['id']);
      assert.deepEqual(labels(around('env: { A: "${{ inputs.¦" }')), ['topic', 'mode']);
    });

    it('are found in texts of several lines', () => {
      assert.deepEqual(
        labels(around('prompt: |\n      One\n      two: ${{ inputs.¦\n      three')),
        ['topic', 'mode'],
      );
    });

    it('close the braces where nothing does, and put what no dot can stand before in brackets', () => {
      const line = (text: string) => text.split('\n').at(-2)?.trim();
      assert.equal(
        line(taken(around('prompt: ${{ inputs.to¦'), 'topic')),
        'prompt: ${{ inputs.topic }}',
      );
      assert.equal(
        line(taken(around('prompt: ${{ inputs.to¦ }} x'), 'topic')),
        'prompt: ${{ inputs.topic }} x',
      );
      assert.equal(line(taken(around('prompt: ${{ st¦ }}'), 'steps')), 'prompt: ${{ steps. }}');
      assert.equal(
        line(taken(around('prompt: ${{ steps.¦ }}'), 'second.part')),
        "prompt: ${{ steps['second.part'] }}",
      );
    });

    it('offer functions and values to conditions', () => {
      assert.ok(labels(around('if: ¦')).includes('failure()'));
      assert.ok(labels(around("if: always() && inputs.topic == 'x' && st¦")).includes('steps'));
      assert.deepEqual(labels(around("if: inputs.mode == '¦")), ['quick', 'full']);
      assert.deepEqual(labels(around("if: matrix.node == '¦'")), ['20', '22']);
      assert.ok(labels(around("if: steps.first.status != '¦'")).includes('skipped'));
      assert.ok(!labels(around('prompt: ${{ ¦')).includes('failure()'));
    });

    it('are not taken for any where the dollar is doubled or the braces are closed', () => {
      assert.deepEqual(labels(around('prompt: $${{ ¦')), []);
      assert.deepEqual(labels(around('prompt: ${{ inputs.topic }} ¦')), []);
    });
  });

  it('say nothing in files that define nothing', () => {
    assert.deepEqual(labels('¦', 'notes.yaml'), []);
    assert.deepEqual(labels('¦', '.sluice/workflows/README.yaml'), []);
    assert.deepEqual(labels('¦', '.sluice/workflows/deep/x.yaml'), []);
  });

  it('leave fields of JSON to the editor, and offer names in it, in quotes', () => {
    assert.deepEqual(labels('{ "¦" }', JSON_FILE), []);
    assert.deepEqual(labels('{ "on-failure": ¦ }', JSON_FILE), []);
    assert.equal(
      taken('{"steps": {"a": {"agent": ¦}}}', 'lint', JSON_FILE),
      '{"steps": {"a": {"agent": "lint"}}}',
    );
    assert.equal(
      taken('{\n "steps": {\n  "a": {"agent": "x¦y"', 'lint', JSON_FILE),
      '{\n "steps": {\n  "a": {"agent": "lint"',
    );
    assert.deepEqual(
      labels(
        '{"steps": {"a": {"agent": "lint"}, "b": {"agent": "lint", "needs": ["¦"]}}}',
        JSON_FILE,
      ),
      ['a'],
    );
    assert.deepEqual(
      labels(
        '{"inputs": {"x": "1"}, "steps": {"a": {"agent": "lint", "prompt": "${{ inputs.¦ }}"}}}',
        JSON_FILE,
      ),
      ['x'],
    );
  });

  it('keep their order by their sort texts', () => {
    const offered = complete('steps:\n  a:\n    ¦').map(({ sortText }) => sortText);
    assert.deepEqual([...offered].sort(), offered);
  });
});

describe('Completions of an agent', () => {
  it('offer the fields of its format', () => {
    const own = labels('name: x\n¦', '.sluice/agents/x.yaml');
    assert.ok(own.includes('command') && own.includes('criticality') && !own.includes('name'));
    assert.ok(!labels('command: [x]\n¦', '.sluice/agents/x.yaml').includes('instructions'));
    const front = labels('---\nname: x\n¦\n---\nHelp.', '.sluice/agents/x.md');
    assert.ok(front.includes('model') && !front.includes('command'));
    assert.ok(labels('---\n¦\n---\n', '.github/agents/x.agent.md').includes('handoffs'));
    assert.deepEqual(labels('---\n¦', '.claude/agents/deep/x.md').slice(0, 2), [
      'name',
      'description',
    ]);
    assert.ok(
      labels('---\nhandoffs:\n  - label: Go\n    ¦', '.github/agents/x.md').includes('agent'),
    );
  });

  it('offer what models are called by, and how they answer', () => {
    const file = '.sluice/agents/x.yaml';
    for (const field of ['output-schema', 'tool', 'mcp-servers', 'model-policy', 'permissions']) {
      assert.ok(labels('instructions: x\n¦', file).includes(field), field);
    }
    assert.deepEqual(labels('instructions: x\nmodel-policy:\n  ¦', file).sort(), [
      ...['attempts', 'max-turns', 'max-wait', 'on-other-model'],
    ]);
    assert.deepEqual(labels('instructions: x\ntool:\n  ¦', file), ['name', 'input']);
    assert.ok(labels('---\nrunner: ¦\n---\n', '.sluice/agents/x.md').includes('claude-code'));
    assert.ok(labels('lint:\n  ¦', '.sluice/agents.yaml').includes('runner'));
    assert.ok(labels('steps:\n  a:\n    agent: lint\n    ¦').includes('output-schema'));
  });

  it('offer tools: agents that can be asked, Sluice’s own, and what other agents name', () => {
    const lint = described('lint', '');
    assert.ok(lint.kind === 'valid');
    const asTool = { name: 'ask-lint', inputSchema: { type: 'object' } };
    const agents = [{ ...lint, agent: { ...lint.agent, asTool, tools: ['Grep', 'read'] } }];
    const offered = complete(
      '---\ntools: [¦]\n---\n',
      '.sluice/agents/x.md',
      languageOf(definitions(agents)),
    ).map(({ label }) => label);
    assert.equal(offered[0], 'ask-lint');
    assert.deepEqual(
      ['read', 'shell', 'Grep'].map((name) => offered.filter((one) => one === name).length),
      [1, 1, 1],
    );
  });

  it('offer values of other tools fields', () => {
    assert.deepEqual(labels('---\ntarget: ¦\n---\n', '.github/agents/x.md'), [
      'vscode',
      'github-copilot',
    ]);
    assert.ok(labels('---\nmodel: ¦\n---\n', '.claude/agents/x.md').includes('sonnet'));
    assert.deepEqual(labels('---\nagents: [¦]\n---\n', '.github/agents/x.md'), ['lint', 'test']);
  });

  it('say nothing outside the front matter', () => {
    assert.deepEqual(labels('---\nname: x\n---\n¦', '.claude/agents/x.md'), []);
    assert.deepEqual(labels('¦', '.claude/agents/x.md'), []);
    assert.deepEqual(labels('¦---\n', '.claude/agents/x.md'), []);
  });

  it('offer in agents.yaml the names of agents, and what can be added to them', () => {
    assert.deepEqual(labels('lint:\n  criticality: 3\n¦', '.sluice/agents.yaml'), ['test']);
    assert.ok(labels('lint:\n  ¦', '.sluice/agents.yaml').includes('owns'));
  });
});
