import { z } from 'zod';
import { agentFileSchema } from './agentSchema.ts';
import { workflowFileSchema } from './workflowSchema.ts';

/** JSON Schemas (draft 7) that editors check and complete definition files with, by file name. */
export function jsonSchemas(): Readonly<Record<string, unknown>> {
  const asJson = (schema: z.ZodType) =>
    z.toJSONSchema(schema, { io: 'input', target: 'draft-7' }) as unknown;
  return {
    'agent.schema.json': asJson(agentFileSchema),
    'workflow.schema.json': asJson(workflowFileSchema),
  };
}
