import fc from 'fast-check';
import { printTable, withTotal } from '../table.ts';
import { pieces as definitionPieces, readEveryWay, shaped, workflow } from './anyFile.ts';
import { brokenBytes, frontMatter, known, repeated, repeatedLess } from './hostileTexts.ts';
import { checkPlainYaml, yamlTexts } from './plainYaml.ts';
import { realFiles } from './realTexts.ts';
import { changedText, pieces, writtenYaml } from './yamlWriter.ts';

/** Reading that takes longer than this is a hang, in milliseconds of processor time. */
const HANG_MS = 1000;
const PLAIN_INPUTS = 100_000;

interface Kind {
  readonly name: string;
  readonly inputs: number;
  readonly bytes: fc.Arbitrary<Uint8Array>;
}

/** Anything at all through every reader of definitions, and the plain YAML reader beside the library. */
export function definitions(seed: number): boolean {
  return [readers(seed), plainBesideLibrary(seed)].every((held) => held);
}

function kinds(): readonly Kind[] {
  const text = (name: string, inputs: number, texts: fc.Arbitrary<string>): Kind => ({
    name,
    inputs,
    bytes: texts.map((one) => Buffer.from(one)),
  });
  const number = fc.nat({ max: 2 ** 31 - 1 });
  const real = fc
    .tuple(fc.constantFrom(...realFiles()), number)
    .map(([file, seed]) => changedText(file, seed));
  const written = number.map(writtenYaml);
  return [
    { name: 'any bytes', inputs: 10_000, bytes: fc.uint8Array({ maxLength: 64 }) },
    text('pieces of YAML', 15_000, number.map(pieces)),
    text('pieces of definitions', 15_000, definitionPieces),
    text(
      'fields that hold anything',
      10_000,
      shaped.map((value) => JSON.stringify(value)),
    ),
    text(
      'nearly workflows',
      10_000,
      workflow.map((value) => JSON.stringify(value)),
    ),
    text('written by a grammar', 10_000, written),
    text('real files, changed', 20_000, real),
    { name: 'the same with wrong bytes', inputs: 10_000, bytes: brokenBytes(real) },
    text('front matter', 10_000, frontMatter(fc.oneof(written, definitionPieces))),
    text('bombs and odd keys', 10_000, known),
    text('one thing over and over', 10_000, repeatedLess),
    text('the same up to 1 MiB', 300, repeated),
  ];
}

function readers(seed: number): boolean {
  const rows: (readonly (string | number)[])[] = [];
  const slowest = { ms: 0, what: '' };
  const failures: string[] = [];
  for (const { name, inputs, bytes } of kinds()) {
    let [read, slowestOfKind, hangs] = [0, 0, 0];
    const property = fc.property(bytes, (file) => {
      read += 1;
      readEveryWay(file, (reader, call) => {
        const before = process.cpuUsage();
        const value = call();
        const { user, system } = process.cpuUsage(before);
        const ms = (user + system) / 1000;
        hangs += ms > HANG_MS ? 1 : 0;
        slowestOfKind = Math.max(slowestOfKind, ms);
        if (ms > slowest.ms) {
          const start = JSON.stringify(Buffer.from(file).toString('utf8', 0, 60));
          Object.assign(slowest, { ms, what: `${reader}, ${file.length} bytes from ${start}` });
        }
        return value;
      });
    });
    const checked = fc.check(property, { numRuns: inputs, seed, endOnFailure: true });
    if (checked.failed) {
      failures.push(`${name}: ${fc.defaultReportMessage(checked)}`);
    }
    rows.push([name, read, checked.failed ? 1 : 0, hangs, Math.round(slowestOfKind)]);
  }
  const columns = [
    'files read in every way',
    'inputs',
    'crashes',
    `over ${HANG_MS} ms`,
    'slowest ms',
  ];
  const total = withTotal(rows)
    .slice(-1)
    .map((row) => [...row.slice(0, -1), Math.round(slowest.ms)]);
  printTable(`Readers of definitions (seed ${seed})`, columns, [...rows, ...total]);
  console.log(`  slowest: ${slowest.what}`);
  failures.forEach((failure) => console.error(failure));
  return failures.length === 0 && rows.every(([, , , hangs]) => hangs === 0);
}

function plainBesideLibrary(seed: number): boolean {
  const rows: (readonly (string | number)[])[] = [];
  for (const [name, texts] of yamlTexts()) {
    const counts = { inputs: 0, plain: 0 };
    const checked = checkPlainYaml(texts, PLAIN_INPUTS, seed, counts);
    rows.push([name, counts.inputs, counts.plain, checked.failed ? 1 : 0]);
    if (checked.failed) {
      console.error(fc.defaultReportMessage(checked));
    }
  }
  const columns = ['texts', 'inputs', 'plain', 'different'];
  printTable(`Plain YAML beside the library (seed ${seed})`, columns, withTotal(rows));
  return rows.every(([, , , different]) => different === 0);
}
