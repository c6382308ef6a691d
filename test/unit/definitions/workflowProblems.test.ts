import { lines } from './marked.ts';
import { check } from './workflowCases.ts';

describe('A problem in the shape of a workflow', () => {
  check([
    [
      'an unknown field, with the nearest known one',
      lines`
        «nmae»: w
        steps:
          lint: { agent: eslint, «promt»: Hello }
          types: { agent: tsc, «colour»: red }`,
      'unknown-field: There is no field "nmae". Did you mean "name"?',
      'unknown-field: There is no field "promt". Did you mean "prompt"?',
      'unknown-field: There is no field "colour".',
    ],
    [
      'fields of the wrong kind',
      lines`
        name: «[w]»
        max-parallel: «four»
        steps:
          lint:
            agent: «[eslint]»
            prompt: «12»
            needs: «{ a: b }»
            env: «none»
            produces: [«[report.md]»]`,
      'wrong-type: "name" must be a text, not a list.',
      'wrong-value: "max-parallel" must be a whole number from 1 to 64.',
      'wrong-type: "agent" must be a text, not a list.',
      'wrong-type: "prompt" must be a text, not 12.',
      'wrong-type: "needs" must be a text or a list, not fields.',
      'wrong-type: "env" must be fields, not a text.',
      'wrong-type: An item of "produces" must be a text or fields, not a list.',
    ],
    [
      'numbers out of range',
      lines`
        max-parallel: «65»
        steps: { lint: { agent: eslint } }`,
      'wrong-value: "max-parallel" must be a whole number from 1 to 64.',
    ],
    [
      'durations without a unit, without sense, or too long',
      lines`
        steps:
          a: { agent: eslint, timeout: «30» }
          b: { agent: eslint, timeout: «soon» }
          c: { agent: eslint, timeout: «1 h» }
          d: { agent: eslint, timeout: «999h» }
          e: { agent: eslint, timeout: «0s» }
          f: { agent: eslint, timeout: 1.5h }`,
      'wrong-value: "timeout" needs a unit: write 30s for seconds.',
      'wrong-value: "timeout" must be a duration such as 250ms, 30s, 5m or 2h.',
      'wrong-value: "timeout" must be a duration such as 250ms, 30s, 5m or 2h.',
      'wrong-value: "timeout" must be at least 1ms and at most 168h.',
      'wrong-value: "timeout" must be at least 1ms and at most 168h.',
    ],
    [
      'a field without a value',
      lines`
        steps:
          lint:
            agent: eslint
            «needs»:
            «prompt»: # to be written`,
      'wrong-type: "needs" has no value: give one or remove it.',
      'wrong-type: "prompt" has no value: give one or remove it.',
    ],
    [
      'a step without agent or gate',
      lines`
        steps:
          «lint»:
            prompt: Hello
          «types»: {}`,
      'missing-field: "agent" is missing.',
      'missing-field: "agent" is missing.',
    ],
    [
      'steps that are no fields at all',
      lines`
        steps:
          lint: «eslint»
          «types»:
          tests: «[a]»`,
      'wrong-type: "lint" must be made of fields: "agent" and what it is asked, "gate" and a question, or "workflow" and its inputs.',
      'wrong-type: "types" must be made of fields: "agent" and what it is asked, "gate" and a question, or "workflow" and its inputs.',
      'wrong-type: "tests" must be made of fields: "agent" and what it is asked, "gate" and a question, or "workflow" and its inputs.',
    ],
    [
      'an agent and a gate in one step',
      lines`
        steps:
          lint:
            agent: eslint
            «gate»: Sure?`,
      'agent-and-gate: A step is either an agent\'s or a gate: move "gate" to a step of its own that needs this one.',
    ],
    [
      'fields that belong to the other kind of step',
      lines`
        steps:
          lint: { agent: eslint, «show»: [a] }
          ok: { gate: Sure?, «timeout»: 5m }`,
      'unknown-field: Only a gate has a field "show".',
      'unknown-field: Only an agent\'s step has a field "timeout".',
    ],
    [
      'gates that ask nothing',
      lines`
        steps:
          a: { gate: «""» }
          b: { «gate»: }
          c: { gate: «7» }
          d: { «gate»: { show: [] } }
          e: { gate: { ask: «" "», «shwo»: [] } }`,
      'wrong-value: "gate" must be a question.',
      'wrong-value: "gate" must be a question.',
      'wrong-value: "gate" must be a question.',
      'missing-field: "ask" is missing.',
      'wrong-value: "ask" must be a question.',
      'unknown-field: There is no field "shwo". Did you mean "show"?',
    ],
    [
      'two words for one field',
      lines`
        steps:
          types: { agent: tsc }
          lint:
            agent: eslint
            needs: types
            «dependencies»: [types]
            prompt: Hello
            «task»: Hello`,
      'duplicate-field: "dependencies" is another word for "needs": keep one of them.',
      'duplicate-field: "task" is another word for "prompt": keep one of them.',
    ],
    [
      'variables that no program can have',
      lines`
        steps:
          lint: { agent: eslint, env: { «A B»: x, OK: 1, «2nd»: y, C: «[z]» } }`,
      'wrong-value: "A B" must be a variable name: letters, digits and "_", not starting with a digit.',
      'wrong-value: "2nd" must be a variable name: letters, digits and "_", not starting with a digit.',
      'wrong-type: "C" must be a text, not a list.',
    ],
    [
      'inputs that are none',
      lines`
        inputs:
          «two words»: x
          list: «[a]»
          topic: { «defualt»: x, description: «[a]» }
        steps: { lint: { agent: eslint } }`,
      'wrong-value: "two words" must be made of letters, digits, "_" and "-", starting with a letter or "_", at most 81 characters.',
      'wrong-type: "list" must be a text or fields, not a list.',
      'unknown-field: There is no field "defualt". Did you mean "default"?',
      'wrong-type: "description" must be a text, not a list.',
    ],
    [
      'inputs as a list',
      lines`
        inputs: «[topic]»
        steps: { lint: { agent: eslint } }`,
      'wrong-type: "inputs" must be made of fields, one "name: value" a line.',
    ],
    ['no steps', '«»name: w\n', 'missing-field: "steps" is missing.'],
    [
      'steps without a value',
      'name: w\n«steps»:\n',
      'empty-steps: A workflow needs at least one step.',
    ],
    ['an empty map of steps', 'steps: «{}»\n', 'empty-steps: A workflow needs at least one step.'],
    ['an empty list of steps', 'steps: «[]»\n', 'empty-steps: A workflow needs at least one step.'],
    ['an empty chain', '«[]»\n', 'empty-steps: A workflow needs at least one step.'],
    [
      'steps as a text',
      'steps: «lint»\n',
      'wrong-type: "steps" must be made of fields, one "name: value" a line.',
    ],
    [
      'a text for a file',
      '«hello»\n',
      'wrong-type: A workflow must be made of fields, one "name: value" a line.',
    ],
    [
      'names that cannot be typed or shown',
      lines`
        name: «" padded"»
        steps: { lint: { agent: eslint } }`,
      'wrong-value: "name" must be one line of 1 to 100 characters, with no blanks around it.',
    ],
    [
      'step names that cannot be parts of a branch',
      lines`
        steps:
          «a b»: { agent: eslint }
          «-x»: { agent: eslint }
          «a..b»: { agent: eslint }
          «x.lock»: { agent: eslint }`,
      ...['a b', '-x', 'a..b', 'x.lock'].map(
        (id) =>
          `bad-step-id: "${id}" cannot be a step's name: use letters, digits, ".", "_" and "-", starting with a letter or digit, at most 81 characters, without ".." and not ending in "." or ".lock".`,
      ),
    ],
    [
      'a step written twice',
      lines`
        steps:
          ‹lint›: { agent: eslint }
          «lint»: { agent: tsc }`,
      'duplicate-key: "lint" stands here twice: remove or rename one.',
    ],
    [
      'merge keys',
      lines`
        steps:
          base: &base { agent: eslint }
          lint:
            «<<»: *base
            agent: tsc`,
      'unknown-field: Merge keys ("<<") are not read: write the fields out.',
    ],
    [
      'keys that would reach into prototypes',
      lines`
        «__proto__»: { polluted: yes }
        steps:
          «__proto__»: { agent: eslint }
          lint: { agent: eslint, env: { «__proto__»: x } }`,
      'bad-key: "__proto__" cannot be a key: choose another name.',
      'bad-key: "__proto__" cannot be a key: choose another name.',
      'bad-key: "__proto__" cannot be a key: choose another name.',
    ],
    [
      'lists of steps with ids missing, wrong or taken',
      lines`
        steps:
          - { id: ‹a›, agent: eslint }
          - «{ agent: eslint }»
          - { id: «a b», agent: eslint }
          - { id: «a», agent: eslint }
          - «agent: tsc»
            prompt: Hello`,
      'missing-field: "id" is missing.',
      'bad-step-id: "a b" cannot be a step\'s name: use letters, digits, ".", "_" and "-", starting with a letter or digit, at most 81 characters, without ".." and not ending in "." or ".lock".',
      'duplicate-id: There are two steps "a": rename one.',
      'missing-field: "id" is missing.',
    ],
    [
      'a list of agents and steps mixed',
      lines`
        steps:
          - eslint
          - «{ id: a, agent: eslint }»`,
      'wrong-type: A list of steps holds either agent names alone or steps with an "id": do not mix them.',
    ],
    [
      'a hole in a chain',
      lines`
        - eslint
        - «null»
        - tsc`,
      'wrong-value: An item of "steps" must name an agent.',
    ],
  ]);
});

describe('A problem in the meaning of a workflow', () => {
  check([
    [
      'agents that are not there',
      lines`
        steps:
          a: { agent: «eslnt» }
          b: { agent: «ESLint» }
          c: { agent: «carpenter» }`,
      'unknown-agent: There is no agent "eslnt". Did you mean "eslint"?',
      'unknown-agent: There is no agent "ESLint". Did you mean "eslint"?',
      'unknown-agent: There is no agent "carpenter". Add a file for it to .sluice/agents.',
    ],
    [
      'needs that are not there',
      lines`
        steps:
          lint: { agent: eslint, needs: «tests» }
          test: { agent: eslint, needs: [lint, «lnit», «nothing-like-it»] }`,
      'unknown-need: There is no step "tests". Did you mean "test"?',
      'unknown-need: There is no step "lnit". Did you mean "lint"?',
      'unknown-need: There is no step "nothing-like-it".',
    ],
    [
      'a step that needs itself',
      lines`
        steps:
          lint: { agent: eslint, needs: [«lint»] }`,
      'cycle: A step cannot need itself.',
    ],
    [
      'every cycle once, whole',
      lines`
        steps:
          a: { agent: eslint, needs: [d, «‹b›»] }
          b: { agent: eslint, needs: ‹c› }
          c: { agent: eslint, dependencies: [‹a›] }
          d: { agent: eslint }
          e: { agent: eslint, needs: [a, «‹f›»] }
          f: { gate: Sure?, needs: [‹e›] }`,
      'cycle: These steps need each other in a circle, so none can start: a → b → c → a.',
      'cycle: These steps need each other in a circle, so none can start: e → f → e.',
    ],
    [
      'artifacts outside the folder, protected or not files',
      lines`
        steps:
          a:
            agent: eslint
            produces:
              - report.md
              - «/etc/passwd»
              - «C:\x.md»
              - «c:/x.md»
              - «../x.md»
              - «a/../../x.md»
              - «./x.md»
              - «a//b»
              - «out/»
              - «"*.md"»
              - «.git/config»
              - «sub/.GIT/hooks/x»
              - «.vscode/settings.json»
              - «.Sluice/agents/x.yaml»
              - «.env.local»
              - «AGENTS.md»
              - «nul.txt»
              - «"a.md "»
              - «"a\nb"»
              - «""»
              - «${'${{ inputs.x }}'}.md»`,
      'bad-artifact-path: "/etc/passwd" must be relative to the folder.',
      'bad-artifact-path: "C:\\x.md" must be written with "/" between folders.',
      'bad-artifact-path: "c:/x.md" must be relative to the folder.',
      'bad-artifact-path: "../x.md" must stay inside the folder: remove "..".',
      'bad-artifact-path: "a/../../x.md" must stay inside the folder: remove "..".',
      'bad-artifact-path: "./x.md" must be written without ".".',
      'bad-artifact-path: "a//b" must have a name between every two "/".',
      'bad-artifact-path: "out/" is a folder: name the files in it.',
      'bad-artifact-path: "*.md" cannot be a pattern: name each file.',
      ...['.git/config', 'sub/.GIT/hooks/x'].map(
        (path) => `bad-artifact-path: "${path}" is a file of Git itself, which no step may change.`,
      ),
      ...['.vscode/settings.json', '.Sluice/agents/x.yaml', '.env.local', 'AGENTS.md'].map(
        (path) =>
          `bad-artifact-path: "${path}" is protected, as it changes what is run or trusted: only a step whose "owns" names this very path may produce it.`,
      ),
      'bad-artifact-path: "nul.txt" is no file name on Windows.',
      'bad-artifact-path: "a.md " is no file name on Windows.',
      'bad-artifact-path: "a\nb" holds a control character.',
      'bad-artifact-path: "" is empty: name a file.',
      'bad-artifact-path: "${{ inputs.x }}.md" cannot hold an expression: a file has the same name in every run.',
    ],
    [
      'a gate that shows what nothing it needs has made',
      lines`
        steps:
          a: { agent: eslint, produces: report.md }
          b: { agent: reporter, needs: a, produces: [summary.md, summary.sarif] }
          ok:
            gate: { ask: Sure?, show: [summary.md, «sumary.md», «report.md», «other.txt»] }
            needs: b`,
      'unknown-artifact: No step that this gate needs produces "sumary.md". Did you mean "summary.md"?',
      'unknown-artifact: No step that this gate needs produces "report.md". The step "a" does: add it to "needs".',
      'unknown-artifact: No step that this gate needs produces "other.txt".',
    ],
    [
      'shape and meaning, at once',
      lines`
        inputs: { topic: «[x]» }
        steps:
          lint: { «agnt»: eslint, agent: «nobody», timeout: «5» }
          test: { agent: tsc, needs: [lint, «tset»], prompt: '${'${{ inputs.«topics» }}'}' }`,
      'wrong-type: "topic" must be a text or fields, not a list.',
      'unknown-field: There is no field "agnt". Did you mean "agent"?',
      'unknown-agent: There is no agent "nobody". Add a file for it to .sluice/agents.',
      'wrong-value: "timeout" needs a unit: write 5s for seconds.',
      'unknown-need: There is no step "tset". Did you mean "test"?',
      'unknown-input: There is no input "topics". Did you mean "topic"?',
    ],
  ]);
});
