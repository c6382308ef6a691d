import { isBinary } from '../base/text.ts';
import { ok, type Result } from '../base/result.ts';
import type { Failure } from '../domain/failure.ts';
import type { GateEvidence, WantedChange } from '../domain/runState.ts';
import type { AgentStep, PlannedTask } from '../domain/workflow.ts';
import type { BlobPort } from './parts.ts';
import { renderText, type RenderContext } from './render.ts';

/** Bytes of what a task made before that its prompt holds, all in all. */
const MOST_SHOWN = 64 * 1024;

/** What is asked of a task's agent: its prompt, and what people want changed about what it made. */
export async function promptOf(
  { id, names }: PlannedTask,
  step: AgentStep,
  context: RenderContext,
): Promise<Result<string, Failure>> {
  const { state, blobs } = context;
  const written = state.edits.get(id)?.prompt ?? step.prompt;
  const prompt = await renderText(written, `${step.id}.prompt`, names, context);
  const wanted = state.wanted.get(id) ?? [];
  return prompt.ok && wanted.length > 0
    ? ok(
        [prompt.value, ...(await wantedText(wanted, blobs))]
          .filter((part) => part !== '')
          .join('\n\n'),
      )
    : prompt;
}

async function wantedText(
  wanted: readonly WantedChange[],
  blobs: BlobPort,
): Promise<readonly string[]> {
  const made = wanted.at(-1)?.made;
  const shown = made === undefined ? [] : await madeText(made, blobs);
  return [
    'You have done this before, and were asked for changes:',
    wanted.map(({ note, by }) => `- ${by.name}: ${note.trim()}`).join('\n'),
    ...(shown.length === 0
      ? []
      : ['This is what you made last. Make it anew, with the changes.', ...shown]),
  ];
}

/** Texts only, and as many as there is room for: its copy begins without them. */
async function madeText(
  { output, artifacts }: GateEvidence,
  blobs: BlobPort,
): Promise<readonly string[]> {
  const shown: string[] = [];
  let room = MOST_SHOWN;
  const files = artifacts.map(({ path, digest, bytes }) => ({ name: path, digest, bytes }));
  const all =
    output === undefined ? files : [{ name: 'Your answer', digest: output, bytes: 0 }, ...files];
  for (const { name, digest, bytes } of all) {
    if (bytes > room) {
      continue;
    }
    const content = await blobs.read(digest);
    if (content.length <= room && content.length > 0 && !isBinary(content)) {
      room -= content.length;
      shown.push(`--- ${name}\n${new TextDecoder().decode(content).trimEnd()}`);
    }
  }
  return shown;
}
