import type { Clock } from '../../base/clock.ts';
import { oneLine } from '../../base/text.ts';
import type { Agent, AgentAsTool, ModelSpec } from '../../domain/agent.ts';
import { modelName, type CallFailureKind } from '../../domain/call.ts';
import { textOf, type ChatMessage } from '../../domain/chat.ts';
import { failureText } from '../../domain/failureText.ts';
import type { ModelPort, UsableModel } from '../../domain/modelPort.ts';
import type { RunnerRequest } from '../../domain/runner.ts';
import { isServedAs } from '../../domain/servedModel.ts';
import type { Tool, ToolAnswer } from '../../domain/tool.ts';
import type { JsonValue } from '../../domain/workflow.ts';
import type { SharedAnswers } from '../../domain/sharing.ts';
import { pause } from '../waiting.ts';
import { sharedAnswer, type NewAnswer } from './askedAnswer.ts';
import { jsonIn } from './jsonAnswer.ts';
import { ModelChoice } from './modelChoice.ts';
import type { NumberedCalls, Voice } from './numberedCalls.ts';
import { askedFor } from './prompts.ts';

/** Longest wait for a provider while another model waits for the answer, in milliseconds. */
const LONGEST_WAIT_MS = 60_000;

export interface AskedAgentParts {
  readonly request: RunnerRequest;
  readonly models: ModelPort;
  readonly calls: NumberedCalls;
  readonly voice: Voice;
  readonly clock: Clock;
  /** `undefined`: each is asked anew. */
  readonly shared: SharedAnswers | undefined;
  /** Hides secrets. */
  readonly redact: (text: string) => string;
}

/** Agents of the plan that the request's agent names as tools. */
export function askedAgents(parts: AskedAgentParts): readonly Tool[] {
  const { agent, agents } = parts.request;
  const wanted = new Set(agent.tools ?? []);
  return Object.values(agents).flatMap((other) => {
    const { asTool, runner } = other;
    return asTool !== undefined && wanted.has(asTool.name) && runner.kind === 'model'
      ? [askedAgent(other, asTool, runner, parts)]
      : [];
  });
}

/** A second model as a tool: it is asked once, has no tools of its own, and answers as its schema says. */
function askedAgent(
  agent: Agent,
  { name, inputSchema }: AgentAsTool,
  spec: ModelSpec,
  parts: AskedAgentParts,
): Tool {
  return {
    name,
    inputSchema,
    description: agent.description,
    // It looks at nothing but the question, and changes nothing.
    does: 'read',
    summary: (input) => oneLine(`asks ${agent.name}: ${JSON.stringify(input)}`),
    call: async (input, signal) => {
      try {
        return await askOnce(agent, spec, input, parts, signal);
      } catch (thrown) {
        if (signal.aborted) {
          return { text: 'Stopped.', isError: true };
        }
        throw thrown;
      }
    },
  };
}

async function askOnce(
  agent: Agent,
  spec: ModelSpec,
  input: JsonValue,
  parts: AskedAgentParts,
  signal: AbortSignal,
): Promise<ToolAnswer> {
  const { models, shared } = parts;
  const choice = new ModelChoice(models);
  const names = agent.terms.models ?? spec.models;
  const picked = await choice.pick(names, undefined, signal);
  if (!picked.ok) {
    return { text: failureText(picked.error).title, isError: true };
  }
  const answer = (signal: AbortSignal) =>
    answerOf(agent, spec, input, { ...parts, choice, first: picked.value }, signal);
  if (shared === undefined || agent.terms.cache?.use === false) {
    return (await answer(signal)).answer;
  }
  const question = {
    agent: agent.name,
    instructions: spec.instructions,
    model: modelName(picked.value),
    schema: agent.outputSchema,
    input,
  };
  return await sharedAnswer(shared, question, parts, answer, signal);
}

/** The model's own answer; `mayStand`: for others who ask the same of the same model, too. */
async function answerOf(
  agent: Agent,
  spec: ModelSpec,
  input: JsonValue,
  {
    request,
    models,
    calls,
    voice,
    clock,
    choice,
    first,
  }: AskedAgentParts & { readonly choice: ModelChoice; readonly first: UsableModel },
  signal: AbortSignal,
): Promise<NewAnswer> {
  const wrong = (text: string): NewAnswer => ({ answer: { text, isError: true }, mayStand: false });
  let model = first;
  const schema = agent.outputSchema;
  const messages: ChatMessage[] = [{ role: 'user', text: JSON.stringify(input, null, 2) }];
  const tries = new Map<CallFailureKind, number>();
  let waitedMs = 0;
  let repaired = false;
  for (;;) {
    const outcome = await calls.make(
      {
        model,
        messages: [...messages],
        tools: [],
        criticality: request.agent.criticality,
        ...askedFor(spec.instructions, schema, model, false),
      },
      // What it says is for the model that asked.
      {
        said: () => undefined,
        thought: () => undefined,
        note: (kind, text) => voice.note(kind, text),
      },
      () => undefined,
      signal,
    );
    let until: number;
    switch (outcome.kind) {
      case 'cancelled':
        return wrong('Stopped.');
      case 'wait':
        ({ until } = outcome);
        break;
      case 'answered': {
        const text =
          schema === undefined ? textOf(outcome.message) : jsonIn(textOf(outcome.message));
        const problems = schema === undefined ? [] : await request.schemaProblems(schema, text);
        if (problems.length === 0) {
          const by = { asked: modelName(model), served: outcome.served };
          return {
            answer: { text, isError: false, models: [by] },
            mayStand: model === first && isAsAsked(model, outcome.served),
          };
        }
        if (repaired) {
          return wrong(`Its answer is not as its schema says: ${problems.join(' ')}`);
        }
        repaired = true;
        messages.push(outcome.message, { role: 'user', text: repairText(problems) });
        continue;
      }
      case 'failed': {
        const { failure } = outcome;
        const count = (tries.get(failure.kind) ?? 0) + 1;
        tries.set(failure.kind, count);
        const remedy = models.afterFailure({
          model,
          failure,
          tries: count,
          waitedMs,
          policy: agent.terms.calls,
          criticality: request.agent.criticality,
          hasFallback: choice.hasFallback,
        });
        const next = remedy.kind === 'fallback' ? choice.fallBack() : undefined;
        if (next !== undefined) {
          model = next;
          continue;
        }
        if (remedy.kind !== 'again') {
          return wrong(`${modelName(model)} did not answer: ${failure.message}`);
        }
        until = remedy.at;
        break;
      }
    }
    const ms = Math.max(0, until - clock.now());
    if (waitedMs + ms > LONGEST_WAIT_MS) {
      return wrong(`${modelName(model)} takes no more calls for now. Try again later.`);
    }
    await pause(clock, ms, signal);
    waitedMs += ms;
  }
}

function isAsAsked({ model }: UsableModel, served: string | undefined): boolean {
  return served === undefined || isServedAs(model, served);
}

/** What a model is told of an answer that is not as it was to be. */
export function repairText(problems: readonly string[]): string {
  const list = problems.map((problem) => `- ${problem}`).join('\n');
  return `Your answer does not satisfy the JSON Schema it was to satisfy:\n${list}\n\nAnswer again, with nothing but the corrected JSON.`;
}
