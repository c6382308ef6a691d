import type { AcpLaunch, AgentFormat } from '../../domain/agent.ts';
import { acpAgentSchema } from './agentSchema.ts';
import { agentDraft, describeAgent } from './agentParts.ts';
import * as problems from './agentProblems.ts';
import { readDeclared } from './declaredSchemas.ts';
import type { AgentDraft } from '../entries.ts';
import type { DocumentReader } from '../source/shape.ts';
import type { SourcePath } from '../source/sourceDocument.ts';

/** Told by its shape: nothing of Sluice's own has a distribution. */
export function isAcpAgent(value: Readonly<Record<string, unknown>>): boolean {
  return 'distribution' in value && !('command' in value) && !('instructions' in value);
}

/** An entry of an ACP registry. @param path where it stands in its file */
export function readAcpAgent(
  reader: DocumentReader,
  path: SourcePath,
  value: Readonly<Record<string, unknown>>,
): AgentDraft {
  const format: AgentFormat = 'acp';
  const fields = reader.fields(acpAgentSchema, path, value);
  const launches = fields.distribution === undefined ? [] : readLaunches(reader, path);
  if (fields.distribution !== undefined && launches.length === 0) {
    reader.report([...path, 'distribution'], problems.noLaunch());
  }
  // People know it by its name, workflows by its id.
  const described = { ...fields, name: fields.id };
  const agent = describeAgent(reader, described, path, 'id');
  const declares = readDeclared(reader, path, { 'output-schema': fields['output-schema'] });
  const shownName = fields.name === undefined ? '' : reader.textAt([...path, 'name']);
  return agentDraft(
    {
      ...agent,
      description: agent.description === '' ? shownName : agent.description,
      format,
      runner: { kind: 'acp', launches },
    },
    reader,
    declares,
    [...path, 'id'],
  );
}

/** In the order they are tried: packages first, which need no download by hand. */
function readLaunches(reader: DocumentReader, path: SourcePath): AcpLaunch[] {
  const { document } = reader;
  const at = [...path, 'distribution'];
  const launches: AcpLaunch[] = [];
  for (const kind of ['npx', 'uvx'] as const) {
    if (document.nodeAt([...at, kind]) !== undefined) {
      const starter: [string, ...string[]] = kind === 'npx' ? ['npx', '--yes'] : ['uvx'];
      launches.push({
        kind,
        command: [...starter, reader.textAt([...at, kind, 'package']), ...wordsAt([kind, 'args'])],
        env: envAt([kind, 'env']),
        platform: undefined,
        archive: undefined,
      });
    }
  }
  for (const platform of document.keysAt([...at, 'binary'])) {
    const one = ['binary', platform];
    launches.push({
      kind: 'binary',
      command: [reader.textAt([...at, ...one, 'cmd']), ...wordsAt([...one, 'args'])],
      env: envAt([...one, 'env']),
      platform,
      archive: document.textAt([...at, ...one, 'archive']),
    });
  }
  return launches;

  function wordsAt(inner: SourcePath): string[] {
    const node = document.nodeAt([...at, ...inner]);
    const items = node?.kind === 'list' ? node.items : [];
    return items.map((_, index) => reader.textAt([...at, ...inner, index]));
  }

  function envAt(inner: SourcePath): Readonly<Record<string, string>> {
    const names = document.keysAt([...at, ...inner]);
    return Object.fromEntries(
      names.map((name) => [name, reader.textAt([...at, ...inner, name])] as const),
    );
  }
}
