import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { sandboxFieldsSchema } from '../../../src/core/definitions/sandboxRule.ts';
import { indexAgents } from '../../../src/core/definitions/entries.ts';
import { ISOLATION_FIELDS } from '../../../src/core/domain/isolation.ts';
import { readWorkflowText, said, sourceOf, validAgent } from './marked.ts';

const DOCS = path.resolve('docs');
const PAGE = fs.readFileSync(path.join(DOCS, 'isolation.md'), 'utf8');

/** Every YAML example of the page is a whole workflow. */
const EXAMPLES = [...PAGE.matchAll(/^```yaml\n(.*?)^```$/gms)].map(({ 1: text = '', index }) => ({
  line: PAGE.slice(0, index).split('\n').length,
  text,
}));

describe('docs/isolation.md', () => {
  for (const { line, text } of EXAMPLES) {
    it(`has an example in line ${line} that is right`, () => {
      const names = [...text.matchAll(/\bagent: ([a-z-]+)/g)].map(([, name = '']) => name);
      const agents = [...new Set(names)].map((name) => validAgent(name));
      const source = sourceOf('.sluice/workflows/example.yaml', text);
      const entry = readWorkflowText(source, indexAgents(agents));
      assert.deepEqual(said(entry.diagnostics), []);
      assert.equal(entry.kind, 'valid');
    });
  }

  it('has examples, and one of every field of a sandbox', () => {
    assert.ok(EXAMPLES.length >= 3);
    const written = EXAMPLES.map(({ text }) => text).join('\n');
    for (const field of Object.keys(sandboxFieldsSchema.shape)) {
      assert.match(written, new RegExp(`^ +${field}: `, 'm'), field);
    }
  });

  it('names the settings', () => {
    const own = ISOLATION_FIELDS.filter((field) => !field.startsWith('git.'));
    assert.deepEqual(
      own.filter((field) => !PAGE.includes(`\`sluice.${field}\``)),
      [],
    );
  });

  it('has links to sections that are there', () => {
    const links = [...PAGE.matchAll(/\]\(([a-z-]+\.md)?#([^)]*)\)/g)];
    assert.ok(links.length > 5);
    const gone = links.filter(([, file, slug = '']) => {
      const page = file === undefined ? PAGE : fs.readFileSync(path.join(DOCS, file), 'utf8');
      return !slugsOf(page).includes(slug);
    });
    assert.deepEqual(
      gone.map(([link]) => link),
      [],
    );
  });
});

function slugsOf(page: string): readonly string[] {
  return [...page.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .replace(/\s/g, '-'),
  );
}
