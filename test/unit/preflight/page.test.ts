import assert from 'node:assert/strict';
import fc from 'fast-check';
import { agentName } from '../../../src/core/domain/ids.ts';
import { code, shown } from '../../../src/core/preflight/markdown.ts';
import { preflightPage } from '../../../src/core/preflight/page.ts';
import { gate, plan, planWith, step } from '../../support/plans.ts';
import { model, owning, pastOf, preflightOf, withAgent } from './preflightRig.ts';

const HOSTILE = [
  '<script>alert(1)</script>',
  '[click](command:workbench.action.quit)',
  '![x](https://evil.example/p.png)',
  'https://evil.example/x www.evil.example me@evil.example',
  '# heading\n\n- list\n\n```js\ncode',
  '`` ` ``` ',
  '$x^2$ | a | b |',
  '<img src=x onerror=alert(1)>&lt;',
  '\u001b[31mred\u202egnp.exe',
];

describe('The page of a pre-flight', () => {
  it('says all there is to say', () => {
    const made = planWith(
      { inputs: { audience: 'all' }, maxParallel: 2 },
      step('lint', [], owning('src/**')),
      step('docs', [], owning('src/*.md')),
      step('report', ['lint', 'docs'], { produces: ['report.md'] }),
      gate('ok', ['report']),
    );
    assert.equal(
      preflightPage(preflightOf(made, { pastOf: pastOf({ lint: 2000 }) })),
      `# Pre-flight: example

**Ready to run, with 1 warning.**

## What to look at

- \`docs\`: lint and docs may change the same files, and never run at once\\:<!----> src/<!---->\\*\\* and src/<!---->\\*\\.md. Let one need the other, or give each paths of its own under owns\\.

## In short

- Tasks: 3 tasks and 1 gate, at most 2 at once
- Expected to take: at least 1.0 s; nothing is known of 2 tasks
- Work of all tasks: at least 1.0 s; nothing is known of 2 tasks
- Cost: 0, no model is asked
- Critical path: \`docs\` → \`report\` → \`ok\` (unknown)
- Inputs: \`audience\` is \`all\`
- Works on: the folder as it is when the run starts
- File: \`.sluice/workflows/example.yaml\`

## Together

Steps on one line do not wait for each other.

1. \`lint\`, \`docs\`
1. \`report\`
1. \`ok\`

\`\`\`text
  1 2 3 4
1 · ! - -  lint
2 ! · - -  docs
3 - - · -  report
4 - - - ·  ok
\`\`\`

\\+ may run at the same time, \\- one waits for the other, \\! may change the same files

## Steps

### 1. lint

- Agent: \`lint-agent\` of \`.sluice/agents/lint-agent.yaml\`
- Runner: command
- Programs: \`true\` is \`/bin/true\`
- Writes: owns \`src/**\`
- Time: 2.0 s (1.0 s to 4.0 s), from 3 past tasks
- Cost: 0, no model is asked

### 2. docs

- Agent: \`docs-agent\` of \`.sluice/agents/docs-agent.yaml\`
- Runner: command
- Programs: \`true\` is \`/bin/true\`
- Writes: owns \`src/*.md\`
- Time: unknown
- Cost: 0, no model is asked

### 3. report

- Agent: \`report-agent\` of \`.sluice/agents/report-agent.yaml\`
- Runner: command
- Programs: \`true\` is \`/bin/true\`
- Writes: anything in its copy; produces \`report.md\`
- Waits for: \`lint\`, \`docs\`
- Time: unknown
- Cost: 0, no model is asked

### 4. ok

- Agent: none: a person decides
- Waits for: \`report\`
- Time: until somebody answers

*Sluice: Run Workflow…* starts it.
`,
    );
  });

  it('folds what nobody can read at once', () => {
    const chain = Array.from({ length: 1000 }, (_, at) =>
      step(`s${at}`, at === 0 ? [] : [`s${at - 1}`]),
    );
    const page = preflightPage(preflightOf(plan(...chain)));
    assert.match(
      page,
      /And 850 more steps: \*sluice run --dry-run\* in a terminal tells them all\./,
    );
    assert.match(page, /And 850 lines more\./);
    assert.match(page, /`s10` → 988 more → `s999` \(unknown\)/);
    assert.ok(page.length < 60_000, `${page.length} characters`);
  });

  it('shows texts of files and lets them do nothing', () => {
    for (const text of HOSTILE) {
      const made = withAgent(plan(step('a')), 'a-agent', {
        name: agentName(text),
        file: text,
        tools: [text],
        runner: model(text),
      });
      const page = preflightPage({
        ...preflightOf({ ...made, workflow: { ...made.workflow, name: text, description: text } }),
        findings: [{ severity: 'error', step: text, message: text, at: undefined, repair: text }],
      });
      const alive = page
        .replaceAll('<!---->', '')
        .replace(/\\[!-/:-@[-`{-~]/g, '')
        // Code shows what is in it.
        .replace(/(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)/g, '');
      assert.doesNotMatch(alive, /[<>[\]`$]/, text);
      assert.doesNotMatch(page.replace(/`[^\n]*`/g, ''), /:\/\/|www\.|\w@\w/, text);
      // eslint-disable-next-line no-control-regex -- what must not be there
      assert.doesNotMatch(page, /[\u0000-\u0009\u000b-\u001f\u202a-\u202e]/);
    }
  });

  it('keeps every text on its line', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        assert.doesNotMatch(shown(text), /\n/);
        assert.doesNotMatch(code(text), /\n/);
        const [, fence = ''] = /^(`+)/.exec(code(text)) ?? [];
        const inside = code(text).slice(fence.length, -fence.length);
        assert.ok(code(text).endsWith(fence));
        assert.ok(!new RegExp(`(?<!\`)\`{${fence.length}}(?!\`)`).test(inside), 'the fence holds');
      }),
    );
  });
});
