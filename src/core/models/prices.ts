import type { ModelRef, Usage } from '../domain/call.ts';
import { plainModelName, undatedModel } from '../domain/servedModel.ts';
import {
  PRICE_LIST,
  type ListedModel,
  type ListedPrice,
  type PriceList,
  type PriceOverride,
} from './priceList.ts';

/** US dollars for a million tokens. */
export interface Price {
  readonly input: number;
  readonly output: number;
  readonly cachedInput: number;
  /** What the whole call costs instead when it reads more than so many tokens. */
  readonly long: (Omit<Price, 'long'> & { readonly aboveTokens: number }) | undefined;
}

/** Over the list, by `provider/model`, the model alone, or `provider/*`; the most exact goes first. */
export type PriceOverrides = Readonly<Record<string, PriceOverride>>;

const FREE: Price = { input: 0, output: 0, cachedInput: 0, long: undefined };

/** What a call of the model costs at a moment; `undefined`: nobody knows, which is not the same as nothing. */
export function priceOf(
  { provider, model }: ModelRef,
  {
    at,
    isFree = false,
    overrides = {},
    list = PRICE_LIST,
  }: {
    /** Milliseconds since 1970. */
    readonly at: number;
    /** It runs on the user's own machine. */
    readonly isFree?: boolean;
    readonly overrides?: PriceOverrides;
    readonly list?: PriceList;
  },
): Price | undefined {
  const listed = isFree ? FREE : listedPrice(listedModel({ provider, model }, list), at);
  const own = overrideOf({ provider, model }, overrides);
  if (own === undefined) {
    return listed;
  }
  const input = own.input ?? listed?.input;
  const output = own.output ?? listed?.output;
  if (input === undefined || output === undefined) {
    return undefined;
  }
  return {
    input,
    output,
    cachedInput:
      own.cachedInput ?? (own.input === undefined ? listed?.cachedInput : undefined) ?? input,
    // Whoever says a price of their own means it for every call.
    long: own.input === undefined && own.output === undefined ? listed?.long : undefined,
  };
}

/** US dollars. */
export function costOf(price: Price, usage: Usage): number {
  const rates =
    price.long !== undefined && usage.input > price.long.aboveTokens ? price.long : price;
  const cached = Math.min(usage.cachedInput, usage.input);
  return (
    ((usage.input - cached) * rates.input +
      cached * rates.cachedInput +
      usage.output * rates.output) /
    1_000_000
  );
}

/** What is known of a model of one of the listed providers. */
export function listedModel(
  { provider, model }: ModelRef,
  list: PriceList = PRICE_LIST,
): ListedModel | undefined {
  const ofProvider = list.models.filter((one) => one.provider === provider);
  const named = (wanted: string) =>
    ofProvider.find(({ model: name, alsoNamed = [] }) =>
      [name, ...alsoNamed].some((one) => plainModelName(one) === plainModelName(wanted)),
    );
  return named(model) ?? named(undatedModel(model));
}

function listedPrice(listed: ListedModel | undefined, at: number): Price | undefined {
  const price = listed?.prices.findLast(({ from }) => from === undefined || Date.parse(from) <= at);
  return price === undefined ? undefined : withCachedInput(price);
}

function withCachedInput({ input, output, cachedInput, long }: ListedPrice): Price {
  return {
    input,
    output,
    cachedInput: cachedInput ?? input,
    long: long === undefined ? undefined : { ...long, cachedInput: long.cachedInput ?? long.input },
  };
}

function overrideOf(
  { provider, model }: ModelRef,
  overrides: PriceOverrides,
): PriceOverride | undefined {
  for (const key of [
    `${provider}/${model}`,
    model,
    `${provider}/${undatedModel(model)}`,
    undatedModel(model),
    `${provider}/*`,
  ]) {
    if (Object.hasOwn(overrides, key)) {
      return overrides[key];
    }
  }
  return undefined;
}
