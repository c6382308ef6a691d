import { z } from 'zod';
import type { Clock } from '../../base/clock.ts';
import { canonicalJson } from '../../base/digest.ts';
import type { AgentName } from '../../domain/ids.ts';
import type { SharedAnswers } from '../../domain/sharing.ts';
import type { ToolAnswer } from '../../domain/tool.ts';
import type { JsonValue } from '../../domain/workflow.ts';

/** Of the shape of what is kept, and of how agents are asked. */
const VERSION = 1;
const NAMESPACE = 'model_response';

const KEPT = z.object({
  at: z.number(),
  text: z.string(),
  models: z.array(
    z
      .object({ asked: z.string(), served: z.string().optional() })
      .transform(({ asked, served }) => ({ asked, served })),
  ),
});

/** All that decides what an agent answers that is asked as a tool. */
export interface AskedQuestion {
  readonly agent: AgentName;
  readonly instructions: string;
  /** The one that is to answer, as `provider/model`. */
  readonly model: string;
  readonly schema: JsonValue | undefined;
  readonly input: JsonValue;
}

export interface NewAnswer {
  readonly answer: ToolAnswer;
  /** False: it is for who asked alone. */
  readonly mayStand: boolean;
}

/** The answer for all who ask the same: one of them pays for it. @throws the signal's reason, and what `ask` throws */
export async function sharedAnswer(
  shared: SharedAnswers,
  { agent, instructions, model, schema, input }: AskedQuestion,
  { clock, redact }: { readonly clock: Clock; readonly redact: (text: string) => string },
  ask: (signal: AbortSignal) => Promise<NewAnswer>,
  signal: AbortSignal,
): Promise<ToolAnswer> {
  const own: { answer?: ToolAnswer } = {};
  const text = await shared.share(
    {
      namespace: NAMESPACE,
      facts: canonicalJson({ asked: VERSION, instructions, model, schema }),
      text: canonicalJson(input),
      agent,
    },
    async (shared) => {
      // The call is one of this attempt, and stands in its ledger: it ends with the attempt, whoever else waits.
      const { answer, mayStand } = await ask(AbortSignal.any([shared, signal]));
      own.answer = answer;
      const kept = { at: clock.now(), text: redact(answer.text), models: answer.models ?? [] };
      return { text: JSON.stringify(kept), keep: mayStand };
    },
    signal,
  );
  if (own.answer !== undefined) {
    return own.answer;
  }
  const kept = KEPT.safeParse(jsonOf(text));
  return kept.success
    ? {
        text: kept.data.text,
        isError: false,
        models: kept.data.models,
        keptFrom: kept.data.at,
      }
    : (await ask(signal)).answer;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
