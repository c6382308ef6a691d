import { oneLine } from '../../base/text.ts';
import type { Contract } from './contractSchema.ts';

// What a schema cannot say: that names are there, and each once. `.sluice/builders/checkContract.mjs` of the builders
// pack says the same where agents work; a test compares the two.

/** Sentences as `contractProblems` has them, for a contract that its schema allows. */
export function meaningProblems(contract: Contract): readonly string[] {
  const { interfaces, data_models: models, tests } = contract;
  const known = coverable(contract);
  const covered = new Set(tests.flatMap(({ covers }) => covers.map(ownerOf(known))));
  return [
    ...repeated(
      '/tests',
      'id',
      tests.map(({ id }) => id),
    ),
    ...repeated(
      '/interfaces',
      'name',
      interfaces.map(({ name }) => name),
    ),
    ...repeated(
      '/data_models',
      'name',
      models.map(({ name }) => name),
    ),
    ...tests.flatMap(({ covers }, index) =>
      covers.flatMap((name, at) =>
        known.has(name)
          ? []
          : [
              `/tests/${index}/covers/${at} names "${oneLine(name, 80)}", which is no interface, "Interface.method" or data model of the contract: name one that is there, or add it.`,
            ],
      ),
    ),
    ...interfaces.flatMap(({ name, kind }, index) =>
      kind === 'type' || covered.has(name)
        ? []
        : [
            `/interfaces/${index} ("${oneLine(name, 80)}") is tried by no test: add one to /tests that covers it.`,
          ],
    ),
  ];
}

/** What a test can say it covers, by that name, with the interface or model it belongs to. */
export function coverable({
  interfaces,
  data_models: models,
}: Contract): ReadonlyMap<string, string> {
  return new Map([
    ...models.map(({ name }) => [name, name] as const),
    ...interfaces.flatMap(({ name, methods = [] }) =>
      methods.map((method) => [`${name}.${method.name}`, name] as const),
    ),
    ...interfaces.map(({ name }) => [name, name] as const),
  ]);
}

function ownerOf(known: ReadonlyMap<string, string>): (name: string) => string {
  return (name) => known.get(name) ?? name;
}

function repeated(list: string, field: string, values: readonly string[]): readonly string[] {
  const first = new Map<string, number>();
  return values.flatMap((value, index) => {
    // In the name of a test that is written `t1` and `T1` are the same.
    const key = field === 'id' ? value.toLowerCase() : value;
    const before = first.get(key);
    first.set(key, before ?? index);
    return before === undefined
      ? []
      : [
          `${list}/${index}/${field} is "${oneLine(value, 80)}", as ${list}/${before}/${field} is: give each its own.`,
        ];
  });
}
