import { TextDecoder } from 'node:util';
import { z } from 'zod';
import type { Clock } from '../base/clock.ts';
import { err, ok, type Result } from '../base/result.ts';
import { plainText } from '../base/text.ts';
import type { Tool } from '../domain/tool.ts';
import { beginOf } from './cutText.ts';
import { FENCE_NOTE, fenced } from './fenced.ts';
import { OUTSIDE } from './looks.ts';
import { ownTool } from './ownTool.ts';
import type { ToolPlace } from './parts.ts';
import { readableText } from './readableText.ts';
import * as problems from './toolProblems.ts';
import { getPage, type Web, type WebPage } from './webRequest.ts';

/** Characters in one answer. */
const MOST_TEXT = 40_000;

const schema = z.strictObject({
  url: z.string().min(1).max(4000).describe('A whole address that begins with https:// or http://'),
  offset: z
    .int()
    .min(0)
    .optional()
    .describe('Characters of the text to pass over, to go on with a long one. Default 0'),
});

export function fetchTool({ root, marker, lookUp }: ToolPlace, web: Web, clock: Clock): Tool {
  // Of a host that is named no longer nothing is told that was kept of it.
  const of = { tool: 'fetch', namedHosts: [...web.namedHosts].sort() };
  return ownTool(
    {
      name: 'fetch',
      description: `Gets a page of the web as text, at most ${MOST_TEXT} characters a call. Only public addresses, only text. ${FENCE_NOTE}`,
      schema,
      does: 'reach',
      summary: ({ url }) => `fetch ${url}`,
      run: async ({ url, offset = 0 }, signal, looks) => {
        looks.read(OUTSIDE);
        // The whole page: whoever goes on with it goes on in the same.
        const { result, keptFrom } = await lookUp(
          { of, input: { url: withoutFragment(url) } },
          (signal) => getText(url, web, clock, signal),
          signal,
        );
        if (!result.ok) {
          return result;
        }
        looks.keptFrom = keptFrom;
        const begin = result.value.indexOf('\n');
        const address = result.value.slice(0, begin);
        const whole = result.value.slice(begin + 1);
        const part = beginOf(whole.slice(offset), MOST_TEXT);
        if (part.trim() === '') {
          return ok(
            offset === 0
              ? 'The page has no text.'
              : `The text has only ${whole.length} characters: there is nothing behind ${offset}.`,
          );
        }
        const next = offset + part.length;
        const rest = next < whole.length ? `\nThere is more: go on with offset ${next}.` : '';
        return ok(
          `Text from outside, ${whole.length} characters in all.\n${fenced(part, address, marker)}${rest}`,
        );
      },
    },
    root,
  );
}

/** What no server is told. */
function withoutFragment(url: string): string {
  return url.replace(/#[^]*$/, '');
}

/** The address that answered, a line feed, and its text. */
async function getText(
  url: string,
  web: Web,
  clock: Clock,
  signal: AbortSignal,
): Promise<Result<string, string>> {
  const page = await getPage(url, web, clock, signal);
  if (!page.ok) {
    return page;
  }
  const text = textOf(page.value);
  return text.includes('\0')
    ? err(problems.notText('binary'))
    : ok(`${page.value.address}\n${plainText(text)}`);
}

function textOf({ type, body }: WebPage): string {
  // Many pages say their characters only in themselves.
  const head = body.subarray(0, 2048).toString('latin1');
  const label =
    /charset\s*=\s*"?'?([\w-]+)/.exec(type) ??
    /<meta[^>]{0,200}charset\s*=\s*["']?([\w-]+)/i.exec(head);
  const text = decoder(label?.[1]).decode(body);
  const isHtml = /html/.test(type) || (type === '' && /^\s*<(?:!doctype|html)/i.test(head));
  return isHtml ? readableText(text) : text;
}

function decoder(label = 'utf-8'): TextDecoder {
  try {
    return new TextDecoder(label);
  } catch {
    return new TextDecoder('utf-8');
  }
}
