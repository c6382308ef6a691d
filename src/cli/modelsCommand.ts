import { oneLine } from '../core/base/text.ts';
import type { CatalogueGroup, CatalogueModel } from '../core/models/catalogue.ts';
import type { Models, ProviderState } from '../core/models/models.ts';
import { EXIT, type ExitCode } from './exitCodes.ts';
import type { Session } from './session.ts';
import { paint, table, type Terminal } from './terminal.ts';

type Standing = ReturnType<Models['standing']>[number];

/** `sluice models`: what can be asked, by provider; of whom there is no key, and where to put one. */
export async function models(
  { models: known, terminal, now }: Session,
  _args: readonly string[],
  options: { readonly json?: true },
): Promise<ExitCode> {
  const stopping = new AbortController();
  const groups = await known.catalogue(stopping.signal);
  const providers = await known.providers();
  const standing = known.standing();
  if (options.json) {
    for (const provider of providers) {
      const { keyName: _keyName, ...facts } = provider;
      const group = groups.find((one) => one.provider === provider.id);
      const stands = standing.filter((one) => one.provider === provider.id);
      terminal.out(
        `${JSON.stringify({ ...facts, models: group?.models ?? [], problem: group?.problem, standing: stands })}\n`,
      );
    }
    return EXIT.succeeded;
  }
  for (const provider of providers) {
    const group = groups.find((one) => one.provider === provider.id);
    terminal.out(headOf(terminal, provider, group));
    terminal.out(table((group?.models ?? []).map(modelRow)));
    const stands = standing.filter((one) => one.provider === provider.id);
    terminal.out(stands.map((one) => `  ${standingText(one, now())}\n`).join(''));
  }
  return EXIT.succeeded;
}

function headOf(
  terminal: Terminal,
  { title, keyVariables, hasKey, isLocal }: ProviderState,
  group: CatalogueGroup | undefined,
): string {
  const [variable] = keyVariables;
  const told = isLocal
    ? group === undefined
      ? 'not found on this machine'
      : 'on this machine'
    : hasKey || variable === undefined
      ? variable === undefined
        ? 'needs no key'
        : `key from ${keyVariables.join(' or ')}`
      : `no key; set ${variable}`;
  const problem = group?.problem === undefined ? '' : `  ${oneLine(group.problem, Infinity)}\n`;
  return `${paint(terminal, 'bold', title)} · ${told}\n${problem}`;
}

function modelRow({ name, contextTokens, price }: CatalogueModel): string[] {
  return [
    `  ${name}`,
    contextTokens === undefined ? '' : `${contextTokens.toLocaleString('en')} tokens`,
    price === undefined
      ? 'unpriced'
      : price.input + price.output === 0
        ? 'free'
        : `$${price.input} in, $${price.output} out for a million tokens`,
  ];
}

/** How calls go, of a model that was asked in this program. */
function standingText(
  { model, limit, running, waiting, breaker, until }: Standing,
  now: number,
): string {
  const parts = [`${model}: ${running} of ${limit} calls under way`, `${waiting} waiting`];
  if (breaker !== 'closed') {
    parts.push(breaker === 'open' ? 'its breaker is open' : 'its breaker is being tried');
  }
  if (until !== undefined && until > now) {
    parts.push(`until ${new Date(until).toLocaleTimeString('en-GB')}`);
  }
  return parts.join(' · ');
}
