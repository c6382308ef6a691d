// Puts together what the agents of one lane answered, as one JSON object on standard output. What cannot be read is
// told and ends with exit code 1: a record with a hole in it would look like a finished one.
//   CONCEPT: its name. SLUICE_NEEDS: the answers, as Sluice lays them out.
import { answersByAgent, jsonIn } from './answers.mjs';

const concept = process.env.CONCEPT ?? '';
const answers = answersByAgent(process.env.SLUICE_NEEDS ?? '');
const faults = [];

// Fields as concepts.schema.json wants them; each rule is the check and how it is told.
const text = [(value) => typeof value === 'string' && value.trim() !== '', 'a text'];
const list = [(value) => Array.isArray(value) && value.every(text[0]), 'a list of texts'];
const oneOf = (...words) => [(value) => words.includes(value), `one of ${words.join(', ')}`];
const between = (least, most) => [
  (value) => typeof value === 'number' && value >= least && value <= most,
  `a number from ${least} to ${most}`,
];
const steps = [(value) => list[0](value) && value.length > 0, 'a list of at least one text'];
const level = [(value) => [1, 2, 3, 4, 5].includes(value), 'a whole number from 1 to 5'];
const RELATIONS = [
  'prerequisite',
  'generalizes',
  'specializes',
  'equivalent',
  'applies',
  'contrasts',
];

/** The object an agent answered, about this concept. */
function answerOf(agent, rules) {
  const answer = answers.get(agent);
  const value = answer === undefined ? undefined : jsonIn(answer);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    faults.push(
      `${agent} has ${answer === undefined ? 'not answered' : 'answered no JSON object'}.`,
    );
    return undefined;
  }
  if (value.concept !== undefined && value.concept !== concept) {
    faults.push(`${agent} has answered about "${value.concept}", not about "${concept}".`);
  }
  check(agent, 'its answer', value, rules);
  return value;
}

function check(agent, where, value, rules) {
  for (const [field, [holds, wanted]] of Object.entries(rules)) {
    if (!holds(value[field])) {
      faults.push(`${agent}: "${field}" of ${where} must be ${wanted}.`);
    }
  }
}

/** The objects under a field. */
function listOf(agent, value, field, rules) {
  const found = value?.[field];
  if (value === undefined || found === undefined) {
    return [];
  }
  if (!Array.isArray(found)) {
    faults.push(`${agent}: "${field}" must be a list.`);
    return [];
  }
  found.forEach((item, index) => {
    if (typeof item === 'object' && item !== null) {
      check(agent, `number ${index + 1} of "${field}"`, item, rules);
    } else {
      faults.push(`${agent}: number ${index + 1} of "${field}" must be an object.`);
    }
  });
  return found;
}

const explanation = answerOf('knowledge-builder', {
  summary: text,
  explanation: text,
  abilities: list,
});
const examples = answerOf('example-generator', {});
const map = answerOf('dependency-mapper', {});
const quality = answerOf('quality', {
  verdict: oneOf('accept', 'revise'),
  score: between(0, 100),
});
const record = {
  concept,
  explanation: {
    summary: explanation?.summary,
    explanation: explanation?.explanation,
    terms: listOf('knowledge-builder', explanation, 'terms', { term: text, meaning: text }),
    results: listOf('knowledge-builder', explanation, 'results', { statement: text, why: text }),
    abilities: explanation?.abilities,
  },
  examples: listOf('example-generator', examples, 'examples', {
    ...{ shows: text, problem: text, answer: text },
    ...{ difficulty: level, solution: steps },
  }),
  ...(examples?.counterexample === undefined ? {} : { counterexample: examples.counterexample }),
  requires: listOf('dependency-mapper', map, 'requires', {
    concept: text,
    relation: oneOf('prerequisite', 'applies'),
    confidence: between(0, 1),
  }),
  related: listOf('dependency-mapper', map, 'related', {
    concept: text,
    relation: oneOf(...RELATIONS),
    confidence: between(0, 1),
  }),
  outside: map?.outside ?? [],
  quality: {
    verdict: quality?.verdict,
    score: quality?.score,
    problems: listOf('quality', quality, 'problems', {
      part: oneOf('research', 'explanation', 'examples', 'requirements'),
      severity: oneOf('major', 'minor'),
      what: text,
    }),
  },
};
if (examples !== undefined && record.examples.length === 0) {
  faults.push('example-generator has answered without "examples".');
}
if (!list[0](record.outside)) {
  faults.push('dependency-mapper: "outside" must be a list of texts.');
}
if (faults.length > 0) {
  process.stderr.write(`${faults.join('\n')}\n`);
  process.exitCode = 1;
} else {
  process.stdout.write(`${JSON.stringify(record)}\n`);
}
