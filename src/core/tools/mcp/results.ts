import { z } from 'zod';
import { canonicalJson } from '../../base/digest.ts';
import { formatBytes } from '../../base/text.ts';
import type { ToolAnswer } from '../../domain/tool.ts';

/** As `ToolAnswer.text` says, in UTF-16 units. */
const MAX_TEXT = 100_000;

/** What a call gives; kinds of content that came later than this are described too. */
export const CALL_RESULT = z.looseObject({
  content: z.array(z.unknown()).default([]),
  structuredContent: z.unknown().optional(),
  isError: z.boolean().optional(),
});

const RESOURCE = z.looseObject({
  uri: z.string(),
  mimeType: z.string().optional(),
  text: z.string().optional(),
  blob: z.string().optional(),
});

const BLOCK = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('text'), text: z.string() }),
  z.looseObject({
    type: z.enum(['image', 'audio']),
    data: z.string(),
    mimeType: z.string().optional(),
  }),
  z.looseObject({ type: z.literal('resource'), resource: RESOURCE }),
  z.looseObject({
    type: z.literal('resource_link'),
    uri: z.string(),
    name: z.string().optional(),
    description: z.string().optional(),
  }),
]);

/** Everything a call gave as text: what is no text is described. */
export function answerOf(result: z.infer<typeof CALL_RESULT>): ToolAnswer {
  const texts = result.content.map(textOfBlock);
  const { structuredContent: structured } = result;
  if (structured !== undefined && !result.content.some((block) => says(block, structured))) {
    texts.push(JSON.stringify(structured, undefined, 2));
  }
  const text = texts.join('\n\n');
  return { text: shortened(text === '' ? '(no output)' : text), isError: result.isError === true };
}

function textOfBlock(block: unknown): string {
  const parsed = BLOCK.safeParse(block);
  if (!parsed.success) {
    return `[content that is not known: ${JSON.stringify(block).slice(0, 200)}]`;
  }
  const known = parsed.data;
  switch (known.type) {
    case 'text':
      return known.text;
    case 'image':
    case 'audio':
      return `[${known.type}, ${known.mimeType ?? 'of unknown type'}, ${sizeOf(known.data)}: not shown]`;
    case 'resource_link':
      return [`[resource ${known.uri}]`, known.name, known.description].filter(Boolean).join(' ');
    case 'resource': {
      const { uri, mimeType, text, blob } = known.resource;
      return text === undefined
        ? `[resource ${uri}, ${mimeType ?? 'of unknown type'}, ${sizeOf(blob ?? '')}: not shown]`
        : `[resource ${uri}]\n${text}`;
    }
  }
}

/** True when the block is the structured content as text, or its one text, which servers add for older clients. */
function says(block: unknown, structured: unknown): boolean {
  const parsed = BLOCK.safeParse(block);
  if (!parsed.success || parsed.data.type !== 'text') {
    return false;
  }
  const { text } = parsed.data;
  const members = Object.values(structured ?? {}) as unknown[];
  if (members.length === 1 && members[0] === text) {
    return true;
  }
  try {
    return canonicalJson(JSON.parse(text)) === canonicalJson(structured);
  } catch {
    return false;
  }
}

/** Of what Base64 stands for. */
function sizeOf(base64: string): string {
  return formatBytes(Math.floor((base64.length * 3) / 4));
}

export function shortened(text: string): string {
  if (text.length <= MAX_TEXT) {
    return text;
  }
  const note = `\n\n[${text.length - MAX_TEXT + 100} more characters are left out]`;
  return text.slice(0, MAX_TEXT - 100) + note;
}
