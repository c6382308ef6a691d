import assert from 'node:assert/strict';
import type { AgentFormat } from '../../../src/core/domain/agent.ts';
import { lines, said, sourceOf, unmark, readAgent } from './marked.ts';

// As in workflowProblems.test.ts: «…» stands around the range of each problem.

type Case = [title: string, marked: string, ...problems: string[]];

function check(file: string, format: AgentFormat, cases: readonly Case[]): void {
  for (const [title, marked, ...problems] of cases) {
    it(title, () => {
      const { text, ranges } = unmark(marked);
      const entry = readAgent(sourceOf(file, text), format);
      assert.deepEqual(said(entry.diagnostics), problems);
      assert.deepEqual(
        entry.diagnostics.map(({ range }) => range),
        ranges,
      );
      const warnings = entry.diagnostics.every(({ severity }) => severity === 'warning');
      assert.equal(entry.kind, warnings ? 'valid' : 'invalid');
    });
  }
}

describe('A problem in an agent of Sluice', () => {
  check('.sluice/agents/tool.yaml', 'sluice', [
    [
      'nothing that says what runs it',
      '«»name: tool\n',
      'missing-field: "command" is missing: an agent has either "command" (a program and its arguments) or "instructions" (for a language model).',
    ],
    [
      'a runner there is not',
      'runner: «comand»\ncommand: [x]\n',
      'wrong-value: "runner" must be "command", "model" or "claude-code".',
    ],
    [
      'a model without instructions',
      '«»runner: model\n',
      'missing-field: "instructions" is missing.',
    ],
    [
      'empty instructions',
      'instructions: «" "»\n',
      'wrong-value: "instructions" must not be empty.',
    ],
    [
      'a command on one line',
      'command: «npx eslint "my file.ts" \'a b\'»\n',
      'wrong-value: "command" must be a list of the program and its arguments: write ["npx", "eslint", "my file.ts", "a b"].',
    ],
    [
      'a command for a shell',
      'command: «eslint . | tee out»\n',
      'wrong-value: "command" must be a list of the program and its arguments: write ["sh", "-c", "eslint . | tee out"].',
    ],
    ['a command of nothing', 'command: «[]»\n', 'wrong-value: "command" must name a program.'],
    [
      'a command without a name',
      'command: [«""»]\n',
      'wrong-value: "command" must name a program.',
    ],
    [
      'a command with NUL characters',
      'command: «[a, "b\\0"]»\n',
      'wrong-value: "command" cannot hold NUL characters.',
    ],
    [
      'command parts that are no texts',
      'command: [a, «[b]», «{ c: d }»]\n',
      'wrong-type: An item of "command" must be a text, not a list.',
      'wrong-type: An item of "command" must be a text, not fields.',
    ],
    [
      'fields of the other runner',
      'command: [a]\n«instructions»: Hello\n«modell»: x\n',
      'unknown-field: Only a model agent has a field "instructions".',
      'unknown-field: There is no field "modell".',
    ],
    [
      'fields of the other runner, the other way round',
      'runner: model\ninstructions: Hello\n«timeout»: 5m\n',
      'unknown-field: Only a command agent has a field "timeout".',
    ],
    [
      'numbers and durations that cannot be',
      lines`
        command: [a]
        criticality: «11»
        success-codes: [0, «-1», «1.5», «x»]
        timeout: «10»
        idle-timeout: «fast»`,
      'wrong-value: "criticality" must be a whole number from 1 to 10.',
      'wrong-value: An item of "success-codes" must be a whole number from 0 to 4294967295.',
      'wrong-value: An item of "success-codes" must be a whole number from 0 to 4294967295.',
      'wrong-value: An item of "success-codes" must be a whole number from 0 to 4294967295.',
      'wrong-value: "timeout" needs a unit: write 10s for seconds.',
      'wrong-value: "idle-timeout" must be a duration such as 250ms, 30s, 5m or 2h.',
    ],
    [
      'limits, effects, probes and inputs that cannot be',
      lines`
        command: [a]
        grace: «5»
        effects: «outside»
        probe: «git ls-remote | grep x»
        stdin: «open»`,
      'wrong-value: "grace" needs a unit: write 5s for seconds.',
      'wrong-value: "effects" must be copy or external.',
      'wrong-value: "probe" must be a list of the program and its arguments: write ["sh", "-c", "git ls-remote | grep x"].',
      'wrong-value: "stdin" must be prompt or messages.',
    ],
    [
      'a probe of nothing, and one with other fields',
      'command: [a]\neffects: external\nprobe: { command: «[]», «timout»: 5m }\n',
      'wrong-value: "command" must name a program.',
      'unknown-field: There is no field "timout". Did you mean "timeout"?',
    ],
    [
      'a probe that is never asked, which is a warning',
      'command: [a]\n«probe»: [b]\n',
      'idle-probe: A probe is asked only where effects are external: add "effects: external", or remove it.',
    ],
    [
      'success codes that are no list',
      'command: [a]\nsuccess-codes: «1»\n',
      'wrong-type: "success-codes" must be a list, not 1.',
    ],
    [
      'expressions in variables that are not well formed',
      lines`
        command: [a]
        env:
          A: On «$${'{{'} inputs.topic
          B: $${'{{'} «github».sha }}
          C: $${'{{'} inputs.anything }}`.replace('«${{', '«${{»'),
      'bad-expression: "${{" is never closed: write "}}" behind the expression, or "$${{" for the plain characters.',
      'unknown-value: "github" is no value here. There are inputs, steps, matrix and run; "$${{" stands for the plain characters.',
    ],
    [
      'names that cannot be shown',
      'name: «"a\\nb"»\ncommand: [a]\n',
      'wrong-value: "name" must be one line of 1 to 100 characters, with no blanks around it.',
    ],
    [
      'nothing in the file',
      '«»# later\n',
      'empty-file: This file is empty: it should hold an agent: "command", or "instructions" for a model.',
    ],
    [
      'a list for a file',
      '«- a\n- b»\n',
      'wrong-type: An agent must be made of fields, one "name: value" a line.',
    ],
    [
      'merge keys',
      'command: [a]\n«<<»: { name: x }\n',
      'unknown-field: Merge keys ("<<") are not read: write the fields out.',
    ],
  ]);
});

describe('A problem in a Markdown agent of Sluice', () => {
  check('.sluice/agents/helper.md', 'sluice', [
    [
      'an unknown field, but not the fields of other tools',
      '---\nname: h\n«critcality»: 9\nhandoffs: []\npermissionMode: plan\n---\nHelp.\n',
      'unknown-field: There is no field "critcality". Did you mean "criticality"?',
    ],
    [
      'instructions in the front matter',
      '---\n«instructions»: Help.\n---\nHelp.\n',
      'unknown-field: The instructions of a Markdown agent are the text below the front matter: move them there.',
    ],
    [
      'no instructions, which is a warning',
      '«---»\nname: h\n---\n\n',
      'empty-instructions: There is no text below the front matter: the model gets no instructions.',
    ],
    [
      'front matter that never ends',
      '«---»\nname: h\n\nHelp.\n',
      'front-matter: The front matter is never closed: write a line "---" below it.',
    ],
    [
      'front matter that is a program',
      '«---js»\n{ name: process.exit() }\n---\nHelp.\n',
      'front-matter: Front matter is read as YAML only: write "---" without "js".',
    ],
    [
      'front matter that is no fields',
      '---\n«- a\n- b»\n---\nHelp.\n',
      'wrong-type: The front matter must be made of fields, one "name: value" a line.',
    ],
    [
      'fields of the wrong kind, with lines counted from the top of the file',
      '---\r\n# who\r\nname: h\r\ntools: «{ a: b }»\r\n---\r\nHelp.\r\n',
      'wrong-type: "tools" must be a text or a list, not fields.',
    ],
    [
      'an empty file',
      '«» \n',
      'empty-file: This file is empty: it should hold an agent: fields between "---" lines, and its instructions.',
    ],
  ]);
});

describe('A problem in an agent of Claude Code', () => {
  check('.claude/agents/helper.md', 'claude', [
    [
      'no front matter',
      '«»# Helper\n\nHelp.\n',
      'skipped-by-claude: Claude Code skips this file: it has no front matter. Start it with a line "---", lines for "name:" and "description:", and another "---".',
    ],
    [
      'neither name nor description',
      '««---»»\nmodel: opus\n---\nHelp.\n',
      'skipped-by-claude: Claude Code skips this file: it has no "name". Add "name: helper" to its front matter.',
      'skipped-by-claude: Claude Code skips this file: it has no "description". Say in its front matter when the agent is to be used.',
    ],
    [
      'empty values for both',
      '««---»»\nname:\ndescription: ""\n---\nHelp.\n',
      'skipped-by-claude: Claude Code skips this file: it has no "name". Add "name: helper" to its front matter.',
      'skipped-by-claude: Claude Code skips this file: it has no "description". Say in its front matter when the agent is to be used.',
    ],
    [
      'names it does not take',
      '---\nname: «a:b»\ndescription: d\n---\nHelp.\n',
      'skipped-by-claude: Claude Code skips this file: it has a name that starts with "-" or holds ":". Choose another name.',
    ],
    [
      'YAML that does not parse',
      '---\nname: h\ndescription: «Use when: asked»\n---\nHelp.\n',
      'yaml-syntax: A second "key: value" cannot stand on this line: put quotes around a value that holds ": ".',
    ],
  ]);
});
