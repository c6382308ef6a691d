import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { createFileDurablySync, type Disk } from './base/disk.ts';
import type { Approvals, SealedAnswer } from './domain/approvals.ts';
import type { Seal } from './domain/event.ts';

/**
 * What either key has sealed is taken.
 * @param own 32 random bytes that no other program can read
 * @param shared 32 random bytes that all programs of the user can; the same where there is no other place
 */
export function approvalsWith(own: Uint8Array, shared: Uint8Array): Approvals {
  const known = new Map([own, shared].map((key) => [nameOf(key), key]));
  return {
    seal: (answer, at, reader) => {
      const key = reader === 'own' ? own : shared;
      return { key: nameOf(key), at, mac: macOf(key, answer, at).toString('hex') };
    },
    check: (answer, seal) => {
      const key = seal && known.get(seal.key);
      if (seal === undefined || key === undefined) {
        return 'unsealed';
      }
      const expected = macOf(key, answer, seal.at);
      const mac = Buffer.from(seal.mac, 'hex');
      return mac.length === expected.length && timingSafeEqual(mac, expected) ? 'good' : 'forged';
    },
  };
}

function nameOf(key: Uint8Array): Seal['key'] {
  return createHash('sha256').update(key).digest('hex').slice(0, 16);
}

/** The members in a fixed order, so that nothing can be read in two ways. */
function macOf(key: Uint8Array, answer: SealedAnswer, at: number): Buffer {
  const { run, task, digest, decision, by, note, choice } = answer;
  const text = JSON.stringify([
    'gate answer 1',
    ...[run, task, digest, decision, by.name, by.via, note ?? null, choice ?? null, at],
  ]);
  return createHmac('sha256', key).update(text).digest();
}

const KEY_BYTES = 32;

/** A key for a host that keeps one, as text. */
export function newKey(): string {
  return randomBytes(KEY_BYTES).toString('hex');
}

/** @returns `undefined` for what is no such text */
export function keyOf(text: string | undefined): Uint8Array | undefined {
  return text !== undefined && /^[0-9a-f]{64}\s*$/.test(text)
    ? Buffer.from(text.trim(), 'hex')
    : undefined;
}

/**
 * The key that all programs of the user share; it is made by whoever needs it first.
 * @param configFolder absolute; the user's own, which commands that are shut in cannot read
 * @throws when it cannot be read or written, or holds something else
 */
export function sharedKey(disk: Disk, configFolder: string): Uint8Array {
  const file = path.join(configFolder, 'approvals.key');
  fs.mkdirSync(configFolder, { recursive: true, mode: 0o700 });
  // False where another program was quicker.
  createFileDurablySync(disk, file, newKey(), { mode: 0o600 });
  const key = keyOf(fs.readFileSync(file, 'utf8'));
  if (key === undefined) {
    throw new Error(
      `${file} holds no key. Remove it: gates that were approved in the terminal are then asked again.`,
    );
  }
  return key;
}
