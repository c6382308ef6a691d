import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Agent } from '../../../src/core/domain/agent.ts';
import { agentName } from '../../../src/core/domain/ids.ts';
import { NO_TERMS } from '../../../src/core/domain/terms.ts';
import type { Facts, ModelFact } from '../../../src/core/preflight/facts.ts';
import { preflightPage } from '../../../src/core/preflight/page.ts';
import type { TotalCost } from '../../../src/core/preflight/report.ts';
import { costText } from '../../../src/core/preflight/words.ts';
import { commandAgent, plan, planWith, step, type StepParts } from '../../support/plans.ts';
import { command, model, preflightOf, told, withAgent } from './preflightRig.ts';

const RUNNERS: Facts['runners'] = new Set(['command', 'model', 'acp', 'claude-code'] as const);
const NO_KEY = 'No key for Anthropic: set ANTHROPIC_API_KEY, or run Sluice: Set API Key.';

const usable = (name: string, price?: { input: number; output: number }): ModelFact => ({
  kind: 'usable',
  name,
  price,
});
const PRICED = usable('anthropic/claude-opus', { input: 5, output: 25 });

function facts(models: Readonly<Record<string, ModelFact>>, over: Partial<Facts> = {}) {
  return { runners: RUNNERS, models: new Map(Object.entries(models)), ...over };
}

function asking(over: Partial<Agent> & { readonly models?: readonly string[] }, parts?: StepParts) {
  const { models = [], ...rest } = over;
  return withAgent(plan(step('a', [], parts)), 'a-agent', { runner: model(...models), ...rest });
}

describe('The models of a run', () => {
  it('are looked up before it starts: one that is there is enough, and others missing are told', () => {
    const made = asking({ models: ['opus', 'gpt'] });
    const missing: ModelFact = { kind: 'unusable', why: NO_KEY };
    assert.deepEqual(told(preflightOf(made, facts({ opus: PRICED, gpt: PRICED }))), []);
    const report = preflightOf(made, facts({ opus: missing, gpt: usable('openai/gpt') }));
    assert.deepEqual(told(report), [
      'warning a: The model opus cannot be asked, so another of its list is',
    ]);
    assert.equal(report.findings[0]?.repair, NO_KEY);
    assert.deepEqual(report.steps[0]?.agent?.found, [
      { name: 'opus', serves: undefined, why: NO_KEY },
      { name: 'gpt', serves: 'openai/gpt', why: undefined },
    ]);
  });

  it('are an error where none can be asked, a warning where the step may not run', () => {
    const nothing = facts({ opus: { kind: 'unusable', why: NO_KEY } });
    const report = preflightOf(asking({ models: ['opus'] }), nothing);
    assert.deepEqual(told(report), ['error a: None of its models can be asked: opus']);
    assert.deepEqual([report.verdict, report.findings[0]?.repair], ['cannot', NO_KEY]);
    const maybe = asking({ models: ['opus'] }, { condition: 'failure()' });
    const task = {
      ...maybe.tasks[0],
      conditions: [{ text: 'failure()', names: maybe.tasks[0]?.names }],
    };
    assert.deepEqual(told(preflightOf({ ...maybe, tasks: [task as never] }, nothing)), [
      'warning a: None of its models can be asked: opus',
    ]);
  });

  it('are the user’s own choice where nothing is named', () => {
    const made = asking({});
    assert.deepEqual(
      told(preflightOf(made, facts({ '': { kind: 'unusable', why: 'Set a key.' } }))),
      ['error a: It names no model, and there is none to be asked'],
    );
    const report = preflightOf(made, facts({ '': PRICED }));
    assert.deepEqual(told(report), []);
    assert.match(preflightPage(report), /Models: your choice is `anthropic\/claude-opus`/);
  });

  it('are those of the step before those of its agent', () => {
    const terms = { ...NO_TERMS, models: ['gpt'] };
    const made = asking({ models: ['opus'] }, { terms });
    assert.deepEqual(told(preflightOf(made, facts({ gpt: PRICED }))), []);
  });

  it('are also looked up for agents that only other agents ask', () => {
    const classifier = {
      ...commandAgent('classifier'),
      runner: model('opus'),
      asTool: { name: 'classify', inputSchema: { type: 'object' } },
    };
    const made = asking({ models: ['gpt'], tools: ['classify'] });
    const agents = { ...made.agents, [agentName('classifier')]: classifier };
    const found = facts({ gpt: PRICED, opus: { kind: 'unusable', why: NO_KEY } });
    assert.deepEqual(told(preflightOf({ ...made, agents }, found)), [
      'warning run: Other agents ask classifier, and none of its models can be asked',
    ]);
  });

  it('are not asked about where Claude Code has its own, whose program must be there', () => {
    const made = withAgent(plan(step('a')), 'a-agent', {
      runner: { kind: 'claude-code', instructions: '', models: ['opus'] },
    });
    const report = preflightOf(made, {
      ...facts({}),
      programs: new Map([['["claude",null]', { kind: 'missing' }]]),
    });
    assert.deepEqual(told(report), ['error a: The command "claude" was not found']);
    assert.equal(
      report.findings[0]?.repair,
      'Install it: npm install -g @anthropic-ai/claude-code',
    );
    assert.deepEqual(report.steps[0]?.agent?.found, []);
    assert.match(preflightPage(report), /Runner: Claude Code, asks for opus/);
  });
});

describe('What is wrong with the tools of agents', () => {
  it('is a warning at its place, once for each agent', () => {
    const at = {
      file: '.sluice/agents/a-agent.yaml',
      range: { start: { line: 3, column: 9 }, end: { line: 3, column: 12 } },
    };
    const agent = agentName('a-agent');
    const report = preflightOf(
      asking({ models: ['opus'] }),
      facts(
        { opus: PRICED },
        {
          toolFaults: [
            { kind: 'unknown', agent, name: 'raed', at },
            { kind: 'server', agent, name: 'github', at: undefined },
            { kind: 'unkept', agent, name: 'Edit(docs/**)', at: undefined },
            { kind: 'file', agent, message: '.mcp.json cannot be read.', at: undefined },
          ],
        },
      ),
    );
    assert.deepEqual(told(report), [
      'warning run: The agent a-agent has the tool "raed", which nobody here has',
      'warning run: The agent a-agent uses the MCP server "github", which is not declared',
      'warning run: The agent a-agent has the tool "Edit(docs/**)", and nothing keeps to what stands in the brackets',
      'warning run: .mcp.json cannot be read',
    ]);
    assert.deepEqual(report.findings[0]?.at, at);
  });
});

describe('What a run may cost', () => {
  const budget = { tokens: undefined, usd: 2, timeMs: undefined };

  it('is what the same step has cost before, with its budget', () => {
    const past = { leastUsd: 0.1, likelyUsd: 0.2, mostUsd: 0.5, of: 'step' as const, samples: 3 };
    const made = asking({ models: ['opus'], terms: { ...NO_TERMS, budget } });
    const report = preflightOf(made, facts({ opus: PRICED }, { pastCostOf: () => past }));
    const cost = report.steps[0]?.cost;
    assert.ok(cost);
    assert.equal(costText(cost), '$0.20 ($0.10 to $0.50), from 3 past tasks, at most $2');
    assert.equal(costText(report.expected.cost), '$0.10 to $0.50');
  });

  it('is guessed from prompt and price where nothing has run, and then says so', () => {
    const report = preflightOf(
      asking({ models: ['opus'], tools: [] }, { prompt: 'x'.repeat(4_000_000) }),
      facts({ opus: PRICED }),
    );
    const cost = report.steps[0]?.cost;
    assert.ok(cost?.kind === 'guess');
    // A million tokens at 5 dollars; an answer of 100 to 4,000 tokens at 25.
    assert.equal(cost.leastUsd, 5 + 0.0025);
    assert.equal(cost.mostUsd, 5 + 0.1);
    assert.equal(
      costText(cost),
      '$5.00 to $5.10, guessed from its prompt and the price of anthropic/claude-opus',
    );
    assert.equal(costText(report.expected.cost), '$5.00 to $5.10, partly guessed');
  });

  it('is unpriced, never 0, where the model has no price, and unknown where nobody could look', () => {
    const made = asking({ models: ['local'] });
    const unpriced = preflightOf(made, facts({ local: usable('ollama/local') }));
    assert.deepEqual(
      [unpriced.steps[0]?.cost, unpriced.expected.cost].map((cost) => cost && costText(cost)),
      ['unpriced: nobody knows what ollama/local costs', '1 task unpriced'],
    );
    const unknown = preflightOf(made);
    assert.deepEqual(
      [unknown.steps[0]?.cost, unknown.expected.cost].map((cost) => cost && costText(cost)),
      ['unknown', 'unknown'],
    );
  });

  it('counts every lane, and tells apart what is not in the sum', () => {
    const past = { leastUsd: 1, likelyUsd: 1, mostUsd: 2, of: 'step' as const, samples: 1 };
    const made = withAgent(
      withAgent(
        planWith(
          { workflow: { budget } },
          step('a', [], { matrix: { x: ['1', '2', '3'] } }),
          step('b'),
          step('c'),
        ),
        'a-agent',
        { runner: model('opus') },
      ),
      'b-agent',
      { runner: model('local') },
    );
    const report = preflightOf(
      made,
      facts(
        { opus: PRICED, local: usable('ollama/local') },
        { pastCostOf: ({ step: { id } }) => (id === 'a' ? past : undefined) },
      ),
    );
    assert.equal(costText(report.expected.cost), '$3.00 to $6.00; 1 task unpriced, at most $2');
    assert.deepEqual(report.steps[2]?.cost, { kind: 'none' });
  });

  it('is 0 where only programs work', () => {
    const made = withAgent(plan(step('a')), 'a-agent', { runner: command('true') });
    assert.equal(costText(preflightOf(made).expected.cost), '0, no model is asked');
  });

  it('never is less at most than at least', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 300 }),
        fc.option(fc.array(fc.string(), { maxLength: 2 }), { nil: undefined }),
        fc.double({ min: 0, max: 1000, noNaN: true }),
        fc.double({ min: 0, max: 1000, noNaN: true }),
        (prompt, tools, input, output) => {
          const report = preflightOf(
            asking({ models: ['m'], tools }, { prompt }),
            facts({ m: usable('p/m', { input, output }) }),
          );
          const total: TotalCost = report.expected.cost;
          assert.ok(total.kind === 'sum' && total.usd !== undefined);
          assert.ok(total.usd.leastUsd >= 0 && total.usd.leastUsd <= total.usd.mostUsd);
        },
      ),
    );
  });
});
