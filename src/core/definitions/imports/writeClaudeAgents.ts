import { isName } from '../commonSchema.ts';
import { keptFields } from './keptFields.ts';
import type { SourceDocument } from '../source/sourceDocument.ts';
import { writeYaml, YamlFields, type YamlValue } from '../source/yamlWriter.ts';
import type { JsonValue } from '../../domain/workflow.ts';

/**
 * What `.claude/claude.json` says of its agents, as `.sluice/agents.yaml` says it. What has no field there
 * (`file`, `contract`, `priority` …) is kept as a comment. `undefined`: it names no agents.
 */
export function writeClaudeAgents({ root }: SourceDocument): string | undefined {
  const node = root.kind === 'map' ? root.fields.get('agents')?.node : undefined;
  const agents = Object.entries(keptFields(node) ?? {}).filter(([name]) => isName(name));
  return agents.length === 0
    ? undefined
    : agents.map(([name, said]) => writeAgent(name, said)).join('\n');
}

/** Fields of both files with the same meaning, and what `.sluice/agents.yaml` takes for them. */
const FIELDS: Readonly<Record<string, (value: JsonValue) => boolean>> = {
  criticality: (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 10,
  version: (value) => typeof value === 'string' || typeof value === 'number',
  domains: (value) => Array.isArray(value) && value.every((domain) => typeof domain === 'string'),
};

function writeAgent(name: string, said: JsonValue): string {
  const all = typeof said === 'object' && said !== null ? Object.entries(said) : [];
  const isField = ([field, value]: [string, JsonValue]) =>
    Object.hasOwn(FIELDS, field) && FIELDS[field]?.(value) === true;
  const fields = all.filter(isField) satisfies [string, YamlValue][];
  const others = all.filter((one) => !isField(one));
  // JSON is one line, whatever stands in it.
  const comment = others.map(([field, value]) => `${field}: ${JSON.stringify(value)}`).join('\n');
  return writeYaml(new YamlFields([[name, new YamlFields(fields)]]), comment);
}
