// The ten workflows every crash point is tried on: what can go on in a run, in as few steps as it takes.
// Agents are lines of shell, and each first notes its effect where no crash takes it back.

type Fields = Readonly<Record<string, unknown>>;

export interface ReferenceWorkflow {
  readonly name: string;
  readonly agents: Readonly<Record<string, Fields>>;
  /** Further workflows by name; the one that is run bears the name above. */
  readonly workflows: Readonly<Record<string, Fields>>;
  /** What each task comes to. */
  readonly ends: Readonly<Record<string, string>>;
  /** What is on each task's branch beside what was in the repository. */
  readonly branches: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Tasks whose effects are outside their copies. */
  readonly external: readonly string[];
  /** Agents that are language models, as Markdown files by name; what they cost is noted as `call.<turn>`. */
  readonly models?: Readonly<Record<string, string>>;
  /** Answers of models that the tasks need, by task; these tasks have no effect of their own. */
  readonly turns?: Readonly<Record<string, number>>;
  /** Tasks that are made again, once, because changes are requested at a gate. */
  readonly redone?: Readonly<Record<string, readonly string[]>>;
}

const NOTE = 'echo "$SLUICE_TASK $SLUICE_ATTEMPT" >> "$HOME/ledger" && sync "$HOME/ledger"';

/**
 * The agent works on for a while, and if it then finds itself left alone does not end by itself: whoever goes on
 * with the run has to end it.
 */
const LINGER = [
  'sleep 0.03',
  'read -r host < "$HOME/host"',
  'read -r _ _ _ parent _ < /proc/$$/stat && test "$parent" != "$host" && sleep 100 || true',
].join('\n');

function agent(script: string, fields: Fields = {}): Fields {
  return { command: ['sh', '-c', `${NOTE}\n${script}`], ...fields };
}

function lingeringAgent(script: string, fields: Fields = {}): Fields {
  return agent(`${LINGER}\n${script}`, fields);
}

const chain: ReferenceWorkflow = {
  name: 'chain',
  agents: {
    one: lingeringAgent('echo one'),
    two: lingeringAgent('cat "$SLUICE_NEEDS/one/output" && echo two'),
    three: lingeringAgent('cat "$SLUICE_NEEDS/two/output" > made.txt'),
  },
  workflows: {
    chain: {
      steps: {
        one: { agent: 'one' },
        two: { agent: 'two', needs: 'one' },
        three: { agent: 'three', needs: 'two', produces: 'made.txt' },
      },
    },
  },
  ends: { one: 'succeeded', two: 'succeeded', three: 'succeeded' },
  branches: { three: { 'made.txt': 'one\ntwo\n' } },
  external: [],
};

const LANES = ['a', 'b', 'c'] as const;

const fan: ReferenceWorkflow = {
  name: 'fan',
  agents: {
    split: agent('echo split'),
    lane: agent('cat "$SLUICE_NEEDS/split/output" > "$LANE.txt" && echo "$LANE"'),
    join: agent(LANES.map((lane) => `cat "$SLUICE_NEEDS/${lane}/output"`).join(' && ')),
  },
  workflows: {
    fan: {
      'max-parallel': 3,
      steps: {
        split: { agent: 'split' },
        ...Object.fromEntries(
          LANES.map((lane) => [
            lane,
            { agent: 'lane', needs: 'split', env: { LANE: lane }, produces: `${lane}.txt` },
          ]),
        ),
        join: { agent: 'join', needs: [...LANES] },
      },
    },
  },
  ends: Object.fromEntries(['split', ...LANES, 'join'].map((id) => [id, 'succeeded'])),
  branches: Object.fromEntries(LANES.map((lane) => [lane, { [`${lane}.txt`]: 'split\n' }])),
  external: [],
};

const changes: ReferenceWorkflow = {
  name: 'changes',
  agents: {
    outline: agent('echo outline'),
    write: agent('cat "$SLUICE_NEEDS/outline/output" > report.md'),
    publish: agent('cat "$SLUICE_NEEDS/write/files/report.md" > done.txt'),
  },
  workflows: {
    changes: {
      steps: {
        outline: { agent: 'outline' },
        write: { agent: 'write', needs: 'outline', produces: 'report.md' },
        approve: { needs: 'write', gate: { ask: 'Publish it?', show: 'report.md' } },
        publish: { agent: 'publish', needs: ['approve', 'write'], produces: 'done.txt' },
      },
    },
  },
  ends: { outline: 'succeeded', write: 'succeeded', approve: 'approved', publish: 'succeeded' },
  branches: { write: { 'report.md': 'outline\n' }, publish: { 'done.txt': 'outline\n' } },
  external: [],
  redone: { approve: ['write'] },
};

const gate: ReferenceWorkflow = {
  name: 'gate',
  agents: {
    write: agent('echo report > report.md && mkdir -p data && echo 1 > data/numbers.txt'),
    publish: agent('cat "$SLUICE_NEEDS/write/files/report.md" > done.txt'),
  },
  workflows: {
    gate: {
      steps: {
        write: { agent: 'write', produces: ['report.md', 'data/numbers.txt'] },
        approve: { needs: 'write', gate: { ask: 'Publish it?', show: 'report.md' } },
        publish: { agent: 'publish', needs: ['approve', 'write'], produces: 'done.txt' },
      },
    },
  },
  ends: { write: 'succeeded', approve: 'approved', publish: 'succeeded' },
  branches: {
    write: { 'report.md': 'report\n', 'data/numbers.txt': '1\n' },
    publish: { 'done.txt': 'report\n' },
  },
  external: [],
};

const nested: ReferenceWorkflow = {
  name: 'nested',
  agents: {
    lint: agent('echo "$LANG_NAME"'),
    compile: agent('echo "$WHAT" > compiled.txt'),
    pack: agent('cat "$SLUICE_NEEDS/build.compile/files/compiled.txt"'),
    end: agent('echo end'),
  },
  workflows: {
    nested: {
      inputs: { mode: 'full' },
      steps: {
        lint: {
          agent: 'lint',
          matrix: { lang: ['en', 'de'] },
          env: { LANG_NAME: '${{ matrix.lang }}' },
        },
        build: { workflow: 'inner', needs: 'lint', with: { what: '${{ inputs.mode }}' } },
        partial: { agent: 'end', needs: 'lint', if: "inputs.mode == 'partial'" },
        end: { agent: 'end', needs: 'build', if: "inputs.mode == 'full'" },
      },
    },
    inner: {
      inputs: { what: null },
      steps: {
        compile: {
          agent: 'compile',
          produces: 'compiled.txt',
          env: { WHAT: '${{ inputs.what }}' },
        },
        pack: { agent: 'pack', needs: 'compile' },
      },
    },
  },
  ends: {
    'lint.en': 'succeeded',
    'lint.de': 'succeeded',
    'build.compile': 'succeeded',
    'build.pack': 'succeeded',
    partial: 'skipped',
    end: 'succeeded',
  },
  branches: { 'build.compile': { 'compiled.txt': 'full\n' } },
  external: [],
};

const flaky: ReferenceWorkflow = {
  name: 'flaky',
  agents: {
    // The third time is well, whatever became of the first two.
    flaky: agent('test "$(grep -c "^flaky " "$HOME/ledger")" -ge 3'),
    after: agent('echo after > after.txt'),
  },
  workflows: {
    flaky: {
      steps: {
        flaky: { agent: 'flaky', retry: { attempts: 9, delay: '5ms', 'max-delay': '5ms' } },
        after: { agent: 'after', needs: 'flaky', produces: 'after.txt' },
      },
    },
  },
  ends: { flaky: 'succeeded', after: 'succeeded' },
  branches: { after: { 'after.txt': 'after\n' } },
  external: [],
};

const external: ReferenceWorkflow = {
  name: 'external',
  agents: {
    pay: lingeringAgent('echo paid > receipt.txt', {
      effects: 'external',
      probe: { command: ['sh', '-c', 'grep -q "^pay " "$HOME/ledger"'] },
    }),
    mail: lingeringAgent('echo sent', { effects: 'external' }),
    tidy: agent('echo tidy'),
  },
  workflows: {
    external: {
      steps: {
        pay: { agent: 'pay', produces: 'receipt.txt' },
        mail: { agent: 'mail', needs: 'pay' },
        tidy: { agent: 'tidy', needs: 'mail' },
      },
    },
  },
  ends: { pay: 'succeeded', mail: 'succeeded', tidy: 'succeeded' },
  branches: { pay: { 'receipt.txt': 'paid\n' } },
  external: ['pay', 'mail'],
};

const told: ReferenceWorkflow = {
  name: 'told',
  agents: {
    list: agent('printf "a\\nb\\n"'),
    lane: agent('echo "$LANE"'),
    join: agent('cat "$SLUICE_NEEDS/lane.a/output" "$SLUICE_NEEDS/lane.b/output" > all.txt'),
  },
  workflows: {
    told: {
      steps: {
        list: { agent: 'list' },
        lane: {
          agent: 'lane',
          needs: 'list',
          matrix: { lane: '${{ steps.list.output }}' },
          env: { LANE: '${{ matrix.lane }}' },
          'max-parallel': 1,
        },
        join: { agent: 'join', needs: 'lane', produces: 'all.txt', owns: '*.txt' },
      },
    },
  },
  ends: {
    list: 'succeeded',
    'lane.a': 'succeeded',
    'lane.b': 'succeeded',
    join: 'succeeded',
  },
  branches: { join: { 'all.txt': 'a\nb\n' } },
  external: [],
};

const asked: ReferenceWorkflow = {
  name: 'asked',
  agents: { after: agent('cat "$SLUICE_NEEDS/ask/output" > after.txt') },
  models: {
    asker: [
      '---',
      'name: asker',
      'description: Asks a model that costs.',
      'model: anthropic/claude-test',
      'tools: [list, write]',
      'owns: made.txt',
      '---',
      'Work.',
      '',
    ].join('\n'),
  },
  workflows: {
    asked: {
      steps: {
        ask: { agent: 'asker', prompt: 'Make it.', produces: 'made.txt' },
        after: { agent: 'after', needs: 'ask', produces: 'after.txt' },
      },
    },
  },
  ends: { ask: 'succeeded', after: 'succeeded' },
  branches: { ask: { 'made.txt': 'made\n' }, after: { 'after.txt': 'Done.' } },
  external: [],
  turns: { ask: 3 },
};

const mended: ReferenceWorkflow = {
  name: 'mended',
  // It notes no effect: it is run again in the same attempt, to see whether it fails by chance.
  agents: { check: { command: ['sh', '-c', 'test -f made.txt && cat made.txt'] } },
  models: {
    debugger: [
      '---',
      'name: debugger',
      'description: Mends what fails, by a model that costs.',
      'model: anthropic/claude-test',
      'tools: [list, write]',
      '---',
      'Work.',
      '',
    ].join('\n'),
  },
  workflows: {
    mended: {
      steps: {
        check: { agent: 'check', debug: true },
        after: { agent: 'check', needs: 'check' },
      },
    },
  },
  ends: { check: 'succeeded', check_branch_01: 'succeeded', after: 'succeeded' },
  branches: { check: { 'made.txt': 'made\n' } },
  external: [],
  turns: { check: 0, after: 0, check_branch_01: 3 },
};

export const REFERENCE_WORKFLOWS: readonly ReferenceWorkflow[] = [
  chain,
  fan,
  gate,
  nested,
  flaky,
  external,
  told,
  asked,
  changes,
  mended,
];
