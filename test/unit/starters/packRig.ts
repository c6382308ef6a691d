import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { assemblePacks } from '../../../scripts/packs.mjs';
import { nodeDisk } from '../../../src/core/base/disk.ts';
import { layInto, planLaying } from '../../../src/core/starters/layInto.ts';
import { findPack, type Pack } from '../../../src/core/starters/packs.ts';

/** The packs as the build puts them together. Dispose of it. */
export class BuiltPacks {
  readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sluice-packs-'));

  constructor() {
    assemblePacks(this.folder);
  }

  async named(name: string): Promise<Pack> {
    const pack = await findPack(this.folder, name);
    assert.ok(pack.ok, pack.ok ? undefined : pack.error);
    return pack.value;
  }

  /** Copies a pack as the commands do. @param folder absolute */
  async add(name: string, folder: string): Promise<Pack> {
    const pack = await this.named(name);
    const plan = await planLaying(folder, pack.files);
    assert.ok(plan.ok);
    assert.deepEqual([plan.value.same, plan.value.different], [[], []]);
    assert.ok((await layInto(nodeDisk, plan.value)).ok);
    return pack;
  }

  dispose(): void {
    fs.rmSync(this.folder, { recursive: true });
  }
}
