import { frontMatterJsonSchema, jsonSchemas } from '../definitions/jsonSchemas.ts';
import type { AgentFormat } from '../domain/agent.ts';
import type { DefinitionKind } from './definitionKind.ts';
import { frontMatterSchema } from './frontMatterSchemas.ts';
import { SchemaFacts, type JsonSchema } from './schemaFacts.ts';

export type { FieldFact } from './schemaFacts.ts';

/** What the files that are shipped for editors say, made once: they never change. */
let shipped: Readonly<Record<string, SchemaFacts>> | undefined;

const FRONT_MATTER = new Map<AgentFormat, SchemaFacts>();

/** The schema of a kind of files; `undefined`: it has none. */
export function schemaOf(kind: DefinitionKind): SchemaFacts | undefined {
  shipped ??= Object.fromEntries(
    Object.entries(jsonSchemas()).map(([name, schema]) => [
      name,
      new SchemaFacts(schema as JsonSchema),
    ]),
  );
  switch (kind.kind) {
    case 'workflow':
      return shipped['workflow.schema.json'];
    case 'additions':
      return shipped['agents-overlay.schema.json'];
    case 'agent': {
      const schema = frontMatterSchema(kind.format);
      if (schema === undefined) {
        return kind.format === 'sluice' && !kind.markdown
          ? shipped['agent.schema.json']
          : frontMatter(kind.format, () => frontMatterJsonSchema() as JsonSchema);
      }
      return frontMatter(kind.format, () => schema);
    }
  }
}

function frontMatter(format: AgentFormat, schema: () => JsonSchema): SchemaFacts {
  let facts = FRONT_MATTER.get(format);
  if (facts === undefined) {
    facts = new SchemaFacts(schema());
    FRONT_MATTER.set(format, facts);
  }
  return facts;
}
