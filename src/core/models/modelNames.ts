import { plainModelName } from '../domain/servedModel.ts';
import { PRICE_LIST, type PriceList } from './priceList.ts';

/** Somewhere a written name may lead. Candidates are tried in their order. */
export type ModelCandidate =
  /** What VS Code has under that name; of a family the newest. `vendor` `undefined`: anybody's. */
  | { readonly at: 'hosted'; readonly vendor: string | undefined; readonly name: string }
  | { readonly at: 'hosted-family'; readonly family: string }
  | { readonly at: 'provider'; readonly provider: string; readonly model: string }
  /** Any of the servers on this machine that has it. */
  | { readonly at: 'local'; readonly model: string };

export type ModelNameReading =
  /** `auto`, `inherit`, nothing: the user's own choice. */
  | { readonly kind: 'default' }
  | { readonly kind: 'candidates'; readonly candidates: readonly ModelCandidate[] }
  /** A provider, and no model of it. */
  | { readonly kind: 'no-model'; readonly provider: string };

const OWN_CHOICE = new Set(['', 'auto', 'default', 'inherit']);

/** A model that VS Code serves. */
export const HOSTED_PROVIDER = 'vscode';

/** An address of the user's, in the names of models. */
const ADDRESS = /^openai-compatible:([^/]+)(?:\/(.*))?$/s;

/** Whose model a bare name is, by how it begins. A tag behind a colon is how local servers write. */
const VENDORS: readonly (readonly [pattern: RegExp, provider: string])[] = [
  [/^claude-[^:]*$/, 'anthropic'],
  [/^(?:gpt-(?!oss)|chatgpt-|codex-|o[1-9](?:-|$))[^:]*$/, 'openai'],
  [/^gemini-[^:]*$/, 'google'],
];

/**
 * What a name of a model means, as workflows and agents of any tool write it.
 * @param providers the ids of those there are, the user's addresses included
 */
export function readModelName(
  written: string,
  providers: ReadonlySet<string>,
  list: PriceList = PRICE_LIST,
): ModelNameReading {
  const name = written.trim();
  if (OWN_CHOICE.has(name.toLowerCase())) {
    return { kind: 'default' };
  }
  const address = ADDRESS.exec(name);
  if (address !== null) {
    return ofProvider(address[1] ?? '', address[2] ?? '');
  }
  const qualified = /^(.*\S)\s*\(([\w.-]+)\)$/s.exec(name);
  if (qualified !== null) {
    const [, own = '', vendor = ''] = qualified;
    // `Gemini 3 Pro (Preview)` has no vendor; as a name of that model it is read all the same.
    return candidates(
      { at: 'hosted', vendor, name: own },
      { at: 'hosted', vendor: undefined, name },
      ...vendorsOwn(own),
      ...vendorsOwn(name),
      ...(providers.has(vendor) && vendorsOwn(own).length === 0
        ? [{ at: 'provider', provider: vendor, model: own } as const]
        : []),
    );
  }
  const slash = name.indexOf('/');
  if (slash > 0) {
    return readPath(name.slice(0, slash), name.slice(slash + 1), name, providers);
  }
  const alias = aliasOf(name, list);
  if (alias !== undefined) {
    return candidates(
      { at: 'hosted-family', family: alias.family },
      { at: 'provider', provider: alias.provider, model: alias.model },
    );
  }
  const own = vendorsOwn(name);
  return candidates(
    { at: 'hosted', vendor: undefined, name },
    ...(own.length > 0 ? own : [{ at: 'local', model: name } as const]),
  );
}

function readPath(
  first: string,
  rest: string,
  name: string,
  providers: ReadonlySet<string>,
): ModelNameReading {
  const provider = first.toLowerCase();
  if (provider === HOSTED_PROVIDER) {
    const slash = rest.indexOf('/');
    const [vendor, model] =
      slash > 0 ? [rest.slice(0, slash), rest.slice(slash + 1)] : [undefined, rest];
    return model.trim() === ''
      ? { kind: 'no-model', provider }
      : candidates({ at: 'hosted', vendor, name: model });
  }
  return providers.has(provider) || providers.has(first)
    ? ofProvider(providers.has(first) ? first : provider, rest)
    : // VS Code names models `vendor/id` too, and local servers by who made them.
      candidates(
        { at: 'hosted', vendor: first, name: rest },
        { at: 'hosted', vendor: undefined, name },
        { at: 'local', model: name },
      );
}

function ofProvider(provider: string, model: string): ModelNameReading {
  return model.trim() === ''
    ? { kind: 'no-model', provider }
    : candidates({ at: 'provider', provider, model: model.trim() });
}

function candidates(...all: readonly ModelCandidate[]): ModelNameReading {
  return { kind: 'candidates', candidates: all };
}

/** The API of the vendor whose name it is: of `Claude Sonnet 4.5` Anthropic's `claude-sonnet-4-5`. */
function vendorsOwn(name: string): readonly ModelCandidate[] {
  const slug = slugOf(name);
  const provider = VENDORS.find(([pattern]) => pattern.test(slug))?.[1];
  return provider === undefined
    ? []
    : [
        {
          at: 'provider',
          provider,
          model: provider === 'anthropic' ? slug.replace(/(?<=\d)\.(?=\d)/g, '-') : slug,
        },
      ];
}

function aliasOf(name: string, { aliases }: PriceList) {
  // `sonnet[1m]` asks for the large window, which all of today's have.
  const alias = name.toLowerCase().replace(/\[1m\]$/, '');
  return Object.hasOwn(aliases.models, alias) ? aliases.models[alias] : undefined;
}

function slugOf(name: string): string {
  return name
    .toLowerCase()
    .replace(/\[1m\]$/, '')
    .replace(/[()]/g, ' ')
    .trim()
    .replace(/[\s_]+/g, '-');
}

/** What VS Code serves, as far as its name goes. */
export interface NamedModel {
  readonly id: string;
  readonly name: string;
  readonly vendor: string;
  readonly family: string;
  readonly version: string;
}

/** What it is called as a model of the provider `vscode`: `copilot/gpt-5`. */
export function hostedName({ vendor, id }: NamedModel): string {
  return id.startsWith(`${vendor}/`) ? id : `${vendor}/${id}`;
}

/** The one that a candidate means, of those VS Code has; of several the first. */
export function hostedFor<T extends NamedModel>(
  candidate: Extract<ModelCandidate, { at: 'hosted' | 'hosted-family' }>,
  models: readonly T[],
): T | undefined {
  if (candidate.at === 'hosted-family') {
    return models
      .filter(({ name, family, id }) =>
        [name, family, id].some((one) => slugOf(one).startsWith(`${candidate.family}-`)),
      )
      .sort((a, b) => byVersion(b, a))[0];
  }
  const { vendor, name } = candidate;
  const ofVendor = models.filter(
    (model) => vendor === undefined || model.vendor.toLowerCase() === vendor.toLowerCase(),
  );
  // What is unique goes before what many may have.
  const parts: readonly ((model: T) => string)[] = [
    (model) => hostedName(model).slice(model.vendor.length + 1),
    (model) => model.name,
    (model) => model.version,
    (model) => model.family,
  ];
  for (const part of parts) {
    const found = ofVendor.find(
      (model) =>
        part(model) !== '' && plainModelName(slugOf(part(model))) === plainModelName(slugOf(name)),
    );
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}

function byVersion(a: NamedModel, b: NamedModel): number {
  const [left, right] = [numbersOf(a.name), numbersOf(b.name)];
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0);
    if (difference !== 0) {
      return difference;
    }
  }
  return 0;
}

function numbersOf(name: string): readonly number[] {
  return (name.match(/\d+/g) ?? []).map(Number);
}
