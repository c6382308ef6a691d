import { lines } from './marked.ts';
import { check } from './workflowCases.ts';

const e = (expression: string) => `\${{ ${expression} }}`;

const EQUALS =
  'bad-expression: "=" cannot stand here (equality is "=="): "&&", "||", a comparison or the end of the condition must follow.';

describe('A problem in a condition', () => {
  check([
    [
      'a syntax error, at its place in every way YAML writes a text',
      lines`
        steps:
          a: { agent: eslint, if: always( «x» }
          b: { agent: eslint, if: "1 «=» 2" }
          c: { agent: eslint, if: '1 «=» 2' }
          d:
            agent: eslint
            if: |
              true &&
              1 «=» 2
          e: { agent: eslint, if: '${e('1 «=» 2')}' }
          f: { agent: eslint, if: «'inputs.x = ''y'''» }`,
      'bad-expression: "x" cannot stand here: always() takes no values, so a ")" must follow.',
      EQUALS,
      EQUALS,
      EQUALS,
      EQUALS.replace('the end of the condition', '"}}"'),
      EQUALS,
    ],
    [
      'nothing, a list, and fields',
      lines`
        steps:
          a: { agent: eslint, if: «""» }
          b: { agent: eslint, «if»: }
          c: { agent: eslint, if: «[true]» }
          d: { agent: eslint, if: '${'«${{ }}»'}' }`,
      "bad-expression: There is no condition here: write one, such as inputs.mode == 'full'.",
      'wrong-type: "if" has no value: give one or remove it.',
      'wrong-type: "if" must be a text, not a list.',
      "bad-expression: There is no condition here: write one, such as inputs.mode == 'full'.",
    ],
    [
      'an exclamation mark that YAML takes for a tag',
      lines`
        steps:
          a: { agent: eslint, if: «!failure()» }`,
      'yaml-syntax: Tags such as "!name" are not read here: remove it, or put quotes around a value that starts with "!".',
    ],
    [
      'what is not there',
      lines`
        inputs: { mode: full }
        steps:
          a: { agent: eslint }
          g: { gate: Sure?, needs: a }
          x: { agent: eslint, needs: g, if: inputs.«mod» == 'full' }
          y: { agent: eslint, needs: g, if: «full» == inputs.mode }
          z: { agent: eslint, needs: g, if: steps.«b».status == 'succeeded' }
          k: { agent: eslint, needs: g, if: steps.a.«stat» == 'done' }
          l: { agent: eslint, needs: g, if: matrix.«os» == 'linux' && steps.g.status == 'succeeded' }
          m: { agent: eslint, needs: g, if: steps.«g».output == 'yes' }
          n: { gate: Sure?, if: "${e('steps.«n».status')}" }`,
      'unknown-input: There is no input "mod". Did you mean "mode"?',
      'unknown-value: "full" is no value here. There are inputs, steps, matrix and run; a text stands in single quotes.',
      'unknown-step: There is no step "b".',
      'unknown-value: There is no value steps.a.stat: there is steps.a.output and steps.a.status.',
      'unknown-matrix: This step has no matrix, so there is no matrix.os: give it a "matrix" with "os".',
      'unknown-value: "g" is a gate that asks for no answer: it has no output. Give it "choices", or "input: true".',
      'missing-need: A step cannot read its own status.',
    ],
    [
      'steps that are not needed',
      lines`
        steps:
          a: { agent: eslint }
          b: { agent: eslint, needs: a }
          c: { agent: eslint, needs: b, if: steps.a.status == 'failed' }
          d: { agent: eslint, if: always() || «steps.a.status» == 'failed' }
          e: { agent: eslint, if: «steps.b.output» }`,
      'missing-need: The status of "a" is not there yet when this step starts: add "a" to "needs".',
      'missing-need: The output of "b" is not there yet when this step starts: add "b" to "needs".',
    ],
  ]);
});

describe('A problem in a matrix', () => {
  check([
    [
      'names and values that cannot be',
      lines`
        steps:
          a: { agent: eslint, matrix: { «two words»: [x], os: «[]» } }
          b: { agent: eslint, matrix: «[x]» }
          c: { agent: eslint, matrix: «{}» }
          d: { agent: eslint, matrix: { os: «5», «arch»: , v: [«[1]»] } }
          e: { agent: eslint, matrix: { os: [x, 1, «"1"», «x»] } }
          f: { agent: eslint, matrix: { os: «linux», arch: «"$${e('inputs.x')}"» } }`,
      'wrong-value: "two words" must be made of letters, digits, "_" and "-", starting with a letter or "_", at most 81 characters.',
      'wrong-value: "os" must hold at least one value.',
      'wrong-type: "matrix" must be fields, not a list.',
      'wrong-value: "matrix" must name at least one list of values.',
      'wrong-type: "os" must be a text or a list or fields, not 5.',
      'wrong-type: "arch" has no value: give one or remove it.',
      'wrong-type: An item of "v" must be a text, not a list.',
      'duplicate-value: "1" stands here twice: each value makes a task.',
      'duplicate-value: "x" stands here twice: each value makes a task.',
      'wrong-value: "os" must be a list of values, or an expression such as ${{ inputs.os }} that gives them.',
      'wrong-value: "arch" must be a list of values, or an expression such as ${{ inputs.arch }} that gives them.',
    ],
    [
      'expressions that cannot give values',
      lines`
        inputs: { list: x }
        steps:
          a: { agent: eslint }
          b:
            agent: eslint
            needs: a
            matrix:
              v: [x, «'${e('inputs.list')}'»]
              w: '${e('inputs.«lst»')}'
              x: '${e('steps.a.output')} ${e('«steps.a.status»')} ${e('«run.id»')}'
              y: '${e('«matrix.v»')}'
              z: '«${'${{'}» inputs.list'`,
      'wrong-value: A value in a list stands as it is: write "v" as one text for an expression that gives all values.',
      'unknown-input: There is no input "lst". Did you mean "list"?',
      'unknown-value: steps.a.status cannot give the values of a matrix: only inputs and outputs of steps can.',
      'unknown-value: run.id cannot give the values of a matrix: only inputs and outputs of steps can.',
      'unknown-value: matrix.v cannot give the values of a matrix: only inputs and outputs of steps can.',
      'bad-expression: "${{" is never closed: write "}}" behind the expression, or "$${{" for the plain characters.',
    ],
    [
      'names that are not in it',
      lines`
        steps:
          a:
            agent: eslint
            matrix: { node: [1], os: [x] }
            prompt: ${e('matrix.«nod»')} ${e('matrix.«arch»')} ${e('«matrix»')} ${e('matrix.os.«x»')}
          b: { agent: eslint, needs: a, env: { A: '${e('matrix.«os»')}' } }
          c: { gate: '${e('matrix.«os»')}?' }
          d: { agent: eslint, matrix: «x», prompt: '${e('matrix.os')}' }`,
      'unknown-matrix: There is no "nod" in the matrix of this step. Did you mean "node"?',
      'unknown-matrix: There is no "arch" in the matrix of this step. There is node, os.',
      'unknown-value: matrix is no value: write matrix.<name>.',
      'unknown-value: There is no value matrix.os.x: there is matrix.os.',
      'unknown-matrix: This step has no matrix, so there is no matrix.os: give it a "matrix" with "os".',
      'unknown-matrix: This step has no matrix, so there is no matrix.os: give it a "matrix" with "os".',
      'wrong-type: "matrix" must be fields, not a text.',
    ],
    [
      'outputs of steps that are not needed, or are gates',
      lines`
        steps:
          a: { agent: eslint }
          g: { gate: Sure? }
          b: { agent: eslint, matrix: { v: '${e('«steps.a.output»')}' } }
          c: { agent: eslint, needs: g, matrix: { v: '${e('steps.«g».output')}' } }
          d: { agent: eslint, needs: b, matrix: { v: '${e('steps.b.output')}' } }
          h: { workflow: «o», needs: a, matrix: { v: '${e('steps.a.output')}' } }`,
      'missing-need: The output of "a" is not there yet when this step starts: add "a" to "needs".',
      'unknown-value: "g" is a gate that asks for no answer: it has no output. Give it "choices", or "input: true".',
      'unknown-workflow: There is no workflow "o". Add a file for it to .sluice/workflows.',
    ],
    [
      'files that cannot be found',
      lines`
        steps:
          a: { agent: eslint, matrix: { v: { files: [«/etc/*», src/*.ts, «"{a"»] } } }
          b: { agent: eslint, matrix: { v: { files: «[]» } } }
          e: { agent: eslint, matrix: { «w»: {} } }
          c: { agent: eslint, matrix: { v: { files: x, «filter»: y } } }
          d: { agent: eslint, matrix: { v: { files: «'${e('inputs.x')}/*'» } } }`,
      'wrong-value: An item of "files" is absolute: write it relative to the folder.',
      'wrong-value: An item of "files" has a "{" without "}".',
      'wrong-value: "v" must name at least one glob of files.',
      'missing-field: "files" is missing.',
      'unknown-field: There is no field "filter". Did you mean "files"?',
      'wrong-value: Nothing is filled in for "${{" in a glob of files: write it without an expression.',
    ],
    [
      'how many at once, where there is none or it cannot be',
      lines`
        steps:
          a: { agent: eslint, «max-parallel»: 2 }
          b: { agent: eslint, matrix: { v: [1] }, max-parallel: «0» }
          c: { gate: Sure?, matrix: { v: [1] }, max-parallel: 64 }`,
      'no-effect: "max-parallel" counts the tasks of a matrix, and this step has none: remove it, or give the step a "matrix".',
      'wrong-value: "max-parallel" must be a whole number from 1 to 64.',
    ],
    [
      'more tasks than a run can have',
      `steps: { a: { agent: eslint, «matrix»: { ${['x', 'y', 'z']
        .map((name) => `${name}: [${Array.from({ length: 30 }, (_, value) => value).join(', ')}]`)
        .join(', ')} } } }`,
      'too-many-tasks: This matrix makes 27,000 tasks; a run has at most 20,000.',
    ],
  ]);
});

describe('A problem in a retry', () => {
  check([
    [
      'numbers, fields and failures that cannot be',
      lines`
        steps:
          a: { agent: eslint, retry: «1» }
          b: { agent: eslint, retry: «11» }
          c: { agent: eslint, retry: «2.5» }
          d: { agent: eslint, retry: «often» }
          e: { agent: eslint, «retry»: { delay: 1s } }
          f: { agent: eslint, retry: { attempts: «1», «atempts»: 3, delay: «5» } }
          g: { agent: eslint, retry: { attempts: 3, on: [exited, «rejected»] } }
          h: { agent: eslint, retry: { attempts: 3, on: «[]» } }
          i: { agent: eslint, retry: { attempts: 3, delay: 2m, max-delay: «1m» } }
          j: { agent: eslint, retry: { attempts: 3, max-delay: «500ms» } }`,
      'wrong-value: "retry" must be a whole number from 2 to 10.',
      'wrong-value: "retry" must be a whole number from 2 to 10.',
      'wrong-type: "retry" must be a whole number or fields, not 2.5.',
      'wrong-type: "retry" must be a whole number or fields, not a text.',
      'missing-field: "attempts" must be a whole number from 2 to 10.',
      'wrong-value: "attempts" must be a whole number from 2 to 10.',
      'unknown-field: There is no field "atempts". Did you mean "attempts"?',
      'wrong-value: "delay" needs a unit: write 5s for seconds.',
      'wrong-value: An item of "on" must be spawn-failed or exited or signalled or timed-out or not-produced or bad-product or check-failed or workspace or interrupted or agent-broke or bad-output or too-many-turns or call-failed.',
      'wrong-value: "on" must name at least one failure.',
      'wrong-value: "max-delay" must not be shorter than "delay".',
      'wrong-value: "max-delay" must not be shorter than "delay".',
    ],
  ]);
});

describe('A problem in limits and effects', () => {
  check([
    [
      'durations and words that cannot be, and fields of other steps',
      lines`
        steps:
          a: { agent: eslint, idle-timeout: «30», grace: «soon» }
          b: { agent: eslint, effects: «outside» }
          c: { gate: Sure?, «retry»: 3, «effects»: copy, «checks»: [], «grace»: 1s, «with»: {} }`,
      'wrong-value: "idle-timeout" needs a unit: write 30s for seconds.',
      'wrong-value: "grace" must be a duration such as 250ms, 30s, 5m or 2h.',
      'wrong-value: "effects" must be copy or external.',
      'unknown-field: Only an agent\'s step has a field "retry".',
      'unknown-field: Only an agent\'s step has a field "effects".',
      'unknown-field: Only an agent\'s step has a field "checks".',
      'unknown-field: Only an agent\'s step has a field "grace".',
      'unknown-field: Only a step that is a workflow has a field "with".',
    ],
  ]);
});

describe('A problem in checks', () => {
  check([
    [
      'commands that are none',
      lines`
        steps:
          a: { agent: eslint, checks: «npm test» }
          b: { agent: eslint, checks: [«[]», «""», «5», [«[x]»]] }
          c: { agent: eslint, checks: [[«""», x], [a, «"b\0"»]] }
          d: { agent: eslint, checks: [«{ timeout: 5m }», { command: [x], timeout: «5», «tiemout»: 5m }] }`,
      'wrong-type: "checks" must be a list, not a text.',
      'wrong-value: An item of "checks" must name a program.',
      'wrong-value: An item of "checks" must name a program.',
      'wrong-type: An item of "checks" must be a text or a list or fields, not 5.',
      'wrong-type: An item of "checks" must be a text, not a list.',
      'wrong-value: A command must name a program.',
      'wrong-value: A command cannot hold NUL characters.',
      'missing-field: "command" is missing.',
      'wrong-value: "timeout" needs a unit: write 5s for seconds.',
      'unknown-field: There is no field "tiemout". Did you mean "timeout"?',
    ],
    [
      'lines that only a shell can read',
      lines`
        steps:
          a:
            agent: eslint
            checks:
              - «npm test -- "my file"»
              - «npm test | tee log»
              - «A=b npm test»
              - { command: «test -f $HOME/x» }`,
      'wrong-value: An item of "checks" must be a list of the program and its arguments: write ["npm", "test", "--", "my file"].',
      'wrong-value: An item of "checks" must be a list of the program and its arguments: write ["sh", "-c", "npm test | tee log"].',
      'wrong-value: An item of "checks" must be a list of the program and its arguments: write ["sh", "-c", "A=b npm test"].',
      'wrong-value: "command" must be a list of the program and its arguments: write ["sh", "-c", "test -f $HOME/x"].',
    ],
    [
      'an expression, which is a warning',
      lines`
        steps:
          a: { agent: eslint, checks: [[echo, «'${e('inputs.x')}'»]] }`,
      'literal-expression: Nothing is filled in for "${{" in a command: the program gets these characters as they are.',
    ],
  ]);
});

describe('A problem in products', () => {
  check([
    [
      'fields that are none, and paths that cannot be',
      lines`
        steps:
          a: { agent: eslint, produces: [«{ schema: {} }», { path: a.json, «schem»: {} }] }
          b: { agent: eslint, produces: [{ path: «../x» }] }
          c: { agent: eslint, produces: [{ path: a.json, schema: «[x]» }] }
          d: { agent: eslint, produces: [a.json, { path: «a.json», schema: {} }] }
          e: { agent: eslint, produces: [{ path: a.json, schema: { minimum: «.inf» } }] }
          f: { agent: eslint, produces: «{ path: a.json }» }`,
      'missing-field: "path" is missing.',
      'unknown-field: There is no field "schem". Did you mean "schema"?',
      'bad-artifact-path: "../x" must stay inside the folder: remove "..".',
      'wrong-type: "schema" must be a text or fields, not a list.',
      'duplicate-product: "a.json" stands here twice: keep one of them.',
      'bad-schema: This number is no JSON value: write one with digits.',
      'wrong-type: "produces" must be a text or a list, not fields.',
    ],
  ]);
});

describe('A problem in terms', () => {
  check([
    [
      'values that cannot be, and fields of other steps',
      lines`
        steps:
          a: { agent: eslint, model: «{ a: b }», permissions: «all», cache: «sometimes» }
          b: { agent: eslint, budget: { «token»: 5, time: «5» }, cache: { ttl: «1 day» } }
          c: { gate: Sure?, «owns»: x, «model»: y }
          d: { agent: eslint, metadata: { n: «.inf» } }
        budget: «lots»
        metadata: [1, { x: «.nan» }]`,
      'wrong-type: "model" must be a text or a list, not fields.',
      'wrong-value: "permissions" must be default or acceptEdits or plan or bypassPermissions.',
      'wrong-value: "cache" must be true, false, or fields such as {ttl: 24h}.',
      'unknown-field: There is no field "token". Did you mean "tokens"?',
      'wrong-value: "time" needs a unit: write 5s for seconds.',
      'wrong-value: "ttl" must be a duration such as 250ms, 30s, 5m or 2h.',
      'unknown-field: Only an agent\'s step has a field "owns".',
      'unknown-field: Only an agent\'s step has a field "model".',
      'bad-metadata: This number is no JSON value: write one with digits.',
      'wrong-type: "budget" must be fields, not a text.',
      'bad-metadata: This number is no JSON value: write one with digits.',
    ],
    [
      'what only a language model keeps to, at a command',
      lines`
        steps:
          a: { agent: eslint, «model»: x, «permissions»: plan, budget: { «tokens»: 5, «usd»: 1, time: 5m } }
          b: { agent: eslint, cache: false, budget: { time: 5m } }`,
      'no-effect: "model" has no effect here: "eslint" is a command, and only language models keep to it.',
      'no-effect: "permissions" has no effect here: "eslint" is a command, and only language models keep to it.',
      'no-effect: "budget.tokens" has no effect here: "eslint" is a command, and only language models keep to it.',
      'no-effect: "budget.usd" has no effect here: "eslint" is a command, and only language models keep to it.',
    ],
  ]);
});

describe('A problem in an input', () => {
  const steps = 'steps: { s: { agent: eslint } }';
  check([
    [
      'types and options that do not go together',
      lines`
        inputs:
          a: { type: «text» }
          b: { type: «choice» }
          c: { type: number, «options»: [1, 2] }
          d: { options: [x, «[y]»] }
          e: { options: «[]» }
          f: { options: «x» }
        ${steps}`,
      'wrong-value: "type" must be string or number or boolean or choice.',
      'missing-field: An input of type "choice" needs "options" to choose from.',
      'wrong-value: Only an input of type "choice" has "options", not one of type "number".',
      'wrong-type: An item of "options" must be a text, not a list.',
      'wrong-value: "options" must hold at least one value.',
      'wrong-type: "options" must be a list, not a text.',
    ],
    [
      'an option that stands twice',
      lines`
        inputs: { d: { options: [x, «x»] } }
        ${steps}`,
      'duplicate-value: "x" stands here twice: keep one of them.',
    ],
    [
      'defaults that the type does not take',
      lines`
        inputs:
          a: { type: number, default: «many» }
          b: { type: boolean, default: «yes» }
          c: { options: [quick, full], default: «slow» }
          d: { type: choice, options: [1.0, 2], default: 1.0 }
          e: { type: boolean, default: false }
          f: { type: number, default: -1.5 }
        ${steps}`,
      'wrong-value: "default" must be a number, not "many".',
      'wrong-value: "default" must be true or false, not "yes".',
      'wrong-value: "default" must be one of quick, full.',
    ],
    [
      'what is required and is not',
      lines`
        inputs:
          a: { «required»: true, default: x }
          b: { «required»: false }
          c: { required: true }
          d: { required: false, default: x }
          e: { required: «maybe» }
        ${steps}`,
      'wrong-value: An input with a default need not be given: remove "required" or "default".',
      'wrong-value: An input that need not be given needs a "default".',
      'wrong-value: "required" must be true or false.',
    ],
  ]);
});
