import { oneLine } from '../../base/text.ts';
import type { Contract } from './contractSchema.ts';

/** A part of a contract that a failure can concern. */
export interface Clause {
  /** JSON Pointer into the contract, such as `/interfaces/0/methods/1`. */
  readonly pointer: string;
  /** What it says, in one line of at most `MOST_TEXT` characters. */
  readonly text: string;
}

const MOST_TEXT = 300;

/** A clause with what gives it away in what a failure printed. */
export interface KnownClause extends Clause {
  /** As the code or a test has it; `undefined`: it has no name of its own, such as an error. */
  readonly name: string | undefined;
  /** Of an error: what the caller sees of it. */
  readonly seen: string | undefined;
  /** Of an interface: the file it lives in. */
  readonly file: string | undefined;
  /** The clause it belongs to, and that clause's name. */
  readonly within: { readonly pointer: string; readonly name: string } | undefined;
  /** Of a test: its sentence, and the names it covers. */
  readonly test: { readonly sentence: string; readonly covers: readonly string[] } | undefined;
}

/** All clauses, in the order of the contract. */
export function clausesOf(contract: Contract): readonly KnownClause[] {
  return [
    ...contract.interfaces.flatMap(interfaceClauses),
    ...contract.data_models.flatMap(modelClauses),
    ...contract.tests.map(({ id, name, given, when, then, covers }, index): KnownClause => ({
      ...plain(`/tests/${index}`, `${id}, ${name}: given ${given}; when ${when}; then ${then}`),
      name: id,
      test: { sentence: name, covers },
    })),
  ];
}

function interfaceClauses(
  { name, kind, file, signature, description, methods = [], errors }: Contract['interfaces'][0],
  index: number,
): readonly KnownClause[] {
  const pointer = `/interfaces/${index}`;
  const own = { pointer, name };
  return [
    {
      ...plain(pointer, `${kind} ${name} in ${file}: ${signature}. ${description}`),
      name,
      file,
    },
    ...methods.flatMap((method, at): readonly KnownClause[] => {
      const of = `${pointer}/methods/${at}`;
      return [
        {
          ...plain(of, `${name}.${method.name}: ${method.signature}. ${method.description}`),
          name: method.name,
          file,
          within: own,
        },
        ...errorClauses(of, `${name}.${method.name}`, method.errors, own),
      ];
    }),
    ...errorClauses(pointer, name, errors, own),
  ];
}

function errorClauses(
  of: string,
  name: string,
  errors: Contract['interfaces'][0]['errors'],
  within: KnownClause['within'],
): readonly KnownClause[] {
  return errors.map(({ when, what }, at) => ({
    ...plain(`${of}/errors/${at}`, `${name} fails when ${when}: ${what}`),
    seen: what,
    within,
  }));
}

function modelClauses(
  { name, description, fields }: Contract['data_models'][0],
  index: number,
): readonly KnownClause[] {
  const pointer = `/data_models/${index}`;
  return [
    { ...plain(pointer, `${name}: ${description}`), name },
    ...fields.map((field, at): KnownClause => {
      const { type, required, limits } = field;
      const whether = required ? 'required' : 'may be left out';
      const says = `${name}.${field.name}: ${type}, ${whether}. ${field.description}`;
      return {
        ...plain(
          `${pointer}/fields/${at}`,
          limits === undefined ? says : `${says} Limits: ${limits}`,
        ),
        name: field.name,
        within: { pointer, name },
      };
    }),
  ];
}

function plain(pointer: string, says: string): KnownClause {
  return {
    pointer,
    text: oneLine(says, MOST_TEXT),
    name: undefined,
    seen: undefined,
    file: undefined,
    within: undefined,
    test: undefined,
  };
}
