// What the scripted model answers: a script read from JSON, checked, and matched against what was asked.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

/**
 * One thing a tool is called with: `{ "write": { "path": "a.txt", "content": "…" } }`. Wherever a text is wanted,
 * `<name>File` names a file beside the script that holds it.
 * @typedef {Readonly<Record<string, Readonly<Record<string, unknown>>>>} ToolUse
 *
 * What is answered at one point of a conversation. All left out: an empty text.
 * @typedef {object} Turn
 * @property {string} [say] the text of the answer
 * @property {readonly ToolUse[]} [use] tools it calls
 * @property {number} [waitMs] before it answers
 * @property {{ readonly status: number, readonly retryAfter?: number, readonly times?: number }} [fail]
 *   instead of an answer, the first `times` (1) times that this very request arrives
 *
 * @typedef {object} Answer
 * @property {string} [agent] the system prompt says "You are the <agent>"
 * @property {string} [system] an expression that the system prompt matches
 * @property {string} [prompt] an expression that the first message of the conversation matches
 * @property {number} [asked] only that conversation, of those which match, counted from 1. The same one again, after a
 *   retry or a crash, is the same one
 * @property {readonly Turn[]} turns the first is the answer to the first message, and so on
 *
 * @typedef {object} Script
 * @property {string} scripted-model what it is for
 * @property {readonly Answer[]} answers the first that matches counts
 *
 * What was asked, as far as a script looks at it.
 * @typedef {object} Asked
 * @property {string} system
 * @property {string} prompt the first message of a person
 * @property {number} turn how many answers the conversation has, from 0
 * @property {string} digest the same for the same request
 */

/** @returns {Script} @throws {Error} that says what is wrong with which file */
export function readScript(file) {
  const folder = path.dirname(path.resolve(file));
  let script;
  try {
    script = JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`${file} cannot be read: ${error.message}`, { cause: error });
  }
  const filled = withFiles(script, (name) => fs.readFileSync(path.join(folder, name), 'utf8'));
  const fault = scriptFault(filled);
  if (fault !== undefined) {
    throw new Error(`${file} is no script: ${fault}`);
  }
  return filled;
}

/** Puts in what `<name>File` names. */
function withFiles(value, read) {
  if (Array.isArray(value)) {
    return value.map((one) => withFiles(one, read));
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) =>
      name.endsWith('File') && typeof one === 'string'
        ? [name.slice(0, -'File'.length), read(one)]
        : [name, withFiles(one, read)],
    ),
  );
}

/** What is wrong with a script, as a sentence; `undefined`: nothing. */
export function scriptFault(script) {
  if (typeof script?.['scripted-model'] !== 'string' || !Array.isArray(script.answers)) {
    return 'it must hold "scripted-model", a text, and "answers", a list.';
  }
  for (const [at, answer] of script.answers.entries()) {
    const where = `answers[${at}]`;
    const stranger = Object.keys(answer).find(
      (name) => !['agent', 'system', 'prompt', 'asked', 'turns'].includes(name),
    );
    if (stranger !== undefined) {
      return `${where} has "${stranger}", which means nothing.`;
    }
    for (const name of ['system', 'prompt']) {
      try {
        new RegExp(answer[name] ?? '');
      } catch (error) {
        return `${where}.${name}: ${error.message}`;
      }
    }
    if (!Array.isArray(answer.turns) || answer.turns.length === 0) {
      return `${where}.turns must be a list of at least one turn.`;
    }
    const odd = answer.turns.find((turn) =>
      Object.keys(turn).some((name) => !['say', 'use', 'waitMs', 'fail'].includes(name)),
    );
    if (odd !== undefined) {
      return `${where}.turns: ${JSON.stringify(odd)} has a field that means nothing.`;
    }
  }
  return undefined;
}

/** A script, and what was asked so far. */
export class Scripted {
  #script;
  /** Conversations that an answer counts, by its place: what their first message was. @type {Map<number, string[]>} */
  #counted = new Map();
  /** How often each request arrived, by its digest. @type {Map<string, number>} */
  #arrived = new Map();

  /** @param {Script} script */
  constructor(script) {
    this.#script = script;
  }

  /** How often a request came that had been there before. */
  get askedAgain() {
    return [...this.#arrived.values()].reduce((sum, times) => sum + times - 1, 0);
  }

  /**
   * @param {Asked} asked
   * @returns {Turn | undefined} `undefined`: the script has nothing for it
   */
  turnFor(asked) {
    const times = this.#arrived.get(asked.digest) ?? 0;
    this.#arrived.set(asked.digest, times + 1);
    const answer = this.#answerFor(asked);
    const turn = answer?.turns[asked.turn];
    return turn?.fail !== undefined && times >= (turn.fail.times ?? 1)
      ? { ...turn, fail: undefined }
      : turn;
  }

  /** The first that matches. Those that count conversations also count what one before them answers. */
  #answerFor(said) {
    let found;
    for (const [at, answer] of this.#script.answers.entries()) {
      if (!isAbout(answer, said)) {
        continue;
      }
      if (answer.asked === undefined) {
        return found ?? answer;
      }
      const isIt = this.#count(at, said) === answer.asked;
      found ??= isIt ? answer : undefined;
    }
    return found;
  }

  /** Which conversation this is, of those that the answer at this place looks at. */
  #count(at, { system, prompt }) {
    const key = digestOf([system, prompt]);
    const seen = this.#counted.get(at) ?? [];
    if (!seen.includes(key)) {
      seen.push(key);
      this.#counted.set(at, seen);
    }
    return seen.indexOf(key) + 1;
  }
}

function isAbout({ agent, system, prompt }, said) {
  return (
    (agent === undefined || new RegExp(`\\byou are the ${agent}\\b`, 'i').test(said.system)) &&
    (system === undefined || new RegExp(system).test(said.system)) &&
    (prompt === undefined || new RegExp(prompt).test(said.prompt))
  );
}

/** @param {unknown} body of a request for a chat completion @returns {Asked} */
export function askedIn(body) {
  const messages = Array.isArray(body?.messages) ? body.messages : [];
  const saidBy = (...roles) =>
    messages.filter(({ role }) => roles.includes(role)).map(({ content }) => textOf(content));
  return {
    system: saidBy('system', 'developer').join('\n'),
    prompt: saidBy('user')[0] ?? '',
    turn: messages.filter(({ role }) => role === 'assistant').length,
    digest: digestOf(messages),
  };
}

function textOf(content) {
  return typeof content === 'string'
    ? content
    : (content ?? []).map(({ text }) => text ?? '').join('');
}

function digestOf(value) {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
