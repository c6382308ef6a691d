import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import type { z } from 'zod';
import { indexAgents, type AgentEntry } from '../../../src/core/definitions/entries.ts';
import {
  agentStepSchema,
  gateQuestionSchema,
  nestedStepSchema,
  productFieldsSchema,
  retryFieldsSchema,
} from '../../../src/core/definitions/workflows/stepSchema.ts';
import { checkFieldsSchema } from '../../../src/core/definitions/commandSchema.ts';
import { debugFieldsSchema } from '../../../src/core/definitions/debugRule.ts';
import { FAULT_KINDS, USUAL_ROLES } from '../../../src/core/domain/debugging.ts';
import { cacheFieldsSchema, similarSchema } from '../../../src/core/definitions/cacheRule.ts';
import { budgetSchema } from '../../../src/core/definitions/terms.ts';
import {
  inputSchema,
  phaseHeadSchema,
  workflowHeadSchema,
} from '../../../src/core/definitions/workflows/workflowSchema.ts';
import { readWorkflowText, said, sourceOf, validAgent } from './marked.ts';

const PAGE = fs.readFileSync(path.resolve('docs/workflows.md'), 'utf8');

interface Example {
  readonly line: number;
  readonly text: string;
}

/** What stands between ```yaml and ```: every example of the page is a whole workflow. */
const EXAMPLES = [...PAGE.matchAll(/^```yaml\n(.*?)^```$/gms)].map(
  ({ 1: text = '', index }): Example => ({ line: PAGE.slice(0, index).split('\n').length, text }),
);

/** Workflows that examples name. */
const OTHERS = {
  'code-quality': 'inputs: { audience: }\nsteps: [quality]',
  nightly: 'steps: [quality]',
};

/** A language model for each agent that a text names, but for programs: what has no effect at a command has one there. */
function agentsIn(text: string): AgentEntry[] {
  const names = [
    ...text.matchAll(/\b(?:agent|spec_mismatch|implementation_bug|timeout): ([a-z-]+)/g),
  ].map(([, name = '']) => name);
  return [...new Set([...names, 'quality'])].map((name) => {
    const entry = validAgent(name);
    assert.ok(entry.kind === 'valid');
    if (name === 'eslint') {
      return entry;
    }
    const runner = { kind: 'model', instructions: 'Help.', models: [], mcpServers: [] } as const;
    return { ...entry, agent: { ...entry.agent, runner } };
  });
}

describe('The reference of workflows', () => {
  for (const { line, text } of EXAMPLES) {
    it(`has an example in line ${line} that is right`, () => {
      const entry = readWorkflowText(
        sourceOf('.sluice/workflows/example.yaml', text),
        indexAgents(agentsIn(text)),
        ...Object.entries(OTHERS).map(([name, other]) =>
          sourceOf(`.sluice/workflows/${name}.yaml`, other),
        ),
      );
      assert.deepEqual(said(entry.diagnostics), []);
      assert.equal(entry.kind, 'valid');
    });
  }

  it('has an example of every field, and names it in a sentence', () => {
    const shapes = [
      workflowHeadSchema,
      inputSchema,
      agentStepSchema,
      gateQuestionSchema,
      nestedStepSchema,
      productFieldsSchema,
      retryFieldsSchema,
      phaseHeadSchema,
      budgetSchema as unknown as z.ZodObject,
      cacheFieldsSchema as unknown as z.ZodObject,
      similarSchema,
      checkFieldsSchema,
      debugFieldsSchema,
    ];
    const fields = new Set([
      ...shapes.flatMap((schema) => Object.keys(schema.shape)),
      ...['gate', 'files'],
    ]);
    const written = EXAMPLES.map(({ text }) => text).join('\n');
    const prose = PAGE.replace(/^```yaml\n.*?^```$/gms, '');
    const missing = (found: (field: string) => boolean) =>
      [...fields].filter((field) => !found(field));
    assert.deepEqual(
      missing((field) => new RegExp(`(?:^|[ {])${field}:`, 'm').test(written)),
      [],
    );
    assert.deepEqual(
      missing((field) => new RegExp(`\`${field}(?:: [^\`]*)?\``).test(prose)),
      [],
    );
  });

  it('names every kind of failure, and whose it usually is', () => {
    for (const kind of FAULT_KINDS) {
      assert.match(PAGE, new RegExp(`^\\| \`${kind}\` .*\\| \`${USUAL_ROLES[kind]}\` `, 'm'), kind);
    }
  });

  it('has links to sections that are there', () => {
    const slugs = [...PAGE.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replace(/[^\w\s-]/g, '')
        .replace(/\s/g, '-'),
    );
    const links = [...PAGE.matchAll(/\]\(#([^)]*)\)/g)].map(([, slug = '']) => slug);
    assert.ok(links.length > 5);
    assert.deepEqual(
      links.filter((link) => !slugs.includes(link)),
      [],
    );
  });
});
