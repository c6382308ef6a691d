import assert from 'node:assert/strict';
import { plainCacheRule, type Terms } from '../../../src/core/domain/terms.ts';
import { DEFAULT_SANDBOX } from '../../../src/core/domain/sandbox.ts';
import { lines, readAgent, said, sourceOf, unmark } from './marked.ts';

function termsOf(file: string, text: string): Terms {
  const draft = readAgent(sourceOf(file, text), file.startsWith('.claude') ? 'claude' : 'sluice');
  assert.deepEqual(said(draft.diagnostics), []);
  assert.ok(draft.kind === 'valid');
  return draft.agent.terms;
}

const FIELDS = lines`
  owns: [src/**, 'docs/*.md']
  never: src/generated/**
  budget: { tokens: 200000, usd: 1.5, time: 30m }
  cache: { ttl: 24h }
  permissions: acceptEdits
  model-policy: { attempts: 3, max-wait: 10m, on-other-model: fail, max-turns: 20 }
  sandbox: { cpus: 2, memory: 512mb }
`;

const WRITTEN: Terms = {
  owns: ['src/**', 'docs/*.md'],
  never: ['src/generated/**'],
  models: undefined,
  permissions: 'acceptEdits',
  budget: { tokens: 200_000, usd: 1.5, timeMs: 1_800_000 },
  cache: { ...plainCacheRule(true), ttlMs: 86_400_000 },
  calls: { attempts: 3, maxWaitMs: 600_000, onOtherModel: 'fail', maxTurns: 20 },
  sandbox: { ...DEFAULT_SANDBOX, cpus: 2, memoryBytes: 512 * 1024 * 1024 },
};

describe('What an agent may write, spend and reuse', () => {
  it('is said the same way for commands and models, in YAML and Markdown', () => {
    assert.deepEqual(termsOf('.sluice/agents/a.yaml', `command: [x]\n${FIELDS}`), WRITTEN);
    assert.deepEqual(termsOf('.sluice/agents/a.yaml', `instructions: x\n${FIELDS}`), WRITTEN);
    assert.deepEqual(termsOf('.sluice/agents/a.md', `---\n${FIELDS}---\nHelp.`), WRITTEN);
  });

  it('may be said in part', () => {
    assert.deepEqual(termsOf('.sluice/agents/a.yaml', 'command: [x]\nowns: []\ncache: false'), {
      owns: [],
      never: [],
      models: undefined,
      permissions: undefined,
      budget: undefined,
      cache: plainCacheRule(false),
      calls: undefined,
      sandbox: undefined,
    });
    const { budget, cache } = termsOf(
      '.sluice/agents/a.yaml',
      'command: [x]\nbudget: { usd: 2 }\ncache: true',
    );
    assert.deepEqual(budget, { tokens: undefined, usd: 2, timeMs: undefined });
    assert.deepEqual(cache, plainCacheRule(true));
  });

  it('is reported where it cannot be', () => {
    const { text, ranges } = unmark(lines`
      command: [x]
      owns: [«/etc/**», 'src/**', «''»]
      never: «../up»
      budget: { tokens: «1.5», usd: «-1», time: «5», «spare»: 1 }
      cache: «often»
      permissions: «all»
    `);
    const draft = readAgent(sourceOf('.sluice/agents/a.yaml', text), 'sluice');
    assert.equal(draft.kind, 'invalid');
    const inOrder = [...draft.diagnostics].sort(
      (a, b) =>
        a.range.start.line - b.range.start.line || a.range.start.column - b.range.start.column,
    );
    assert.deepEqual(
      inOrder.map(({ range }) => range),
      ranges,
    );
    assert.deepEqual(said(inOrder), [
      'wrong-value: An item of "owns" is absolute: write it relative to the folder.',
      'wrong-value: An item of "owns" is empty.',
      'wrong-value: "never" holds "..": write it relative to the folder, without "." and "..".',
      'wrong-value: "tokens" must be a whole number from 1 to 1000000000000.',
      'wrong-value: "usd" must be an amount of US dollars above 0 and at most 1000000, such as 1.50.',
      'wrong-value: "time" needs a unit: write 5s for seconds.',
      'unknown-field: There is no field "spare".',
      'wrong-value: "cache" must be true, false, or fields such as {ttl: 24h}.',
      'wrong-value: "permissions" must be default or acceptEdits or plan or bypassPermissions.',
    ]);
  });

  it('is reported where it says nothing', () => {
    const said_ = (text: string) =>
      said(readAgent(sourceOf('a.yaml', `command: [x]\n${text}`), 'sluice').diagnostics);
    assert.deepEqual(said_('budget: {}'), [
      'wrong-value: "budget" must say how much: "tokens", "usd" or "time".',
    ]);
    assert.deepEqual(said_('cache: {}'), [
      'wrong-value: "cache" must say something: "ttl", "namespace", "inputs" or "similar".',
    ]);
    assert.deepEqual(said_('cache: { ttl: soon }'), [
      'wrong-value: "ttl" must be a duration such as 250ms, 30s, 5m or 2h.',
    ]);
    assert.deepEqual(said_('owns: 5'), ['wrong-type: "owns" must be a text or a list, not 5.']);
  });
});

describe("Claude Code's own words for it", () => {
  const claude = (more: string) => {
    const text = `---\nname: a\ndescription: d\n${more}---\nHelp.`;
    const draft = readAgent(sourceOf('.claude/agents/a.md', text), 'claude');
    assert.ok(draft.kind === 'valid');
    return draft.agent;
  };

  it('are understood where they mean the same', () => {
    assert.equal(claude('permissionMode: plan\n').terms.permissions, 'plan');
    assert.equal(
      claude('permissionMode: bypassPermissions\n').terms.permissions,
      'bypassPermissions',
    );
    assert.equal(claude('permissionMode: manual\n').terms.permissions, 'default');
    for (const other of ['5', '[plan]', 'toString']) {
      assert.equal(claude(`permissionMode: ${other}\n`).terms.permissions, undefined);
    }
    assert.equal(claude('maxTurns: 7\n').terms.calls?.maxTurns, 7);
    for (const other of ['-1', 'many', '1.5', '']) {
      assert.equal(claude(`maxTurns: ${other}\n`).terms.calls, undefined);
    }
  });

  it('come to what is nearest where Sluice has no such mode, and that is said without a warning', () => {
    for (const [mode, taken] of [
      ['auto', 'acceptEdits'],
      ['dontAsk', 'default'],
      ['delegate', 'default'],
    ] as const) {
      const text = `---\nname: a\ndescription: d\npermissionMode: ${mode}\n---\nHelp.`;
      const draft = readAgent(sourceOf('.claude/agents/a.md', text), 'claude');
      assert.ok(draft.kind === 'valid');
      assert.equal(draft.agent.terms.permissions, taken);
      assert.deepEqual(
        draft.diagnostics.map(({ severity, message, range }) => [
          severity,
          message,
          range.start.line,
        ]),
        [['info', `Sluice has no permission mode "${mode}": it takes "${taken}".`, 4]],
      );
    }
  });

  it('take tools away that the agent must not use', () => {
    const { tools } = claude('tools: Read, Bash, Write\ndisallowedTools: [Write, Bash]\n');
    assert.deepEqual(tools, ['Read']);
    assert.deepEqual(claude('tools: Read\ndisallowedTools: Read\n').tools, []);
    assert.equal(claude('maxTurns: 3\n').tools, undefined);
  });

  it('count in a file that was copied to Sluice as it is', () => {
    const text =
      '---\nname: a\ndescription: d\ntools: Read, Write\ndisallowedTools: Write\npermissionMode: plan\n---\nHelp.';
    const draft = readAgent(sourceOf('.sluice/agents/a.md', text), 'sluice');
    assert.ok(draft.kind === 'valid');
    assert.deepEqual(draft.agent.tools, ['Read']);
    assert.equal(draft.agent.terms.permissions, 'plan');
    const own = readAgent(
      sourceOf('.sluice/agents/a.md', '---\npermissions: default\npermissionMode: plan\n---\nx'),
      'sluice',
    );
    assert.equal(own.kind === 'valid' && own.agent.terms.permissions, 'default');
  });
});
