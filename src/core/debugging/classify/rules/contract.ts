import { isInTests } from '../places.ts';
import type { LogRule, Seen } from '../rule.ts';

// What was agreed and what is there do not fit: who is right is to be decided before anybody writes more code. Where
// no declared interface is named, the place tells: tests call the work as it was agreed, so a call of theirs that
// does not fit breaks the agreement; the same call inside the work is its author's mistake.

const kind = 'spec_mismatch';
const INSTALLED = /node_modules|site-packages|dist-packages/;

/** Of Go's standard library and usual packages: forgetting to import one is no agreement broken. */
const GO_PACKAGES: ReadonlySet<string> = new Set(
  'assert bufio bytes cmp context errors filepath fmt http httptest io json log maps math os reflect regexp require slices sort strconv strings sync time'.split(
    ' ',
  ),
);

const schemaRules: readonly LogRule[] = [
  {
    name: 'python-schema',
    kind,
    pattern:
      /^(?:(?:FAILED|ERROR) .{1,200}? - )?(?:jsonschema|pydantic|pydantic_core|openapi\w*|marshmallow|schemathesis|voluptuous|fastjsonschema)[\w.]*\.(?:\w*Validat\w+|\w*SchemaException|\w*Invalid\w*)\b|\b\d+ validation errors? for \w/,
    says: 'What it gave is not as its schema says',
  },
  {
    name: 'json-schema',
    kind,
    pattern:
      /^(?:\w*Error: |- )?(?:data|instance|response|request|body|res|output)?[\w./[\]]{0,200} (?:must|should) (?:have required property|NOT have additional properties|match (?:pattern|format|exactly one schema|a schema)|be (?:integer|string|number|boolean|object|array|null|equal to (?:one of|constant))\b)/,
    says: 'What it gave is not as its schema says',
  },
  {
    name: 'zod',
    kind,
    pattern:
      /\bZodError\b|^"code": "(?:invalid_type|unrecognized_keys|invalid_union|invalid_enum_value|invalid_value)"/,
    says: 'What it gave is not as its schema says',
  },
  {
    name: 'api-description',
    kind,
    retold: true,
    pattern:
      /to satisfy (?:the )?(?:API spec|'[^']{1,20}' response|schema)|\b(?:openapi|swagger|api (?:spec|contract|description)|response schema)\b.{0,80}\b(?:mismatch|violat\w+|not (?:match|conform|satisfy|valid))|Response violates schema|Undocumented (?:HTTP status code|Content-Type)/i,
    says: 'The answer is not as the description of the API says',
  },
  {
    name: 'pact',
    kind,
    retold: true,
    pattern:
      /\bhas a matching (?:body|headers?) \(FAILED\)|\bThere (?:was|were) \d+ pact failures?|\bPact verification failed/i,
    says: 'What was agreed between two services is not kept',
  },
  {
    // What was recorded is a part of what was agreed. Whether it or the code is right is not for who wrote the code
    // to decide: overwriting the record always turns the test green.
    name: 'snapshot',
    kind,
    retold: true,
    pattern:
      /^expect\(.{0,200}\)\.toMatch(?:\w*)Snapshot\(|^Error: Snapshot `|^› \d+ snapshots? failed|\bsnapshot assertion for '|^assert \[- snapshot\]|^AssertionError: (?:assert \[- snapshot\]|value does not match the expected value in snapshot)/,
    says: 'What it gave differs from the recorded snapshot',
  },
];

const declaredRules: readonly LogRule[] = [
  {
    name: 'python-import-name',
    kind,
    pattern:
      /^(?:[^\s:]{1,200}:\d+: |(?:FAILED|ERROR) .{1,200}? - )?ImportError: cannot import name '[^']+' from '[^']+'/,
    holds: ({ lines, at }) => !INSTALLED.test(lines[at]?.text ?? ''),
    says: 'A module does not have the name that is imported from it',
  },
  {
    name: 'python-abstract',
    kind,
    retold: true,
    pattern: /\bTypeError: Can't instantiate abstract class /,
    says: 'A class does not have all methods of the interface it declares',
  },
  {
    name: 'mypy-interface',
    kind,
    pattern:
      /^[^\s:]{1,300}:\d+(?::\d+)?: error: .{1,300}(?:\[(?:override|abstract)\]$|incompatible with supertype|is missing following .{1,80} protocol member)/,
    says: 'A class does not keep to the interface it declares',
  },
  {
    name: 'pyright-interface',
    kind,
    pattern:
      /\((?:reportIncompatible(?:Method|Variable)Override|reportAbstractUsage|reportImplicitOverride)\)$/,
    says: 'A class does not keep to the interface it declares',
  },
  {
    name: 'js-export',
    kind,
    pattern:
      /does not provide an export named '|No matching export in "[^"]{1,200}" for import|^.{0,20}"[^"]{1,100}" is not exported by "|^export '.{1,200}was not found in '\./,
    says: 'A module does not export the name that is imported from it',
  },
  {
    name: 'tsc-export',
    kind,
    pattern:
      /\berror TS(?:2305|2613|2614|2724|2459|2460): .{0,20}odule '"(?:\.|\/|[A-Za-z]:)[^']{1,300}' /,
    says: 'A module does not export the name that is imported from it',
  },
  {
    name: 'tsc-export-in-quotes',
    kind,
    pattern: /\berror TS(?:2305|2613|2614|2724|2459|2460): '?"\.{1,2}\//,
    says: 'A module does not export the name that is imported from it',
  },
  {
    name: 'tsc-interface',
    kind,
    pattern:
      /\berror TS(?:1360|2415|2416|2417|2420|2430|2515|2653|2654|2655|2656|2720|2739|2740|2741): /,
    says: 'Something does not have what its declared type says',
  },
  {
    name: 'go-interface',
    kind,
    pattern: /\bdoes not implement \S{1,200} \((?:missing|wrong|type|unexported|\w+ method has)/,
    says: 'A type does not have the methods of the interface it is used as',
  },
  {
    name: 'rust-trait',
    kind,
    pattern: /^error\[E(?:0046|0049|0050|0053|0185|0186|0195|0323|0324|0325|0407|0437|0438)\]: /,
    says: 'An implementation is not as its trait says',
  },
  {
    name: 'java-interface',
    kind,
    pattern:
      /^[^\s:]{1,300}:\d+: error: .{1,200} is not abstract and does not override abstract method/,
    says: 'A class does not have all methods of the interface it declares',
  },
];

/** Those in tests only. */
const calledRules: readonly LogRule[] = [
  {
    name: 'python-signature',
    kind,
    pattern:
      /\bTypeError: .{1,200}\b(?:missing \d+ required (?:positional|keyword-only)|takes (?:\d+|no|from \d+ to \d+) (?:positional )?arguments?\b|got an unexpected keyword argument|got multiple values for|got some positional-only)/,
    holds: fromTests,
    says: 'A test calls it in another way than it can be called',
  },
  {
    name: 'python-attribute',
    kind,
    pattern: /\bAttributeError: (?!'NoneType').{1,200}\bhas no attribute '/,
    holds: fromTests,
    says: 'A test uses a name that is not there',
  },
  {
    name: 'js-not-a-function',
    kind,
    pattern: /(?:\bTypeError: |^error: ['"]).{1,200} is not a (?:function|constructor)\b/,
    holds: fromTests,
    says: 'A test calls a function that is not there',
  },
  {
    name: 'tsc-call',
    kind,
    pattern:
      /\berror TS(?:2322|2339|2341|2345|2349|2351|2353|2551|2554|2555|2556|2558|2559|2575|2576|2769): /,
    holds: fromTests,
    says: 'A test uses it in another way than its types allow',
  },
  {
    name: 'mypy-call',
    kind,
    pattern:
      /^[^\s:]{1,300}:\d+(?::\d+)?: error: .{1,300}\[(?:call-arg|arg-type|attr-defined|call-overload|union-attr|assignment)\]$/,
    holds: fromTests,
    says: 'A test uses it in another way than its types allow',
  },
  {
    name: 'go-call',
    kind,
    pattern:
      /_test\.go:\d+:(?:\d+:)? (?:undefined: ([\w]+)|too many arguments|not enough arguments|cannot use |assignment mismatch|unknown field|.{1,200} undefined \(type )/,
    holds: ({ group }) => !GO_PACKAGES.has(group),
    says: 'A test uses it in another way than it is declared',
  },
  {
    name: 'rust-call',
    kind,
    pattern:
      /^error\[E(?:0061|0107|0277|0308|0423|0425|0432|0433|0560|0599|0603|0609|0615|0616|0624)\]: /,
    holds: fromTests,
    says: 'A test uses it in another way than it is declared',
  },
  {
    name: 'java-call',
    kind,
    pattern:
      /^[^\s:]{1,300}:\d+: error: (?:cannot find symbol|method .{1,200} cannot be applied to given types|no suitable method found)/,
    holds: fromTests,
    says: 'A test uses it in another way than it is declared',
  },
];

export const CONTRACT_RULES: readonly LogRule[] = [
  ...schemaRules,
  ...declaredRules,
  ...calledRules,
];

function fromTests({ lines, at }: Seen): boolean {
  return isInTests(lines, at);
}
