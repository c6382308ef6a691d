// One process of the parsing bench: `parsingCell fields <peers> <rounds>` or `parsingCell workflow <steps> <rounds>`
// prints what it measured, in milliseconds, as one line of JSON.
import { createRequire } from 'node:module';
import { parse } from 'yaml';
import { digestOf } from '../src/core/base/digest.ts';
import { readFrontMatter } from '../src/core/definitions/source/frontMatter.ts';
import { judgeWorkflows } from '../src/core/definitions/workflows/judgeWorkflows.ts';
import { ProductSchemas } from '../src/core/definitions/workflows/productSchemas.ts';
import { decodeSource, SourceText } from '../src/core/definitions/source/sourceText.ts';
import { parseWorkflow } from '../src/core/definitions/workflows/workflowEntry.ts';
import { agentsNamed } from '../test/unit/definitions/marked.ts';

const FILES = 1000;
const AGENTS = 7;

/** 2.5 KB, of which 12 lines and more are fields. */
function agentFile(index: number): string {
  const fields = [
    `name: agent-${index}`,
    'description: >-',
    `  Searches sources for concept ${index} and reports`,
    '  what it finds, with links.',
    `model: large-${index % 3}`,
    'tools: [read, search, web]',
    `temperature: 0.${index % 10}`,
    'inputs:',
    '  - name: topic',
    '    type: string',
    '    required: true',
    '  - name: depth',
    '    type: number',
    `    default: ${index % 5}`,
    'depends_on:',
    `  - agent-${Math.max(0, index - 1)}`,
    `tags: {area: science, level: ${index % 4}}`,
  ];
  const body = `# Agent ${index}\n\n${'You are a careful researcher. '.repeat(80)}`;
  // Through bytes, as from a file: a text put together is read slower the first time.
  return Buffer.from(`---\n${fields.join('\n')}\n---\n${body}`).toString();
}

/** As little as finds the fields: it takes any `---` for their end. */
function split(text: string): readonly [fields: string, body: string] {
  const end = text.indexOf('\n---', 3);
  return [text.slice(4, end + 1), text.slice(text.indexOf('\n', end + 1) + 1)];
}

function fields(peers: string, rounds: number): Readonly<Record<string, readonly number[]>> {
  const { load } = createRequire(peers)('js-yaml') as { load: (text: string) => unknown };
  const digest = digestOf('');
  const ways: Readonly<Record<string, (text: string) => unknown>> = {
    'split + js-yaml': (text) => {
      const [front, body] = split(text);
      return [load(front), body];
    },
    'split + yaml': (text) => {
      const [front, body] = split(text);
      return [parse(front) as unknown, body];
    },
    sluice: (text) => readFrontMatter(new SourceText('a.md', text, digest)),
    'split alone': split,
  };
  const files = Array.from({ length: FILES }, (_, index) => agentFile(index));
  const took: Record<string, number[]> = {};
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, way] of Object.entries(ways)) {
      const begun = performance.now();
      files.forEach(way);
      (took[name] ??= []).push(performance.now() - begun);
    }
  }
  return took;
}

/** @param short as 10,000 steps must be to fit into the largest file that is read */
function workflowText(steps: number, short: boolean): string {
  const written = Array.from({ length: steps }, (_, index) => {
    const before = index === 0 ? undefined : `step-${index - 1}`;
    const lines = [
      `  step-${index}:`,
      `    agent: agent-${index % AGENTS}`,
      ...(before === undefined ? [] : [`    needs: [${before}]`]),
      ...(short
        ? [`    prompt: Part ${index} of \${{ inputs.topic }}`]
        : [
            '    prompt: |',
            `      Work on part ${index} of \${{ inputs.topic }}.`,
            ...(before === undefined ? [] : [`      Start from \${{ steps.${before}.output }}`]),
            '    timeout: 5m',
            '    retry: 2',
            `    produces: [out/${index}.md]`,
          ]),
    ];
    return `${lines.join('\n')}\n`;
  });
  return `name: big\ninputs:\n  topic: maths\nsteps:\n${written.join('')}`;
}

/** From the bytes to every problem. Each time another letter is typed. */
function workflow(steps: number, rounds: number): readonly number[] {
  const text = workflowText(steps, steps > 5000);
  const agents = agentsNamed(...Array.from({ length: AGENTS }, (_, index) => `agent-${index}`));
  const took: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const bytes = Buffer.from(`${text}# ${'x'.repeat(round)}`);
    const begun = performance.now();
    const source = decodeSource('big.yaml', bytes);
    if (!source.ok) {
      throw new Error(source.error.message);
    }
    const schemas = new ProductSchemas(new Map(), () => undefined);
    const [entry] = judgeWorkflows([parseWorkflow(source.value)], agents, schemas);
    took.push(performance.now() - begun);
    if (entry?.kind !== 'valid') {
      throw new Error(entry?.diagnostics[0]?.message ?? 'no workflow');
    }
  }
  return took;
}

const [, , what = '', subject = '', rounds = ''] = process.argv;
const measured =
  what === 'fields' ? fields(subject, Number(rounds)) : workflow(Number(subject), Number(rounds));
console.log(JSON.stringify(measured));
