import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { RunnerSpec } from '../../../src/core/domain/agent.ts';
import { DEFAULT_SANDBOX } from '../../../src/core/domain/sandbox.ts';
import { byteSizeText, parseByteSize } from '../../../src/core/definitions/byteSize.ts';
import { indexAgents, type AgentEntry } from '../../../src/core/definitions/entries.ts';
import { shellAmong } from '../../../src/core/definitions/shellTools.ts';
import { toolsMeant } from '../../../src/core/tools/names/toolsMeant.ts';
import { AgentRig, claudeFile } from './agentRig.ts';
import {
  lines,
  listed,
  readAgent,
  readWorkflowText,
  said,
  sourceOf,
  unmark,
  validAgent,
} from './marked.ts';
import { check, checkFixes } from './workflowCases.ts';

const MB = 1024 * 1024;
const GB = 1024 * MB;

function agentOf(
  name: string,
  runner: RunnerSpec,
  tools?: readonly string[],
  owns?: readonly string[],
): AgentEntry {
  const entry = validAgent(name);
  assert.ok(entry.kind === 'valid');
  const terms = { ...entry.agent.terms, owns };
  return { ...entry, agent: { ...entry.agent, runner, tools, terms } };
}

const MODEL: RunnerSpec = { kind: 'model', instructions: 'x', models: [], mcpServers: [] };

const AGENTS = indexAgents([
  validAgent('tsc'),
  agentOf('writer', MODEL),
  agentOf('coder', MODEL, ['Read', 'Bash(git:*)']),
  agentOf('claude', { kind: 'claude-code', instructions: 'x', models: [] }),
  agentOf('acp', { kind: 'acp', launches: [] }),
  agentOf('pipeline', MODEL, undefined, ['.github/workflows/ci.yml']),
]);

const shell = (tool: string) =>
  `not-sandboxed: A sandbox shuts in commands and checks, and not what a model runs with its tool "${tool}": take that tool from it, and let an agent that is a command run what must be shut in.`;
const coding = (who: string) =>
  `not-sandboxed: ${who} brings its own tools, which Sluice cannot shut in: remove "sandbox" here, and let an agent that is a command do what must be shut in.`;

describe('A sandbox', () => {
  const ruleOf = (written: string) => {
    const draft = readAgent(
      sourceOf('.sluice/agents/a.yaml', `command: [x]\nsandbox: ${written}\n`),
      'sluice',
    );
    assert.deepEqual(said(draft.diagnostics), []);
    const entry = listed(draft);
    return entry.kind === 'valid' ? entry.agent.terms.sandbox : undefined;
  };

  it('is as usual where nothing more is said, and is none where that is said', () => {
    assert.deepEqual(ruleOf('true'), DEFAULT_SANDBOX);
    assert.deepEqual(ruleOf('false'), { ...DEFAULT_SANDBOX, use: false });
    assert.deepEqual(DEFAULT_SANDBOX, {
      use: true,
      cpus: 1,
      memoryBytes: 2 * GB,
      diskBytes: GB,
      timeoutMs: 300_000,
      image: undefined,
    });
  });

  it('has the limits that are said, and the usual ones beside', () => {
    assert.deepEqual(ruleOf('{ memory: 512mb }'), { ...DEFAULT_SANDBOX, memoryBytes: 512 * MB });
    assert.deepEqual(
      ruleOf(
        '{ cpus: 64, memory: 1.5gb, disk: 4096gb, timeout: 90s, image: "ghcr.io/a/b:1@sha256:0" }',
      ),
      {
        use: true,
        cpus: 64,
        memoryBytes: 1.5 * GB,
        diskBytes: 4096 * GB,
        timeoutMs: 90_000,
        image: 'ghcr.io/a/b:1@sha256:0',
      },
    );
  });

  it('is refused at its place with what is allowed', () => {
    const { text, ranges } = unmark(lines`
      command: [x]
      sandbox:
        cpus: «0.5»
        memory: «2GB»
        disk: «512»
        timeout: «5»
        image: «--privileged»
        «network»: true
    `);
    const draft = readAgent(sourceOf('.sluice/agents/a.yaml', text), 'sluice');
    const inOrder = [...draft.diagnostics].sort((a, b) => a.range.start.line - b.range.start.line);
    assert.deepEqual(said(inOrder), [
      'wrong-value: "cpus" must be a whole number from 1 to 64.',
      'wrong-value: "memory" must be a size such as 512mb or 2gb.',
      'wrong-value: "disk" must be a size such as 512mb or 2gb.',
      'wrong-value: "timeout" needs a unit: write 5s for seconds.',
      'wrong-value: "image" must be the name of a Docker image, such as node:22-slim.',
      'unknown-field: There is no field "network".',
    ]);
    assert.deepEqual(
      inOrder.map(({ range }) => range),
      ranges,
    );
  });

  it('has limits within which a program can live', () => {
    const wrong = (written: string) =>
      said(
        readAgent(
          sourceOf('.sluice/agents/a.yaml', `command: [x]\nsandbox: ${written}\n`),
          'sluice',
        ).diagnostics,
      ).join();
    assert.match(wrong('{ memory: 15mb }'), /"memory" must be at least 16mb and at most 1024gb/);
    assert.match(wrong('{ memory: 1025gb }'), /"memory" must be at least 16mb and at most 1024gb/);
    assert.match(wrong('{ disk: 0.5mb }'), /"disk" must be at least 1mb and at most 4096gb/);
    assert.match(wrong('{ cpus: 65 }'), /"cpus" must be a whole number from 1 to 64/);
    assert.match(wrong('{}'), /must say something: "cpus", "memory"/);
    assert.match(wrong('strict'), /"sandbox" must be true, false, or fields/);
  });

  it('has sizes that are written as they are read', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4096 * 1024 }), (size) => {
        assert.equal(parseByteSize(byteSizeText(size * MB)), size * MB);
      }),
    );
  });

  describe('of a step', () => {
    check(
      [
        [
          'shuts in commands, and the checks of a model',
          lines`
            steps:
              a: { agent: tsc, sandbox: true }
              b: { agent: writer, sandbox: { cpus: 2 }, checks: [npm test] }
              c: { agent: claude, sandbox: false }`,
        ],
        [
          'cannot hold a coding agent',
          lines`
            steps:
              a: { agent: claude, «sandbox»: true }
              b: { agent: acp, «sandbox»: { cpus: 2 } }`,
          coding('Claude Code'),
          coding('A coding agent'),
        ],
        [
          'does not hold the shell of a model',
          lines`
            steps:
              a: { agent: coder, «sandbox»: true }`,
          shell('Bash(git:*)'),
        ],
      ],
      {},
      AGENTS,
    );

    checkFixes(
      [
        [
          'is repaired where its size is meant in another spelling',
          'steps: { a: { agent: tsc, sandbox: { memory: 2 GiB } } }',
          'Change to "2gb"',
          'steps: { a: { agent: tsc, sandbox: { memory: 2gb } } }',
        ],
      ],
      {},
      AGENTS,
    );
  });

  describe('of an agent', () => {
    it('is told at the agent, whatever its file is', () => {
      const of = (text: string, file = '.sluice/agents/a.yaml') =>
        said(readAgent(sourceOf(file, text), 'sluice').diagnostics);
      const runs = 'instructions: x\nsandbox: true\n';
      assert.deepEqual(of(`${runs}runner: claude-code`), [coding('Claude Code')]);
      assert.deepEqual(of(`${runs}tools: [read, shell]`), [shell('shell')]);
      assert.deepEqual(of(`${runs}tools: [read]`), []);
      assert.deepEqual(of(`---\nsandbox: true\ntools: Read, Bash\n---\nx`, '.sluice/agents/a.md'), [
        shell('Bash'),
      ]);
    });

    it('that another tool owns is told in agents.yaml', async () => {
      const rig = new AgentRig();
      try {
        rig.write('.claude/agents/r.md', claudeFile('runs', 'Does.', 'tools: Read, Bash\n'));
        rig.write('.claude/agents/w.md', claudeFile('reads', 'Does.', 'tools: Read\n'));
        rig.write('.claude/agents/c.md', claudeFile('codes'));
        rig.write(
          '.sluice/agents.yaml',
          'runs: { sandbox: true }\nreads: { sandbox: { cpus: 2 } }\ncodes: { runner: claude-code, sandbox: true }\n',
        );
        const { agents, diagnostics } = await rig.find();
        const own = diagnostics.filter(({ file }) => file === '.sluice/agents.yaml');
        assert.deepEqual(said(own).sort(), [coding('Claude Code'), shell('Bash')].sort());
        const reads = agents.find(({ name }) => name === 'reads');
        assert.ok(reads?.kind === 'valid');
        assert.equal(reads.agent.terms.sandbox?.cpus, 2);
        // What was meant for it cannot be kept: it is not used without.
        assert.equal(agents.find(({ name }) => name === 'codes')?.kind, 'invalid');
      } finally {
        rig.dispose();
      }
    });

    it('is told for the names of tools that give a model a shell, and for no others', () => {
      const names = [
        ...['shell', 'execute', 'execute/runInTerminal', 'execute/*', '#tool:runCommands'],
        ...['Bash', 'Bash(npm test:*)', 'KillShell', 'powershell', 'run_shell_command', '*'],
        ...['read', 'edit', 'Edit(docs/**)', 'search', 'execute/testFailure', 'runCommand'],
        ...['server/bash', 'mcp__server__shell', 'Task', 'web', 'agent', 'WebFetch'],
      ];
      for (const name of names) {
        const isShell = toolsMeant([name]).own.has('shell');
        assert.equal(shellAmong([name]), isShell ? name : undefined, name);
      }
    });
  });
});

describe('What a workflow begins with', () => {
  const OTHERS = { on: 'base: head\nsteps: [tsc]', off: 'steps: [tsc]' };

  it('is said for the whole of it', () => {
    const of = (text: string) => {
      const entry = readWorkflowText(sourceOf('.sluice/workflows/w.yaml', text), AGENTS);
      return entry.kind === 'valid' ? entry.workflow.base : said(entry.diagnostics).join();
    };
    assert.equal(of('base: head\nsteps: [tsc]'), 'head');
    assert.equal(of('base: worktree\nsteps: [tsc]'), 'worktree');
    assert.equal(of('steps: [tsc]'), undefined);
    assert.equal(of('[tsc]'), undefined);
    assert.equal(of('base: main\nsteps: [tsc]'), 'wrong-value: "base" must be head or worktree.');
  });

  describe('is that of the outermost', () => {
    check(
      [
        ['and may be the same inside', 'base: head\nsteps: { a: { workflow: on } }'],
        ['and may be left out inside', 'base: worktree\nsteps: { a: { workflow: off } }'],
        [
          'and is told where it is another inside',
          'base: worktree\nsteps: { a: { workflow: «on» }, b: { uses: «./on.yaml» } }',
          ...['a', 'b'].map(
            () =>
              'other-base: "on" says "base: head", which counts only where it is run by itself. Here it begins as this workflow does, with "base: worktree": say the same in both, or remove it there.',
          ),
        ],
      ],
      OTHERS,
      AGENTS,
    );
    checkFixes(
      [
        [
          'and is said there too',
          'steps: { a: { workflow: on } }\n',
          'Add "base: head"',
          'base: head\nsteps: { a: { workflow: on } }\n',
        ],
      ],
      OTHERS,
      AGENTS,
    );
  });
});

describe('What validates a workflow', () => {
  it('is written like checks', () => {
    const entry = readWorkflowText(
      sourceOf(
        '.sluice/workflows/w.yaml',
        'steps: [tsc]\nvalidate: [npm test, [npm, run, "a b"], { command: make, timeout: 2h }]',
      ),
      AGENTS,
    );
    assert.deepEqual(entry.kind === 'valid' ? entry.workflow.validate : said(entry.diagnostics), [
      { command: ['npm', 'test'], timeoutMs: 600_000 },
      { command: ['npm', 'run', 'a b'], timeoutMs: 600_000 },
      { command: ['make'], timeoutMs: 7_200_000 },
    ]);
  });

  describe('is refused where checks are', () => {
    check([
      [
        'as a line for a shell',
        'steps: [tsc]\nvalidate: [«npm test && make»]',
        'wrong-value: An item of "validate" must be a list of the program and its arguments: write ["sh", "-c", "npm test && make"].',
      ],
      [
        'as one text',
        'steps: [tsc]\nvalidate: «npm test»',
        'wrong-type: "validate" must be a list, not a text.',
      ],
    ]);
  });

  describe('is seen before a gate that is last is answered', () => {
    const early = (step: string) =>
      `asked-early: This gate may be asked before "validate" has run, which waits for "${step}" too: let the gate need all that comes before it, and it opens once "validate" has passed.`;
    check([
      [
        'where the gate comes behind all steps, through others or not',
        lines`
          validate: [npm test]
          steps:
            a: { agent: tsc }
            b: { agent: tsc, needs: a }
            c: { agent: tsc }
            g: { gate: Sure?, needs: [b, c] }
            h: { gate: Really?, needs: g }`,
      ],
      [
        'and it is told where the gate does not',
        lines`
          validate: [npm test]
          steps:
            a: { agent: tsc }
            b: { agent: tsc }
            g: { «gate»: Sure?, needs: a }`,
        early('b'),
      ],
      [
        'and what comes behind a gate is not before it',
        lines`
          validate: [npm test]
          steps:
            a: { agent: tsc }
            g: { gate: Sure?, needs: a }
            b: { agent: tsc, needs: g }`,
      ],
      [
        'and earlier phases come before each gate of the last',
        lines`
          validate: [npm test]
          phases:
            - name: P
              steps: { a: { agent: tsc }, g: { gate: Sure?, needs: a }, b: { agent: tsc } }
            - name: Q
              steps: { h: { gate: Really? } }`,
      ],
      [
        'and without anything to validate there is nothing to wait for',
        'steps: { a: { agent: tsc }, b: { agent: tsc }, g: { gate: Sure?, needs: a } }',
      ],
    ]);
    checkFixes([
      [
        'by needing the others',
        'validate: [npm test]\nsteps: { a: { agent: tsc }, b: { agent: tsc }, g: { gate: Sure?, needs: [a] } }',
        'Add "b" to "needs"',
        'validate: [npm test]\nsteps: { a: { agent: tsc }, b: { agent: tsc }, g: { gate: Sure?, needs: [a, b] } }',
      ],
    ]);
  });
});

describe('Protected files', () => {
  const refused = (path: string) =>
    `bad-artifact-path: "${path}" is protected, as it changes what is run or trusted: only a step whose "owns" names this very path may produce it.`;
  const nothing = (glob: string, name: string) =>
    `protected-path: "${glob}" gives this step nothing: all of "${name}" is protected, and a task may change such files only where "owns" names each by its whole path.`;
  check(
    [
      [
        'are produced by a step, or an agent, that owns them by name',
        lines`
          steps:
            a: { agent: tsc, owns: [src/**, package.json], produces: package.json }
            b: { agent: pipeline, produces: .github/workflows/ci.yml }`,
      ],
      [
        'are not given by wildcards, nor by the name of another',
        lines`
          steps:
            a: { agent: tsc, owns: '**', produces: «package.json» }
            b: { agent: pipeline, needs: a, produces: «.github/workflows/cd.yml» }
            c: { agent: tsc, produces: «.npmrc» }`,
        refused('package.json'),
        refused('.github/workflows/cd.yml'),
        refused('.npmrc'),
      ],
      [
        'are never those of Git',
        "steps: { a: { agent: tsc, owns: .git/config, produces: «'.git/config'» } }",
        'bad-artifact-path: ".git/config" is a file of Git itself, which no step may change.',
      ],
      [
        'are told of globs that take nothing else',
        lines`
          steps:
            a: { agent: tsc, owns: [src/**, «.github/**», «docs/.github/w*.yml», «.vscode»] }
            b: { agent: tsc, needs: a, owns: ['**/*.json', '.github/workflows/ci.yml'] }`,
        nothing('.github/**', '.github'),
        nothing('docs/.github/w*.yml', '.github'),
        nothing('.vscode', '.vscode'),
      ],
    ],
    {},
    AGENTS,
  );
});
