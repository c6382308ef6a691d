// Activates the bundled extension that is named, beside a `vscode` that does nothing, and prints what Sluice's own code
// took as one line of JSON. Run by the Node of VS Code's host, which takes types away by itself.
import Module, { createRequire } from 'node:module';

/** Anything that is asked of it is such a thing again: a namespace, a class, an event, what a call returns. */
function anything(own: Record<PropertyKey, unknown> = {}): unknown {
  return new Proxy(function () {}, {
    get: (_, key) =>
      key === 'then' || key === Symbol.iterator
        ? undefined
        : key === Symbol.toPrimitive
          ? () => ''
          : (own[key] ??= key === 'prototype' ? {} : anything()),
    set: (_, key, value: unknown) => {
      own[key] = value;
      return true;
    },
    apply: () => anything(),
    construct: () => anything() as object,
  });
}

const loader = Module as unknown as {
  _load: (request: string, ...rest: unknown[]) => unknown;
};
const load = loader._load;
const vscode: Record<PropertyKey, unknown> = {
  env: anything({ appRoot: '/' }),
  workspace: anything({ isTrusted: false, textDocuments: [] }),
  window: anything({ visibleTextEditors: [] }),
};
const host = new Proxy(vscode, {
  get: (known, name) => (known[name] ??= anything()),
});
loader._load = (request, ...rest) =>
  request === 'vscode' ? host : load.call(loader, request, ...rest);

const require = createRequire(import.meta.url);
// VS Code has loaded these long before.
for (const name of ['fs/promises', 'child_process', 'crypto', 'timers/promises', 'os', 'path']) {
  require(`node:${name}`);
}
const [, , bundle = ''] = process.argv;
const cpu = process.cpuUsage();
const begun = performance.now();
const { activate } = require(bundle) as {
  readonly activate: (context: unknown) => Promise<void>;
};
const read = performance.now() - begun;
await activate(anything());
const { user, system } = process.cpuUsage(cpu);
console.log(JSON.stringify({ read, wall: performance.now() - begun, cpu: (user + system) / 1000 }));
process.exit(0);
