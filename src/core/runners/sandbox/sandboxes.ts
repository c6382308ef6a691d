import type { Clock } from '../../base/clock.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { oneLine } from '../../base/text.ts';
import type { Failure } from '../../domain/failure.ts';
import type { RunnerEvents } from '../../domain/runner.ts';
import type { SandboxFound, SandboxRule } from '../../domain/sandbox.ts';
import { removeOrphans } from './docker.ts';
import type { Enclosure, ShutInPlace } from './enclosure.ts';
import type { Dependencies } from './folders.ts';
import { dockerOf, findSandbox, type Search } from './findSandbox.ts';
import { outsideLine, sandboxLine } from './sandboxText.ts';

/** Names the question, and the permission that a person gives for good. */
export const SANDBOX_TOOL = 'sandbox';

export interface SandboxesOptions {
  readonly clock: Clock;
  /** The host's variables. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Left out: no link in a copy leads anywhere. */
  readonly dependencies?: Dependencies;
  /** As `process.platform` names it. @default this one */
  readonly system?: string;
}

/** A command that a rule wants to be shut in. */
export interface SandboxWish {
  readonly rule: SandboxRule;
  /** Absolute folders. */
  readonly place: ShutInPlace;
  readonly command: readonly [string, ...string[]];
  /** `<run>:<task>.<attempt>` */
  readonly attempt: string;
  /** A person allowed this task to run outside for good. */
  readonly isAllowedOutside: boolean;
  /** Left out: nobody can be asked. Rejects with the signal's reason. */
  readonly ask?: RunnerEvents['ask'] | undefined;
}

export interface SandboxAnswer {
  /** `undefined`: it runs outside, as a person allowed. */
  readonly enclosure: Enclosure | undefined;
  /** What the log begins with. */
  readonly line: string;
}

/**
 * What a command is held to, or `undefined` when it is not to be shut in.
 * @param timeoutMs its own limit; the shorter of the two holds
 */
export function ruleFor(rule: SandboxRule | undefined, timeoutMs: number): SandboxRule | undefined {
  return rule?.use === true
    ? { ...rule, timeoutMs: Math.min(rule.timeoutMs, timeoutMs) }
    : undefined;
}

/**
 * What shuts commands in on this machine, for as long as a folder is open.
 *
 * X1. What was found has held a command that tried to break out, once; what is missing is looked for again each time,
 *     so that whoever installs it need not start anything anew.
 * X2. No command that is to be shut in runs outside but by a person's word.
 */
export class Sandboxes {
  readonly #options: SandboxesOptions;
  /** By Docker's image; `''`: the system's own. */
  readonly #searches = new Map<string, Promise<Search>>();
  /** Attempts that a person let run outside: so do their checks. */
  readonly #outside = new Set<string>();

  constructor(options: SandboxesOptions) {
    this.#options = options;
  }

  /** @param image of Docker; `undefined`: the system's own sandbox is meant */
  async find(image: string | undefined): Promise<SandboxFound> {
    return (await this.#search(image)).found;
  }

  /** The failure is `no-sandbox`. Rejects as `ask` does. */
  async answer(wish: SandboxWish): Promise<Result<SandboxAnswer, Failure>> {
    const { rule, place, attempt } = wish;
    const { found, enclosureFor } = await this.#search(rule.image);
    if (enclosureFor !== undefined && found.kind !== 'none') {
      const enclosure = enclosureFor(rule, place);
      return ok({ enclosure, line: sandboxLine(enclosure.kind, enclosure.held) });
    }
    const { why, cure } =
      found.kind === 'none' ? found : { why: 'nothing here can', cure: 'This is a bug.' };
    if (await this.#mayRunOutside(wish, why, cure)) {
      this.#outside.add(attempt);
      return ok({ enclosure: undefined, line: outsideLine(oneLine(why)) });
    }
    return err({ reason: 'no-sandbox', why, cure });
  }

  /**
   * Removes what Docker still has of an attempt whose driver died, and resolves with how many containers that were. The
   * other sandboxes die with their driver.
   * @param copies absolute: the folder of the repository's workspace copies
   */
  async removeOrphans(attempt: string, copies: string): Promise<number> {
    const docker = await dockerOf(this.#options);
    return docker === undefined ? 0 : await removeOrphans(docker, attempt, copies);
  }

  async #search(image: string | undefined): Promise<Search> {
    const key = image ?? '';
    const known = this.#searches.get(key);
    if (known !== undefined) {
      return await known;
    }
    const { clock, environment, dependencies, system = process.platform } = this.#options;
    const search = findSandbox({ clock, environment, dependencies }, image, system);
    this.#searches.set(key, search);
    const ended = await search.catch((error: unknown) => {
      this.#searches.delete(key);
      throw error;
    });
    if (ended.found.kind === 'none') {
      this.#searches.delete(key);
    }
    return ended;
  }

  async #mayRunOutside(wish: SandboxWish, why: string, cure: string): Promise<boolean> {
    if (wish.isAllowedOutside || this.#outside.has(wish.attempt)) {
      return true;
    }
    if (wish.ask === undefined) {
      return false;
    }
    const command = oneLine(wish.command.join(' '));
    const reply = await wish.ask(SANDBOX_TOOL, {
      kind: 'permission',
      tool: SANDBOX_TOOL,
      summary: `run \`${command}\` outside a sandbox: ${oneLine(why)}`,
      detail: [
        `It was to be shut in, and ${oneLine(why)}.`,
        cure,
        'Outside it has the network, and may read and write all that you may:',
        wish.command.join(' '),
      ]
        .join('\n')
        .slice(0, MOST_DETAIL),
    });
    return reply.kind === 'allow';
  }
}

/** Most characters of a question's detail. */
const MOST_DETAIL = 20_000;
