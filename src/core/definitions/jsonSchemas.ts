import { z } from 'zod';
import { agentsOverlayFileSchema } from './agents/agentOverlay.ts';
import { agentFileSchema, markdownAgentSchema } from './agents/agentSchema.ts';
import { todoFileSchema } from './imports/todoSchema.ts';
import { workflowFileSchema } from './workflows/workflowSchema.ts';

/** JSON Schemas (draft 7) that editors check and complete definition files with, by file name. */
export function jsonSchemas(): Readonly<Record<string, unknown>> {
  return {
    'agent.schema.json': asJson(agentFileSchema),
    'agents-overlay.schema.json': asJson(agentsOverlayFileSchema),
    'todo.schema.json': asJson(todoFileSchema),
    'workflow.schema.json': asJson(workflowFileSchema),
  };
}

/** Of the front matter of `.sluice/agents/*.md`, which no editor checks by a schema file. */
export function frontMatterJsonSchema(): unknown {
  return asJson(markdownAgentSchema.meta({ title: 'Model agent' }));
}

function asJson(schema: z.ZodType): unknown {
  return z.toJSONSchema(schema, { io: 'input', target: 'draft-7' });
}
