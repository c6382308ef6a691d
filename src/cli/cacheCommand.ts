import { count } from '../core/base/text.ts';
import { NAMESPACES, type CacheCounts, type ClearedPart } from '../core/domain/cache.ts';
import { firstOf } from '../core/preflight/words.ts';
import { cacheRate, cacheTables } from './cacheTables.ts';
import { EXIT, type ExitCode } from './exitCodes.ts';
import { CommandFailure, findEntry, type Session } from './session.ts';

export interface CacheOptions {
  readonly json?: true;
  readonly namespace?: string;
  readonly agent?: string;
  /** By its id, its number, or `last`. */
  readonly run?: string;
  readonly yes?: true;
}

/** Names that an error lists before it says how many more there are. */
const MOST_NAMES = 20;

/** `sluice cache`: what it has saved and holds, or `clear`. */
export function cache(
  session: Session,
  [what = 'stats']: readonly string[],
  options: CacheOptions,
): Promise<ExitCode> {
  return what === 'clear' ? clear(session, options) : stats(session, options);
}

async function stats({ sluice, terminal }: Session, options: CacheOptions): Promise<ExitCode> {
  const { json, ...others } = options;
  const [stranger] = Object.keys(others);
  if (stranger !== undefined) {
    throw new CommandFailure(
      `--${stranger} says what to clear: sluice cache clear --${stranger} …`,
    );
  }
  const { total, namespaces, agents } = await sluice.cache.statistics();
  terminal.out(
    json
      ? `${JSON.stringify({ folder: sluice.cache.folder, total: factsOf(total), namespaces: factsByName(namespaces), agents: factsByName(agents) })}\n`
      : `${cacheTables({ total, namespaces, agents }, terminal.width)}Kept in ${sluice.cache.folder}\n`,
  );
  return EXIT.succeeded;
}

function factsOf(counts: CacheCounts): object {
  return { ...counts, rate: cacheRate(counts) ?? null };
}

function factsByName(counts: Readonly<Record<string, CacheCounts>>): object {
  return Object.fromEntries(Object.entries(counts).map(([name, each]) => [name, factsOf(each)]));
}

async function clear(session: Session, options: CacheOptions): Promise<ExitCode> {
  const { sluice, terminal } = session;
  const part = await partIn(session, options);
  if (part.kind === 'all' && options.yes !== true) {
    const { total } = await sluice.cache.statistics();
    const kept = count(total.entries, 'answer');
    if (terminal.confirm === undefined) {
      throw new CommandFailure(
        `The whole cache of this folder would be gone, ${kept}. Say --yes if you want that, or name a part with --namespace, --agent or --run.`,
      );
    }
    if (!(await terminal.confirm(`Clear the whole cache of this folder, ${kept}?`))) {
      terminal.err('Nothing was cleared.\n');
      return EXIT.cancelled;
    }
  }
  const cleared = await sluice.cache.clear(part);
  terminal.out(
    options.json
      ? `${JSON.stringify({ cleared, what: part })}\n`
      : `${cleared === 0 ? 'Nothing was kept there.' : `${count(cleared, 'answer')} cleared.`}\n`,
  );
  return EXIT.succeeded;
}

/** @throws CommandFailure */
async function partIn(
  { sluice }: Pick<Session, 'sluice'>,
  { namespace, agent, run }: CacheOptions,
): Promise<ClearedPart> {
  if ([namespace, agent, run].filter((one) => one !== undefined).length > 1) {
    throw new CommandFailure('Name one of --namespace, --agent and --run, not several.');
  }
  if (run !== undefined) {
    return { kind: 'run', run: findEntry(sluice, run).run };
  }
  if (namespace === undefined && agent === undefined) {
    return { kind: 'all' };
  }
  const statistics = await sluice.cache.statistics();
  if (namespace !== undefined) {
    refuseUnknown('namespace', namespace, [...NAMESPACES, ...Object.keys(statistics.namespaces)]);
    return { kind: 'namespace', namespace };
  }
  const defined = sluice.definitions.agents.map((entry) => entry.name);
  const name = agent ?? '';
  refuseUnknown('agent', name, [...defined, ...Object.keys(statistics.agents)]);
  return { kind: 'agent', agent: name };
}

/** @throws CommandFailure */
function refuseUnknown(what: string, name: string, known: readonly string[]): void {
  if (!known.includes(name)) {
    const names = [...new Set(known)].sort();
    const only = names.length === 0 ? '' : `, only ${firstOf(names, MOST_NAMES)}`;
    throw new CommandFailure(`The cache knows no ${what} "${name}"${only}.`);
  }
}
