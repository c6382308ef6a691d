// Makes maths/concepts.json, maths/graph.json and maths/graph.md of the records of all concepts, and prints a summary.
//   CONCEPTS: their names as a JSON list. SLUICE_NEEDS: the records, as Sluice lays them out.
// The same records give the same bytes, so that an approval stays valid where nothing changed.
import fs from 'node:fs';
import { jsonIn, tasksIn } from './answers.mjs';
import { orderOf } from './order.mjs';
import { pageOf, summaryOf } from './graphPage.mjs';

const names = namesIn(process.env.CONCEPTS ?? '');
const found = new Map(
  tasksIn(process.env.SLUICE_NEEDS ?? '')
    .map(({ output }) => jsonIn(output))
    .filter((record) => typeof record?.concept === 'string')
    .map((record) => [record.concept, record]),
);
const records = names.flatMap((name) => found.get(name) ?? []);
if (records.length === 0) {
  process.stderr.write('No concept has a record: look at what failed before.\n');
  process.exit(1);
}

const known = new Set(names);
const outside = new Set();
const edges = [];
for (const { concept, requires, outside: others } of records) {
  others.forEach((name) => outside.add(name));
  for (const { concept: before, relation, confidence } of requires) {
    if (!known.has(before)) {
      outside.add(before);
    } else if (before !== concept && !edges.some((e) => e.from === before && e.to === concept)) {
      edges.push({ from: before, to: concept, relation, confidence });
    }
  }
}
const withRecord = records.map(({ concept }) => concept);
const { order, circles, dropped } = orderOf(
  withRecord,
  edges.filter(({ from }) => found.has(from)),
);
const isDropped = ({ from, to }) => dropped.some((edge) => edge.from === from && edge.to === to);
const graph = {
  concepts: records.map(({ concept, quality: { verdict, score } }) => ({
    name: concept,
    verdict,
    score,
  })),
  edges: edges.filter((edge) => !isDropped(edge)),
  order,
  circles,
  dropped: dropped.map(({ from, to, confidence }) => ({ from, to, confidence })),
  missing: names.filter((name) => !found.has(name)),
  outside: [...outside].sort(),
};

fs.mkdirSync('maths', { recursive: true });
fs.writeFileSync('maths/concepts.json', `${JSON.stringify(records, undefined, 2)}\n`);
fs.writeFileSync('maths/graph.json', `${JSON.stringify(graph, undefined, 2)}\n`);
fs.writeFileSync('maths/graph.md', pageOf(graph, records));
process.stdout.write(summaryOf(graph, records));

/** A JSON list, or one name a line. */
function namesIn(text) {
  const list = text.trim().startsWith('[') ? JSON.parse(text) : text.split(/\r?\n/);
  return [...new Set(list.map((name) => String(name).trim()))].filter((name) => name !== '');
}
