import type { ModelHost } from './modelHost.ts';
import type { Provider } from './providers/providers.ts';

// What is said of models that cannot be asked: a sentence each, with what to do.

export function noKey(
  { id, title, keyVariables }: Provider,
  keysFrom: ModelHost['keysFrom'],
): string {
  const variable = keyVariables[0] ?? `${id.toUpperCase()}_API_KEY`;
  const command = 'the command "Sluice: Set API Key"';
  switch (keysFrom) {
    case 'store':
      return `There is no key for ${title}: store one with ${command}.`;
    case 'environment':
      return `There is no key for ${title}: set the variable ${variable}.`;
    case undefined:
      return `There is no key for ${title}: store one with ${command}, or in the terminal set ${variable}.`;
  }
}

export function noSuchProvider(id: string): string {
  return `There is no provider or address "${id}": add the address to the settings, or correct the name.`;
}

export function badAddress({ title, baseURL }: Provider): string {
  return `The address of ${title} is no web address ("${baseURL}"): correct it in the settings.`;
}

export function noModelNamed(provider: string): string {
  return `"${provider}/" names no model: write "${provider}/" and the name of one.`;
}

export function notLookedFor({ title }: Provider): string {
  return `Servers on this machine are not looked for, so ${title} is not used: switch that on in the settings.`;
}

export function localNotThere({ title, baseURL }: Provider): string {
  return `${title} does not answer at ${hostOf(baseURL)}: start it.`;
}

/** @param has names of the models it has */
export function localWithout(
  { id, title }: Provider,
  model: string,
  has: readonly string[],
): string {
  const get = id === 'ollama' ? `run "ollama pull ${model}"` : 'load it there';
  const others = has.length === 0 ? 'it has none' : `it has ${listOf(has)}`;
  return `${title} has no model "${model}": ${get}; ${others}.`;
}

export function nowhereLocal(model: string): string {
  return `No provider's models are named like "${model}", and no server on this machine has it: write it with its provider, such as "openrouter/${model}".`;
}

/** @param has names of what VS Code has of that vendor, or of all */
export function notHosted(
  name: string,
  vendor: string | undefined,
  has: readonly string[],
): string {
  const whose = vendor === undefined ? '' : ` of "${vendor}"`;
  const others = has.length === 0 ? 'it has none' : `it has ${listOf(has)}`;
  return `VS Code has no model "${name}"${whose}: ${others}.`;
}

export function onlyInVsCode(name: string): string {
  return `"${name}" is a model of VS Code, and there is none here: name one of a provider, such as "anthropic/claude-sonnet-5-5".`;
}

export function notAllowed(name: string): string {
  return `VS Code does not let Sluice use "${name}": allow it with "Manage Language Model Access" in the menu of accounts.`;
}

export function hostedFailed(why: string): string {
  return `VS Code could not list its models: ${why}.`;
}

export function noDefault(keysFrom: ModelHost['keysFrom']): string {
  const key =
    keysFrom === 'environment'
      ? 'set ANTHROPIC_API_KEY, OPENAI_API_KEY, GEMINI_API_KEY or SLUICE_MODEL'
      : 'store a key with the command "Sluice: Set API Key", or sign in to models of VS Code';
  return `There is no model to ask: ${key}, or start Ollama, LM Studio or vLLM on this machine.`;
}

export function keyRefused({ title }: Provider, status: number): string {
  return `${title} does not accept the key (HTTP ${status}).`;
}

export function noAnswer({ title }: Provider, why: string): string {
  return `${title} gave no answer: ${why}.`;
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

const SHOWN = 6;

function listOf(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN).map((name) => `"${name}"`);
  const more = names.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ');
}
