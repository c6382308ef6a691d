import fs from 'node:fs';
import path from 'node:path';

/** What each needed task printed, by its agent. Of several tasks of one agent the last by name counts. */
export function answersByAgent(needs) {
  return new Map(tasksIn(needs).map(({ agent, output }) => [agent, output]));
}

/** The needed tasks that succeeded, by name. */
export function tasksIn(needs) {
  if (!fs.existsSync(needs)) {
    return [];
  }
  return fs
    .readdirSync(needs)
    .sort()
    .flatMap((name) => {
      const task = JSON.parse(fs.readFileSync(path.join(needs, name, 'task.json'), 'utf8'));
      const output = path.join(needs, name, 'output');
      return fs.existsSync(output)
        ? [{ name, agent: task.agent, output: fs.readFileSync(output, 'utf8') }]
        : [];
    });
}

/** The JSON in an answer: all of it, or what is in its only code block. `undefined`: there is none. */
export function jsonIn(answer) {
  const blocks = [...answer.matchAll(/^```(?:json)?[ \t]*\r?\n([\s\S]*?)^```/gm)];
  for (const text of [answer, ...(blocks.length === 1 ? [blocks[0][1]] : [])]) {
    try {
      return JSON.parse(text);
    } catch {
      // The other one may be it.
    }
  }
  return undefined;
}
