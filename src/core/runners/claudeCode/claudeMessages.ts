import { z } from 'zod';

// What `claude -p --output-format stream-json` prints, as far as it is read here. Fields that are missing or of
// another shape are taken for not told: the format grows with each version.

const count = z.number().nonnegative().catch(0);

const usageSchema = z.looseObject({
  input_tokens: count.optional(),
  output_tokens: count.optional(),
  cache_read_input_tokens: count.optional(),
  cache_creation_input_tokens: count.optional(),
});

const modelUsageSchema = z.looseObject({
  inputTokens: count.optional(),
  outputTokens: count.optional(),
  cacheReadInputTokens: count.optional(),
  cacheCreationInputTokens: count.optional(),
});

const blockSchema = z.union([
  z.looseObject({ type: z.literal('text'), text: z.string() }),
  z.looseObject({
    type: z.literal('tool_use'),
    id: z.string(),
    name: z.string(),
    input: z.unknown().optional(),
  }),
  z.looseObject({
    type: z.literal('tool_result'),
    tool_use_id: z.string(),
    is_error: z.boolean().nullish(),
    content: z.unknown().optional(),
  }),
  z.looseObject({ type: z.string() }).transform(() => ({ type: 'other' as const })),
]);

/** A message as a whole; the text of one by a person may stand without blocks. */
const blocksSchema = z.union([z.array(blockSchema), z.string().transform(() => [])]).catch([]);

const parent = z.string().nullish().catch(undefined);

const messageSchema = z.discriminatedUnion('type', [
  z.looseObject({
    type: z.literal('system'),
    subtype: z.string().catch(''),
    model: z.string().optional().catch(undefined),
    attempt: z.number().optional().catch(undefined),
    max_retries: z.number().optional().catch(undefined),
    retry_delay_ms: z.number().optional().catch(undefined),
    error: z.string().optional().catch(undefined),
  }),
  z.looseObject({
    type: z.literal('stream_event'),
    parent_tool_use_id: parent,
    event: z.looseObject({
      type: z.string(),
      delta: z
        .looseObject({
          type: z.string().optional(),
          text: z.string().optional(),
          thinking: z.string().optional(),
        })
        .optional()
        .catch(undefined),
    }),
  }),
  z.looseObject({
    type: z.literal('assistant'),
    parent_tool_use_id: parent,
    error: z.string().optional().catch(undefined),
    message: z.looseObject({
      model: z.string().optional().catch(undefined),
      content: blocksSchema,
    }),
  }),
  z.looseObject({ type: z.literal('user'), message: z.looseObject({ content: blocksSchema }) }),
  z.looseObject({
    type: z.literal('result'),
    subtype: z.string().catch(''),
    is_error: z.boolean().catch(false),
    result: z.string().optional().catch(undefined),
    structured_output: z.unknown().optional(),
    stop_reason: z.string().nullish().catch(undefined),
    num_turns: count,
    total_cost_usd: z.number().nonnegative().optional().catch(undefined),
    usage: usageSchema.optional().catch(undefined),
    modelUsage: z.record(z.string(), modelUsageSchema).optional().catch(undefined),
    errors: z.array(z.string()).optional().catch(undefined),
  }),
  z.looseObject({
    type: z.literal('control_request'),
    request_id: z.string(),
    request: z.looseObject({
      subtype: z.string(),
      tool_name: z.string().optional(),
      tool_use_id: z.string().optional(),
      input: z.record(z.string(), z.unknown()).optional(),
    }),
  }),
  z.looseObject({
    type: z.literal('control_response'),
    response: z.looseObject({
      subtype: z.string(),
      request_id: z.string(),
      error: z.string().optional(),
    }),
  }),
]);

export type ClaudeMessage = z.infer<typeof messageSchema>;
export type ClaudeResult = Extract<ClaudeMessage, { readonly type: 'result' }>;
export type ClaudeBlock = z.infer<typeof blockSchema>;
export type ControlRequest = Extract<ClaudeMessage, { readonly type: 'control_request' }>;

/** `undefined`: a message of a kind that is not acted on. */
export function claudeMessage(message: unknown): ClaudeMessage | undefined {
  const read = messageSchema.safeParse(message);
  return read.success ? read.data : undefined;
}
