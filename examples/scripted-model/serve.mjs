// node examples/scripted-model/serve.mjs <script.json> [--port N]
// Serves a script until it is ended, and prints what a provider's settings need.
import { parseArgs } from 'node:util';
import { readScript } from './script.mjs';
import { ScriptedModel } from './scriptedModel.mjs';

const { values, positionals } = parseArgs({
  options: { port: { type: 'string', default: '0' } },
  allowPositionals: true,
});
const [file] = positionals;
const port = Number(values.port);
if (file === undefined || positionals.length > 1 || !Number.isInteger(port)) {
  console.error('Usage: node examples/scripted-model/serve.mjs <script.json> [--port N]');
  process.exit(2);
}
try {
  const model = await ScriptedModel.start(readScript(file), {
    port,
    onSeen: ({ prompt, turn, trouble }) =>
      console.log(trouble ?? `answer ${turn + 1} to "${prompt.trim().split('\n')[0]}"`),
  });
  console.log(`scripted-model (no model: it answers from ${file}) at ${model.baseURL}`);
  console.log(JSON.stringify(model.settings, null, 2));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
