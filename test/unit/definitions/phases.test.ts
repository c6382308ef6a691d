import { lines } from './marked.ts';
import { check } from './workflowCases.ts';

describe('A problem in phases', () => {
  check([
    [
      'none at all',
      lines`
        phases: «[]»
        steps: { a: { agent: tsc } }`,
      'empty-phases: "phases" must hold at least one phase, or be removed.',
    ],
    [
      'no value, and no steps either',
      '«»«phases»:\n',
      'missing-field: "steps" is missing.',
      'empty-phases: "phases" must hold at least one phase, or be removed.',
    ],
    [
      'no list',
      lines`
        phases: «{ build: [a] }»
        steps: { a: { agent: tsc } }`,
      'wrong-type: "phases" must be a list, not fields.',
    ],
    [
      'phases that are none, for which no step is blamed',
      lines`
        steps: { a: { agent: tsc } }
        phases:
          - «build»
          - «name: a»
          - «steps: [a]»
          - { name: b, «steps»: , «check»: [] }
          - { name: c, steps: «a» }
          - { name: d, steps: «[]» }
          - { name: e, steps: [a, «[b]»] }
          - { name: «[f]», steps: [a], checks: «npm test» }`,
      'wrong-type: A phase must be made of fields: "name", "steps" and "checks".',
      'missing-field: "steps" is missing.',
      'missing-field: "name" is missing.',
      'wrong-type: "steps" has no value: give one or remove it.',
      'unknown-field: There is no field "check". Did you mean "checks"?',
      'wrong-type: "steps" must be a list or fields, not a text.',
      'empty-phases: A phase needs at least one step.',
      'wrong-value: An item of "steps" must name a step.',
      'wrong-type: "name" must be a text, not a list.',
      'wrong-type: "checks" must be a list, not a text.',
    ],
    [
      'names that cannot be shown, or stand twice',
      lines`
        steps: { a: { agent: tsc }, b: { agent: tsc }, c: { agent: tsc } }
        phases:
          - { name: ‹build›, steps: [a] }
          - { name: «" x"», steps: [b] }
          - { name: «build», steps: [c] }`,
      'wrong-value: "name" must be one line of 1 to 100 characters, with no blanks around it.',
      'duplicate-name: There are two phases "build": rename one.',
    ],
    [
      'steps that are not there, in no phase, or in two',
      lines`
        steps:
          lint: { agent: tsc }
          «test»: { agent: tsc }
          types: { agent: tsc }
        phases:
          - { name: one, steps: [‹lint›, «lnit»] }
          - { name: two, steps: [types, «lint»] }`,
      'no-phase: The step "test" is in no phase: add it to the "steps" of one.',
      'unknown-need: There is no step "lnit". Did you mean "lint"?',
      'two-phases: The step "lint" is in another phase already: keep it in one.',
    ],
    [
      'a step of a list in no phase',
      lines`
        steps: [{ id: a, agent: tsc }, { id: «b», agent: tsc }]
        phases: [{ name: one, steps: [a] }]`,
      'no-phase: The step "b" is in no phase: add it to the "steps" of one.',
    ],
    [
      'a need of a later phase',
      lines`
        steps:
          a: { agent: tsc, needs: [«b»] }
          b: { agent: tsc }
        phases:
          - { name: Build, steps: [a] }
          - { name: Ship it, steps: [b] }`,
      'later-phase: "b" is in the later phase "Ship it", which begins when this one is over: move one of the steps.',
    ],
    [
      'steps in two places',
      lines`
        steps: { a: { agent: tsc } }
        phases:
          - { name: one, steps: [a] }
          - { name: two, «steps»: { b: { agent: tsc } } }`,
      'steps-twice: Steps stand either under "steps" of the workflow or inside its phases: move them to one place.',
    ],
    [
      'steps written inside some phases only',
      lines`
        phases:
          - { name: one, steps: «[a]» }
          - { name: two, steps: { b: { agent: tsc } } }`,
      'wrong-type: The steps of the other phases are written inside them: write those of this phase so too.',
    ],
    [
      'names of steps where there are none',
      '«»phases: [{ name: one, steps: [a] }]\n',
      'missing-field: "steps" is missing.',
    ],
    [
      'faults in the steps inside, and one written in two phases',
      lines`
        phases:
          - { name: one, steps: { ‹a›: { agent: «nobody» }, «b c»: { agent: tsc } } }
          - { name: two, steps: { «a»: { agent: tsc }, d: «tsc» } }
          - { name: three, steps: «{}» }`,
      'unknown-agent: There is no agent "nobody". Add a file for it to .sluice/agents.',
      `bad-step-id: "b c" cannot be a step's name: use letters, digits, ".", "_" and "-", starting with a letter or digit, at most 81 characters, without ".." and not ending in "." or ".lock".`,
      'duplicate-id: There are two steps "a": rename one.',
      'wrong-type: "d" must be made of fields: "agent" and what it is asked, "gate" and a question, or "workflow" and its inputs.',
      'empty-phases: A phase needs at least one step.',
    ],
  ]);
});

describe('A problem in what a failure does', () => {
  check([
    [
      'words there are not',
      lines`
        on-failure: «halt»
        steps: { a: { agent: tsc } }`,
      'wrong-value: "on-failure" must be continue or stop.',
    ],
    [
      'no true and no false',
      lines`
        fail-fast: «yes»
        steps: { a: { agent: tsc } }`,
      'wrong-value: "fail-fast" must be true or false.',
    ],
    [
      'both words',
      lines`
        on-failure: stop
        «fail-fast»: true
        steps: { a: { agent: tsc } }`,
      'duplicate-field: "fail-fast" is another word for "on-failure": keep one of them.',
    ],
  ]);
});
