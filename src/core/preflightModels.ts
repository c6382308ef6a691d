import type { Agent } from './domain/agent.ts';
import type { ModelPort } from './domain/modelPort.ts';
import type { RunPlan } from './domain/workflow.ts';
import { modelName, type ModelRef } from './domain/call.ts';
import type { Facts, ModelFact, ModelPrice } from './preflight/facts.ts';
import { modelNames, OWN_CHOICE } from './preflight/models.ts';

/** Who can be asked about models. */
export interface KnownModels extends Pick<ModelPort, 'resolve'> {
  /** `undefined`: it has none. */
  price(model: ModelRef): ModelPrice | undefined;
  /** Why an embedding model turns no text into vectors: a sentence; `undefined`: it does. Asks it nothing. */
  embeddingProblem(model: string, signal: AbortSignal): Promise<string | undefined>;
}

/** Why the embedding models of the plan cannot be asked, by their names. @throws the signal's reason once it aborts */
export async function embeddingFaults(
  { tasks }: Pick<RunPlan, 'tasks'>,
  models: Pick<KnownModels, 'embeddingProblem'> | undefined,
  signal: AbortSignal,
): Promise<Facts['embeddingFaults']> {
  const names = new Set(
    tasks.flatMap(({ step }) =>
      step.kind === 'agent' ? (step.terms.cache?.similar?.model ?? []) : [],
    ),
  );
  const found = await Promise.all(
    [...names].map(async (name) => [name, await models?.embeddingProblem(name, signal)] as const),
  );
  return new Map(found.flatMap(([name, why]) => (why === undefined ? [] : [[name, why] as const])));
}

/** What the names of the plan's models come to here. Asks no model anything. @throws the signal's reason once it aborts */
export async function modelFacts(
  { tasks, agents }: Pick<RunPlan, 'tasks' | 'agents'>,
  models: KnownModels | undefined,
  signal: AbortSignal,
): Promise<Facts['models']> {
  if (models === undefined) {
    return undefined;
  }
  const asked = (agent: Agent | undefined, names: readonly string[]): readonly string[] =>
    agent?.runner.kind !== 'model' ? [] : names.length === 0 ? [OWN_CHOICE] : names;
  const names = new Set([
    ...tasks.flatMap(({ step }) =>
      step.kind === 'agent'
        ? asked(agents[step.agent], modelNames(step.terms, agents[step.agent]))
        : [],
    ),
    ...Object.values(agents).flatMap((agent) => asked(agent, modelNames(undefined, agent))),
  ]);
  const factOf = async (name: string): Promise<ModelFact> => {
    const { usable, problems } = await models.resolve(name === OWN_CHOICE ? [] : [name], signal);
    const [first] = usable;
    if (first === undefined) {
      const why = problems.map((problem) => problem.why).join(' ');
      return { kind: 'unusable', why: why === '' ? 'Nothing here serves it.' : why };
    }
    return { kind: 'usable', name: modelName(first), price: models.price(first) };
  };
  return new Map(
    await Promise.all([...names].map(async (name) => [name, await factOf(name)] as const)),
  );
}
