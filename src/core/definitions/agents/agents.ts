import type { AgentFormat } from '../../domain/agent.ts';
import type { Diagnostic } from '../../domain/diagnostic.ts';
import { agentsOverlay } from './agentOverlay.ts';
import { unreadAgent } from './agentParts.ts';
import { AGENTS_OVERLAY, agentPlaces, type AgentPlace } from './agentPlaces.ts';
import { assembleAgents, type FoundPlace } from './assembleAgents.ts';
import { claudeJson, listedDrafts, type ListedAgent, type NamedFile } from './claudeJson.ts';
import { discover, isThere, type FolderDiscovery } from '../files/discovery.ts';
import type { AgentDraft, AgentEntry } from '../entries.ts';
import type { FileParser, ReadFiles } from '../files/fileParser.ts';
import { namedContract, namedMarkdown, type NamedText } from './namedText.ts';
import { settleSchemas } from './settleSchemas.ts';
import { readAgents } from './readAgent.ts';

/** All agents of a folder and of its user, valid or not. */
export interface FoundAgents {
  /** By precedence of their places; in each by path, or as its list has them. */
  readonly agents: readonly AgentEntry[];
  /** Beside what the entries say themselves. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Looks at every place agents can be, and reads what is there.
 * @param folder absolute
 * @param home absolute; `undefined`: the agents a user has in every folder are not looked for
 * @throws the signal's reason once it aborts
 */
export async function findAgents(
  folder: string,
  home: string | undefined,
  read: ReadFiles,
  signal: AbortSignal,
): Promise<FoundAgents> {
  const located = await locate(folder, home, signal);
  const places = await Promise.all(located.map((one) => readPlace(one, read)));
  const [overlays] = isThere(folder, AGENTS_OVERLAY)
    ? await read([AGENTS_OVERLAY], agentsOverlay)
    : [];
  signal.throwIfAborted();
  const drafts = places.flatMap((place) => place.drafts);
  const settled = await settleSchemas(folder, { drafts, overlays }, read);
  signal.throwIfAborted();
  return assembleAgents(withDrafts(places, settled.drafts), settled.overlays);
}

/** @param drafts of all places, in their order */
function withDrafts(
  places: readonly FoundPlace[],
  drafts: readonly AgentDraft[],
): readonly FoundPlace[] {
  let at = 0;
  return places.map((place) => {
    const own = drafts.slice(at, at + place.drafts.length);
    at += place.drafts.length;
    return { ...place, drafts: own };
  });
}

/** How a file that is one agent, or a registry of several, is read. */
export function agentFile(format: AgentFormat): FileParser<readonly AgentDraft[]> {
  return {
    id: `agent-${format}`,
    parse: (source) => readAgents(source, format),
    refuse: (file, why) => [unreadAgent(file, format, [why])],
  };
}

interface LocatedPlace extends FolderDiscovery {
  readonly place: AgentPlace;
}

/** A folder that is two places, as where the home folder itself is open, counts as the first. */
async function locate(
  folder: string,
  home: string | undefined,
  signal: AbortSignal,
): Promise<LocatedPlace[]> {
  const located = await Promise.all(
    agentPlaces(home).map(async (place): Promise<LocatedPlace> => {
      if (place.kind === 'folder') {
        return { place, ...(await discover(folder, place, signal)) };
      }
      const files = isThere(folder, place.file) ? [place.file] : [];
      return { place, files, root: undefined, diagnostics: [] };
    }),
  );
  const seen = new Set<string>();
  return located.filter(({ root }) => {
    const isFirst = root === undefined || !seen.has(root);
    seen.add(root ?? '');
    return isFirst;
  });
}

async function readPlace(
  { place, files, diagnostics }: LocatedPlace,
  read: ReadFiles,
): Promise<FoundPlace> {
  const { origin } = place;
  if (place.kind === 'folder') {
    const parser = agentFile(place.format);
    const drafts = await read(files, parser);
    return { origin, drafts: drafts.flat(), named: [], diagnostics };
  }
  const [list] = await read(files, claudeJson);
  if (list === undefined) {
    return { origin, drafts: [], named: [], diagnostics };
  }
  const readAll = async (
    parser: FileParser<NamedText>,
    fileOf: (listed: ListedAgent) => NamedFile | undefined,
  ) => {
    const named = list.agents
      .map((listed) => fileOf(listed)?.file)
      .filter((one) => one !== undefined);
    const texts = await read(named, parser);
    return new Map(texts.map((text, index) => [named[index] ?? '', text]));
  };
  const [markdown, contracts] = await Promise.all([
    readAll(namedMarkdown, (listed) => listed.markdown),
    readAll(namedContract, (listed) => listed.contract),
  ]);
  return {
    origin,
    drafts: listedDrafts(list, { markdown, contracts }),
    named: [...markdown.keys()],
    diagnostics: [...diagnostics, ...(list.unread ? [] : list.diagnostics)],
  };
}
