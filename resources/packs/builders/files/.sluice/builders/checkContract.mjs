// Says what a schema cannot say of a contract: that what it names is there, and each thing once.
//   node .sluice/builders/checkContract.mjs <contract> [--tested]
//   --tested: also that each of its tests is written: an acceptance test has its id in it
import fs from 'node:fs';
import { filesIn } from './here.mjs';

const LARGEST_BYTES = 1024 * 1024;

/** As `contractProblems` of Sluice says it; a test of Sluice compares the two. */
function meaningProblems({ interfaces, data_models: models, tests }) {
  const known = new Map([
    ...models.map(({ name }) => [name, name]),
    ...interfaces.flatMap(({ name, methods = [] }) =>
      methods.map((method) => [`${name}.${method.name}`, name]),
    ),
    ...interfaces.map(({ name }) => [name, name]),
  ]);
  const covered = new Set(
    tests.flatMap(({ covers }) => covers.map((name) => known.get(name) ?? name)),
  );
  return [
    ...repeated('/tests', 'id', tests, (id) => id.toLowerCase()),
    ...repeated('/interfaces', 'name', interfaces),
    ...repeated('/data_models', 'name', models),
    ...tests.flatMap(({ covers }, index) =>
      covers.flatMap((name, at) =>
        known.has(name)
          ? []
          : [
              `/tests/${index}/covers/${at} names "${short(name)}", which is no interface, "Interface.method" or data model of the contract: name one that is there, or add it.`,
            ],
      ),
    ),
    ...interfaces.flatMap(({ name, kind }, index) =>
      kind === 'type' || covered.has(name)
        ? []
        : [
            `/interfaces/${index} ("${short(name)}") is tried by no test: add one to /tests that covers it.`,
          ],
    ),
  ];
}

function repeated(list, field, entries, keyOf = (value) => value) {
  const first = new Map();
  return entries.flatMap((entry, index) => {
    const key = keyOf(entry[field]);
    const before = first.get(key);
    first.set(key, before ?? index);
    return before === undefined
      ? []
      : [
          `${list}/${index}/${field} is "${short(entry[field])}", as ${list}/${before}/${field} is: give each its own.`,
        ];
  });
}

function short(text) {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= 80 ? line : `${line.slice(0, 79)}…`;
}

/** Tests of the contract that no acceptance test has the id of. */
function unwritten({ tests }) {
  const written = acceptanceTests()
    .map((file) => `${file}\n${fs.readFileSync(file, 'utf8')}`)
    .join('\n');
  return tests.flatMap(({ id, name }, index) =>
    // As a word of its own, or with a capital in the name of a function: T1, test_t1_finds, TestT1Finds.
    new RegExp(`(?<![A-Za-z0-9])${id}(?![a-z0-9])`, 'i').test(written) ||
    new RegExp(`(?<=[a-z])${id}(?![a-z0-9])`).test(written)
      ? []
      : [
          `/tests/${index} (${id}, "${short(name)}") is in no acceptance test: write it, with ${id} in its name.`,
        ],
  );
}

/** Files that have "acceptance" in their path. */
function acceptanceTests() {
  return filesIn('.').filter(
    (file) => /acceptance/i.test(file) && fs.statSync(file).size <= LARGEST_BYTES,
  );
}

function main() {
  const words = process.argv.slice(2);
  const [file, ...others] = words.filter((word) => word !== '--tested');
  if (file === undefined || others.length > 0) {
    throw new Error('Name one contract: checkContract.mjs contracts/contract.json [--tested]');
  }
  let contract;
  try {
    contract = JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch (thrown) {
    throw new Error(`The contract ${file} cannot be read: ${thrown.message}`, { cause: thrown });
  }
  const problems = [
    ...meaningProblems(contract),
    ...(words.includes('--tested') ? unwritten(contract) : []),
  ];
  if (problems.length > 0) {
    throw new Error(`The contract ${file} is not kept or not whole:\n${problems.join('\n')}`);
  }
  process.stdout.write(`${file}: ${contract.tests.length} tests, nothing wrong\n`);
}

try {
  main();
} catch (thrown) {
  process.stderr.write(`${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
  process.exitCode = 1;
}
