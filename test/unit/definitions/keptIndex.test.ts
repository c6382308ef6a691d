import assert from 'node:assert/strict';
import v8 from 'node:v8';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { systemClock } from '../../../src/core/base/clock.ts';
import { DefinitionIndex } from '../../../src/core/definitions/files/definitionIndex.ts';
import { readDefinitions } from '../../../src/core/definitions/project.ts';
import { readSourceFile } from '../../../src/core/definitions/files/readSource.ts';
import { anyText } from '../../support/anyText.ts';
import { sampleOf } from '../../support/sample.ts';
import { TemporaryFolder } from './folder.ts';

const never = new AbortController().signal;

/** One at which every file there is was written long ago. */
const LATER = { now: () => Date.now() + 60_000, monotonic: () => systemClock.monotonic() };
const BUILD = 'a build';

const REGISTRY = {
  id: 'coder',
  name: 'Coder',
  version: '1.2.0',
  description: 'Writes code.',
  distribution: { npx: { package: '@some/coder', args: ['--acp'], env: { KEY: 'x' } } },
};

/** One of every kind of agent, right and wrong. */
const FILES: Readonly<Record<string, string>> = {
  '.sluice/agents/command.yaml': `
command: [make, "all"]
description: Makes — with ünïcode 🚀.
criticality: 9
version: 1.10
domains: [a, b]
env: { A: "\${{ inputs.x }}", __proto__: y, constructor: z }
owns: [src/**]
never: [secret]
probe: [test, -f, x]
effects: external
timeout: 5m
`,
  '.sluice/agents/model.yaml': 'instructions: |\n  Do it.\nmodel: [a, b]\nbudget: { usd: 1.5 }\n',
  '.sluice/agents/asked.yaml': `
instructions: Answer.
output-schema: { type: object, properties: { constructor: { type: string } } }
tool: { name: ask, input: schemas/input.json }
mcp-servers: [github, { own: { command: x, env: { A: b } } }]
`,
  'schemas/input.json': '{ "type": "object" }',
  '.sluice/agents/bare.yaml': 'command: [true]\n',
  '.sluice/agents/wrong.yaml': 'comand: [true]\nenv: { A: "${{ nowhere.x }}" }\n',
  '.sluice/agents/empty.yaml': '',
  '.sluice/agents/binary.md': '\u0000',
  '.sluice/agents/acp.json': JSON.stringify(REGISTRY),
  '.sluice/agents/registry.json': JSON.stringify({
    version: '1.0.0',
    agents: [{ ...REGISTRY, id: 'second' }, 3],
  }),
  '.sluice/agents.yaml': 'plain: { criticality: 2 }\nlisted: { command: [make], env: { A: x } }\n',
  '.github/agents/plain.agent.md': '---\ndescription: x\ntools: [a, b]\n---\nDo it.\n',
  '.github/agents/wild.agent.md': '---\ndescription: x\nstrange: { a: [1] }\n---\nDo it.\n',
  '.claude/agents/deep/claude.md': '---\nname: claude\ndescription: x\n---\nDo it — now.\n',
  '.claude/agents/twin.md': '---\nname: claude\ndescription: x\n---\nDo it.\n',
  '.claude/agents/none.md': 'no front matter\n',
  '.claude/agents/broken.md': '---\nname: [\n---\nDo it.\n',
  '.claude/claude.json': JSON.stringify({
    agents: {
      listed: { file: 'prompts/listed.md', contract: 'prompts/contract.txt', priority: 2 },
      lost: { file: 'prompts/lost.md' },
    },
  }),
  '.claude/prompts/listed.md': '# Listed\n\n## Role\n\nLists.\n',
  '.claude/prompts/contract.txt': 'Be kind.\n',
};

describe('An index that is kept for the next program', () => {
  let folder: TemporaryFolder;
  beforeEach(() => {
    folder = new TemporaryFolder();
    for (const [file, text] of Object.entries(FILES)) {
      folder.write(file, text);
    }
  });
  afterEach(() => folder.dispose());

  const kept = async (build = BUILD) => {
    const index = new DefinitionIndex({ folder: folder.path, home: undefined, clock: LATER });
    await index.refresh(never);
    return Buffer.from(await index.keep(build, never));
  };
  const restored = async (bytes: Buffer, build = BUILD) => {
    const read: string[] = [];
    const index = new DefinitionIndex({
      folder: folder.path,
      home: undefined,
      clock: LATER,
      read: (at, file) => {
        read.push(file);
        return readSourceFile(at, file);
      },
    });
    const taken = await index.restore(bytes, build, never);
    return { taken, definitions: await index.refresh(never), read };
  };

  it('gives back every kind of agent as it was parsed, and reads none of their files', async () => {
    const { taken, definitions, read } = await restored(await kept());
    assert.deepEqual(taken, { ok: true, value: undefined });
    assert.deepEqual(definitions, await readDefinitions(folder.path, never));
    assert.deepEqual(
      read.filter((file) => file !== '.claude/claude.json'),
      ['.claude/prompts/lost.md'],
    );
    assert.ok(definitions.agents.length >= 15);
  });

  it('gives back agents of any text as they were parsed', async function () {
    this.timeout(sampleOf(60_000));
    const word = fc.oneof(
      fc.constantFrom('name', 'a', '[x, y]', '{ __proto__: 1 }', '"${{ inputs.x }}"', '1e3', '~'),
      fc.string({ maxLength: 12 }).map((text) => JSON.stringify(text)),
      anyText({ maxLength: 6 }).map((text) => JSON.stringify(text)),
    );
    const key = fc.constantFrom(
      ...['name', 'description', 'model', 'tools', 'command', 'env', 'owns', 'never', 'budget'],
      ...['cache', 'domains', 'version', 'criticality', 'instructions', 'permissions', 'x'],
    );
    const fields = fc
      .array(fc.tuple(key, word), { maxLength: 8 })
      .map((all) => all.map(([name, value]) => `${name}: ${value}\n`).join(''));
    const files = fc.array(
      fc.tuple(
        fields,
        fc.constantFrom('.sluice/agents/', '.github/agents/', '.claude/agents/'),
        fc.constantFrom('md', 'yaml'),
      ),
      { maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(files, async (all) => {
        const before = folder;
        folder = new TemporaryFolder();
        try {
          for (const [number, [text, at, ending]] of all.entries()) {
            const body = ending === 'md' ? `---\n${text}---\nDo it.\n` : text;
            folder.write(`${at}${number}.${ending}`, body);
          }
          const { definitions, read } = await restored(await kept());
          assert.deepEqual(definitions, await readDefinitions(folder.path, never));
          assert.deepEqual(read, []);
        } finally {
          folder.dispose();
          folder = before;
        }
      }),
      { numRuns: sampleOf(50) },
    );
  });

  it('reads the files that have changed since', async () => {
    const bytes = await kept();
    folder.write('.claude/agents/twin.md', '---\nname: other\ndescription: x\n---\nDo it.\n');
    const { definitions, read } = await restored(bytes);
    assert.ok(read.includes('.claude/agents/twin.md'));
    assert.ok(!read.includes('.claude/agents/deep/claude.md'));
    assert.deepEqual(definitions, await readDefinitions(folder.path, never));
  });

  it('is of no use to another build, for another folder or to another V8', async () => {
    const refused = { ok: false, error: 'another build wrote it, or for another folder' };
    const bytes = await kept();
    assert.deepEqual((await restored(bytes, 'another build')).taken, refused);
    const before = folder;
    folder = new TemporaryFolder();
    try {
      assert.deepEqual((await restored(bytes)).taken, refused);
    } finally {
      folder.dispose();
      folder = before;
    }
    const [version, other] = [process.versions.v8, '0'.repeat(process.versions.v8.length)];
    const at = bytes.indexOf(version);
    bytes.write(other, at);
    assert.deepEqual((await restored(signed(bytes))).taken, refused);
  });

  it('is of no use damaged anywhere, and then nothing of it counts', async function () {
    this.timeout(sampleOf(60_000));
    const bytes = await kept();
    const first = await readDefinitions(folder.path, never);
    const damage = fc.oneof(
      fc.nat(bytes.length - 1).map((length) => bytes.subarray(0, length)),
      fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 })).map(([at, change]) => {
        const damaged = Buffer.from(bytes);
        damaged[at] = (damaged[at] ?? 0) ^ change;
        return damaged;
      }),
      fc.uint8Array({ maxLength: 100 }).map((more) => Buffer.concat([bytes, more, Buffer.of(1)])),
      fc.uint8Array({ maxLength: 300 }).map((others) => Buffer.from(others)),
    );
    await fc.assert(
      fc.asyncProperty(damage, async (damaged) => {
        const { taken, definitions } = await restored(damaged);
        assert.equal(taken.ok, false);
        assert.deepEqual(definitions, first);
      }),
      { numRuns: sampleOf(25) },
    );
  });

  it('never throws, also where the checksum is right and the rest is not', async () => {
    const bytes = await kept();
    const parts = [v8.serialize(7), v8.serialize([[]]), v8.serialize([null]), Buffer.from('no V8')];
    const headerEnd = HEAD + 4 + bytes.readUInt32LE(HEAD);
    for (const part of parts) {
      const size = Buffer.alloc(4);
      size.writeUInt32LE(part.length);
      const texts = Buffer.alloc(8);
      const forged = Buffer.concat([bytes.subarray(0, headerEnd), size, part, texts]);
      assert.equal((await restored(signed(forged.subarray(0, -4)))).taken.ok, false);
      assert.equal((await restored(signed(forged))).taken.ok, false);
    }
    await assert.doesNotReject(restored(signed(bytes.subarray(0, headerEnd + 2))));
  });
});

/** The magic word and the checksum. */
const HEAD = 'sluice index\n'.length + 4;

function signed(bytes: Buffer): Buffer {
  bytes.writeUInt32LE(crc32(bytes.subarray(HEAD)), HEAD - 4);
  return bytes;
}
