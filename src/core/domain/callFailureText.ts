import { count, oneLine, plainText } from '../base/text.ts';
import type { CallFailureKind } from './call.ts';
import type { Failure } from './failure.ts';
import type { FailureText } from './failureText.ts';

interface KindText {
  /** The rest of a sentence that begins with the model's name. */
  readonly happened: string;
  /** What to do, as a sentence. */
  readonly fix: string;
}

const KINDS: Readonly<Record<CallFailureKind, KindText>> = {
  authentication: {
    happened: 'was not asked: the provider does not accept the key',
    fix: 'Set the key: Sluice: Set API Key in VS Code, the variable of the provider in a terminal.',
  },
  permission: {
    happened: 'was not asked: the account may not use it',
    fix: "Allow it where the provider's account is managed, or name another model.",
  },
  billing: {
    happened: 'was not asked: the account has no money or quota left',
    fix: "Look at the account's billing at the provider, or name a model of another provider.",
  },
  'rate-limit': {
    happened: 'took no call: the provider allows only so many at a time',
    fix: 'Run it again later, raise max-wait under model-policy, or name a second model.',
  },
  overloaded: {
    happened: 'took no call: the provider is overloaded',
    fix: 'Run it again later, or name a second model.',
  },
  'invalid-request': {
    happened: 'refused the call as wrong',
    fix: 'Read what the provider says below; often the model lacks tools or schemas, and another has them.',
  },
  'context-length': {
    happened: 'cannot take in so much text',
    fix: 'Give the step a shorter prompt, or a model with a longer context.',
  },
  'model-not-found': {
    happened: 'is not known to its provider',
    fix: 'Correct model in the step or the agent file.',
  },
  'content-refused': {
    happened: 'refused to answer because of what it was asked',
    fix: 'Change the prompt, or name another model.',
  },
  timeout: {
    happened: 'gave no answer in time',
    fix: 'Run it again, or name a second model.',
  },
  network: {
    happened: 'could not be reached, or the connection broke',
    fix: 'Check the network and the address of the provider, and run it again.',
  },
  'server-error': {
    happened: 'gave no answer: the provider has a fault',
    fix: 'Run it again later, or name a second model.',
  },
  truncated: {
    happened: 'ended in the middle of its answer',
    fix: 'Ask for a shorter answer, or name a model with a longer one.',
  },
  'malformed-output': {
    happened: 'sent what is no answer',
    fix: 'Run it again; if it stays so, look at the address of the provider, or name another model.',
  },
  'tool-error': {
    happened: 'could not go on because of a tool',
    fix: 'Read what is said below, and repair the tool or take it from the agent.',
  },
  unknown: {
    happened: 'gave no answer',
    fix: 'Read what the provider says below.',
  },
};

/** Why a model gave no answer, by the kind of failure; the provider's own words stand in the detail. */
export function callFailureText({
  provider,
  model,
  failure,
  tries,
}: Extract<Failure, { reason: 'call-failed' }>): FailureText {
  const { happened, fix } = KINDS[failure.kind];
  const often = tries > 1 ? `, also after ${count(tries, 'try', 'tries')}` : '';
  const status = failure.status === undefined ? '' : `HTTP ${failure.status}: `;
  const detail = plainText(`${status}${failure.message}`).trim();
  return {
    title: `${oneLine(provider)}/${oneLine(model)} ${happened}${often}`,
    fix,
    detail: detail === '' ? undefined : detail,
  };
}
