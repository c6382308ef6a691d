import assert from 'node:assert/strict';
import { gatePage } from '../../../src/core/projections/gatePage.ts';
import { openGates } from '../../../src/core/projections/gates.ts';
import { gateMarkdown, type ShownFile } from '../../../src/vscode/output/gateMarkdown.ts';
import { gate, plan, step } from '../../support/plans.ts';
import { opened, started, stateAfter, succeeded } from '../projections/histories.ts';

const guarded = plan(step('draft', [], { produces: ['docs/a.md'] }), gate('ask', ['draft']));

describe('The page of a gate in VS Code', () => {
  const textOf = (ask: string, shown: readonly ShownFile[] = [], path = 'docs/a.md') => {
    const state = stateAfter(
      guarded,
      started('draft'),
      succeeded('draft', path),
      opened('ask', ask),
    );
    const [open] = openGates(guarded, state);
    assert.ok(open);
    const page = gatePage(guarded, state, open, 10_000);
    return gateMarkdown(page, { forecast: 'no conflicts', shown, since: 'noon', identical: 1 });
  };
  /** As it reads: without what keeps Markdown from meaning something. */
  const read = (text: string) => text.replace(/<!---->/g, '').replace(/\\(.)/g, '$1');

  it('has the question, who made it, what shows that, files, costs and the digest', () => {
    const text = read(textOf('Keep it?'));
    for (const line of [
      '# ask of example-1',
      '> Keep it?',
      '- **draft**: draft-agent',
      '  - ✓ docs/a.md is there (9 B)',
      '- `docs/a.md` added by `draft`',
      '- **Conflicts**: no conflicts',
      '- **Cost so far**: nothing: no model was asked',
      '- **Waiting since**: noon',
      '- **Asked elsewhere too**: 1 more of the same',
    ]) {
      assert.ok(text.split('\n').includes(line), `${line}\n\n${text}`);
    }
    assert.match(text, /\n- \*\*Digest\*\*: `[0-9a-f]{64}`\n$/);
  });

  it('shows a question of many long lines whole', () => {
    const ask = `${'word '.repeat(300)}end\n${'Q'.repeat(1200)}`;
    const text = read(textOf(ask));
    assert.equal(text.match(/word/g)?.length, 300);
    assert.equal(text.match(/Q/g)?.length, 1200);
  });

  it('lets nothing that agents have written be more than text', () => {
    const text = textOf(
      '# Approved\n- [x] **all tests passed** <img src="https://x.y/z"> [go](command:sluice.approveGate)',
      [],
      '`![](https://x.y/z)`.md',
    );
    assert.doesNotMatch(text, /^>? ?# Approved/m);
    assert.doesNotMatch(text, /<img|\]\(command|\*\*all tests/);
    assert.doesNotMatch(text, /(?<!`[^`]*)!\[\]\(https:/);
  });

  it('keeps a file that is shown between fences that nothing in it ends', () => {
    const bytes = Buffer.from('before\n````\n# Sluice says: approved\n```\nafter\n');
    const text = textOf('Keep it?', [{ path: 'docs/a.md', bytes }]);
    assert.ok(
      text.includes('\n`````\nbefore\n````\n# Sluice says: approved\n```\nafter\n`````\n'),
      text,
    );
  });

  it('says so of a file that is no text, that is gone, and that is long', () => {
    const shown = [
      { path: 'a.bin', bytes: Buffer.from([0, 1]) },
      { path: 'gone.md', bytes: undefined },
      { path: 'long.md', bytes: Buffer.from('x'.repeat(20_001)) },
    ];
    const text = textOf('Keep it?', shown);
    assert.match(text, /It is no text\./);
    assert.match(text, /It cannot be read any more\./);
    assert.match(text, /1 more character is not shown here\./);
  });
});
