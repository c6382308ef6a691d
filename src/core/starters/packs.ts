import fs from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { hasCode } from '../base/disk.ts';
import { err, ok, type Result } from '../base/result.ts';
import { thrownMessage } from '../base/text.ts';
import type { StarterFile } from './layInto.ts';
import * as problems from './starterProblems.ts';

/** Agents and workflows that come with Sluice, to be copied into a folder. */
export interface Pack {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** The workflow to begin with. */
  readonly workflow: string;
  /** Its file, relative to the folder the pack is added to. */
  readonly opens: string;
  /** npm packages the folder needs, for development. */
  readonly packages: readonly string[];
  /** What else to know before it is run, as sentences. */
  readonly notes: readonly string[];
  /** What to do next, as sentences. */
  readonly next: readonly string[];
  /** By path. */
  readonly files: readonly StarterFile[];
}

const texts = z.array(z.string().min(1));

const manifestSchema = z.strictObject({
  name: z.string().min(1),
  title: z.string().min(1),
  description: z.string().min(1),
  workflow: z.string().min(1),
  opens: z.string().min(1),
  packages: texts,
  notes: texts,
  next: texts,
});

/**
 * All packs: folders with a `pack.json` and, under `files`, what is copied. The error is a sentence.
 * @param folder absolute
 */
export async function readPacks(folder: string): Promise<Result<readonly Pack[], string>> {
  try {
    const names = (await fs.readdir(folder, { withFileTypes: true }))
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .sort();
    return ok(await Promise.all(names.map((name) => readPack(path.join(folder, name)))));
  } catch (thrown) {
    return err(problems.packsUnreadable(folder, thrownMessage(thrown)));
  }
}

/** One pack by its name. The error is a sentence. @param folder of all packs, absolute */
export async function findPack(folder: string, name: string): Promise<Result<Pack, string>> {
  const packs = await readPacks(folder);
  if (!packs.ok) {
    return packs;
  }
  const pack = packs.value.find((one) => one.name === name);
  const known = packs.value.map((one) => one.name);
  return pack === undefined ? err(problems.unknownPack(name, known)) : ok(pack);
}

/** Packages of a pack that the folder's package.json does not name. @param folder absolute */
export async function missingPackages(folder: string, { packages }: Pack): Promise<string[]> {
  let manifest: unknown;
  try {
    manifest = JSON.parse(await fs.readFile(path.join(folder, 'package.json'), 'utf8'));
  } catch (thrown) {
    // One that is there and broken names nothing; npm says so better than we could.
    if (!hasCode(thrown, 'ENOENT') && !(thrown instanceof SyntaxError)) {
      throw thrown;
    }
  }
  const named = new Set(
    ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((field) =>
      keysOf((manifest as Record<string, unknown> | null | undefined)?.[field]),
    ),
  );
  return packages.filter((name) => !named.has(name));
}

/** The line that gets packages for development. */
export function installLine(packages: readonly string[]): string {
  return `npm install --save-dev ${packages.join(' ')}`;
}

async function readPack(folder: string): Promise<Pack> {
  const text = await fs.readFile(path.join(folder, 'pack.json'), 'utf8');
  const manifest = manifestSchema.parse(JSON.parse(text));
  const root = path.join(folder, 'files');
  const entries = await fs.readdir(root, { recursive: true, withFileTypes: true });
  const files = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => {
        const absolute = path.join(entry.parentPath, entry.name);
        const relative = path.relative(root, absolute).split(path.sep).join('/');
        return { path: relative, bytes: await fs.readFile(absolute) };
      }),
  );
  return { ...manifest, files: files.sort((a, b) => (a.path < b.path ? -1 : 1)) };
}

function keysOf(value: unknown): string[] {
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
}
