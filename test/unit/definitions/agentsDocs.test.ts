import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { agentPlaces } from '../../../src/core/definitions/agents/agentPlaces.ts';
import {
  commandAgentSchema,
  modelAgentSchema,
} from '../../../src/core/definitions/agents/agentSchema.ts';
import { AgentRig } from './agentRig.ts';
import { said } from './marked.ts';

const PAGE = fs.readFileSync(path.join(import.meta.dirname, '../../../docs/agents.md'), 'utf8');

/** The examples of the page, by the file each is. */
const EXAMPLES = [...PAGE.matchAll(/^```(\w+)(?: (\S+))?\n([\s\S]*?)^```$/gm)].map(
  ([, language = '', file, text = '']) => ({ language, file, text }),
);

describe('docs/agents.md', () => {
  let rig: AgentRig;
  beforeEach(() => {
    rig = new AgentRig();
  });
  afterEach(() => rig.dispose());

  it('has examples that are all without fault in one folder', async () => {
    assert.ok(EXAMPLES.length >= 10, `${EXAMPLES.length} examples`);
    for (const { language, file, text } of EXAMPLES) {
      assert.ok(file, `which file is this ${language}? ${text}`);
      rig.write(file, text);
    }
    const { agents, diagnostics } = await rig.find();
    const all = [...diagnostics, ...agents.flatMap((entry) => entry.diagnostics)];
    assert.deepEqual(said(all), []);
    assert.deepEqual(
      agents.map(({ name }) => name).sort(),
      [
        ...['bug-investigator', 'eslint', 'example-agent', 'fix', 'mapper', 'publish', 'refactor'],
        ...['relation', 'reviewer', 'summary', 'tracker', 'triage', 'tsc'],
      ].sort(),
    );
    assert.deepEqual(
      agents.filter(({ overlay }) => overlay !== undefined).map(({ name }) => name),
      ['bug-investigator', 'reviewer'],
    );
  });

  it('names every place, in its order, and every field', () => {
    const table = /^## Where agents are found$[\s\S]*?^- /m.exec(PAGE)?.[0] ?? '';
    const places = agentPlaces('/home').map(({ origin }) => table.indexOf(`| \`${origin.label}`));
    assert.ok(places.every((at) => at !== -1));
    assert.deepEqual(
      [...places].sort((a, b) => a - b),
      places,
    );
    const fields = new Set([
      ...Object.keys(commandAgentSchema.shape),
      ...Object.keys(modelAgentSchema.shape),
    ]);
    fields.delete('instructions');
    for (const field of fields) {
      assert.match(PAGE, new RegExp(`^\\| \`${field}\` `, 'm'), `${field} is not described`);
    }
  });
});
