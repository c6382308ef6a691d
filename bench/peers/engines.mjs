// The peers' engines, each as its own documentation writes a graph of steps that do nothing.

/** @param {{ readyQueue: Function, levelsOf: Function, nothing: () => Promise<void>, atOnce: number }} tools */
export function peers({ readyQueue, levelsOf, nothing, atOnce }) {
  return {
    'p-queue': async () => {
      const { default: PQueue } = await import('p-queue');
      return (dag) => {
        const queue = new PQueue({ concurrency: atOnce });
        return readyQueue(dag, (done) => void queue.add(nothing).then(done));
      };
    },

    langgraph: async () => {
      process.env.LANGSMITH_TRACING = 'false';
      const { StateGraph, Annotation, START, END } = await import('@langchain/langgraph');
      return async ({ needs }) => {
        const state = Annotation.Root({
          done: Annotation({ reducer: (a, b) => a + b, default: () => 0 }),
        });
        let graph = new StateGraph(state);
        const needed = new Set(needs.flat());
        needs.forEach((_, n) => {
          graph = graph.addNode(`s${n}`, () => Promise.resolve({ done: 1 }));
        });
        needs.forEach((own, n) => {
          const from = own.map((need) => `s${need}`);
          graph.addEdge(from.length === 0 ? START : from.length === 1 ? from[0] : from, `s${n}`);
          if (!needed.has(n)) {
            graph.addEdge(`s${n}`, END);
          }
        });
        const options = { recursionLimit: needs.length * 2 + 10, maxConcurrency: atOnce };
        const { done } = await graph.compile().invoke({ done: 0 }, options);
        if (done !== needs.length) {
          throw new Error(`${done} of ${needs.length} steps were done`);
        }
      };
    },

    // It has no free graphs: levels side by side, one behind the other.
    mastra: async () => {
      const { createWorkflow, createStep } = await import('@mastra/core/workflows');
      const { z } = await import('zod');
      const schemas = { inputSchema: z.any(), outputSchema: z.any() };
      return async (dag) => {
        let workflow = createWorkflow({ id: 'w', ...schemas });
        for (const level of levelsOf(dag)) {
          const steps = level.map((n) =>
            createStep({ id: `s${n}`, ...schemas, execute: () => Promise.resolve({}) }),
          );
          workflow = steps.length === 1 ? workflow.then(steps[0]) : workflow.parallel(steps);
        }
        workflow.commit();
        const run = await workflow.createRun();
        const { status } = await run.start({ inputData: {} });
        if (status !== 'success') {
          throw new Error(`it ended ${status}`);
        }
      };
    },
  };
}
