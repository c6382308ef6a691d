import { isDeepStrictEqual } from 'node:util';
import v8 from 'node:v8';
import { crc32 } from 'node:zlib';
import type { Digest } from '../../base/digest.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { Slices } from '../../base/slices.ts';
import { thrownMessage } from '../../base/text.ts';
import { draftAt, isDraftList, packDrafts, type PackedDrafts } from '../agents/agentColumns.ts';
import { bareAsMaps, mapsAsBare } from '../source/bareRecords.ts';
import { cell, pack, TextWriter, unpack, type PackedColumns } from '../source/columns.ts';
import type { KnownFile } from './fileIndex.ts';

// An index of files as bytes: what one program has read, for the next that opens the folder.
//
// K1  What does not come back the same is not kept, and is parsed again.
// K2  Bytes of which anything is off are of no use at all; they never change what a folder's files say.

/** Grows with each change of what stands in the bytes. */
const FORMAT = 2;
const MAGIC = 'sluice index\n';
/** Behind the magic word: the checksum of all that follows. */
const BODY = MAGIC.length + 4;
/** Files in one part: more, serialized in one go, would hold up the window. */
const PART = 250;

/** Bytes beyond which nothing more is kept; nobody's agents are that long. */
export const MAX_INDEX_BYTES = 64 * 1024 * 1024;

/** Whose bytes they are: those of others are not looked into. */
export interface IndexStamp {
  /** Tells one build of Sluice from another: what is parsed differs with the parsers. */
  readonly build: string;
  /** Absolute. */
  readonly folder: string;
}

interface FileRow {
  readonly file: string;
  readonly parser: string;
  readonly size: number;
  readonly modified: number;
  readonly changed: number;
  readonly inode: number;
  readonly settled: boolean;
  readonly digest: Digest | undefined;
  /** How many drafts of agents it was parsed to, in the order of their columns; `undefined`: to something else. */
  readonly drafts: number | undefined;
  /** With maps for records. */
  readonly value: unknown;
}

interface Part {
  readonly files: PackedColumns<FileRow>;
  readonly drafts: PackedDrafts;
}

export async function encodeIndex(
  known: Iterable<KnownFile>,
  stamp: IndexStamp,
  slices: Slices,
): Promise<Uint8Array> {
  const header = sized(headerOf(stamp));
  const parts: Uint8Array[] = [header];
  let total = BODY + header.length;
  let files: KnownFile[] = [];
  const endPart = () => {
    const part = encodePart(files);
    total += part.length;
    if (total <= MAX_INDEX_BYTES) {
      parts.push(part);
    }
    files = [];
  };
  for (const file of known) {
    if (slices.isOver) {
      await slices.next();
    }
    if (total <= MAX_INDEX_BYTES && comesBack(file)) {
      files.push(file);
    }
    if (files.length === PART) {
      endPart();
    }
  }
  if (files.length > 0) {
    endPart();
  }
  const bytes = Buffer.concat([Buffer.from(MAGIC), Buffer.alloc(4), ...parts]);
  bytes.writeUInt32LE(crc32(bytes.subarray(BODY)), MAGIC.length);
  return bytes;
}

/** The error says why the bytes are of no use, as a part of a sentence. */
export async function decodeIndex(
  bytes: Buffer,
  stamp: IndexStamp,
  slices: Slices,
): Promise<Result<readonly KnownFile[], string>> {
  if (bytes.length < BODY || bytes.toString('latin1', 0, MAGIC.length) !== MAGIC) {
    return err('it is no index');
  }
  if (crc32(bytes.subarray(BODY)) !== bytes.readUInt32LE(MAGIC.length)) {
    return err('it is damaged');
  }
  const blocks = blocksOf(bytes);
  if (blocks.next().value?.equals(headerOf(stamp)) !== true) {
    return err('another build wrote it, or for another folder');
  }
  const known: KnownFile[] = [];
  for (;;) {
    if (slices.isOver) {
      await slices.next();
    }
    const files = attempted(() => decodePart(blocks));
    if (!files.ok) {
      return files;
    }
    if (files.value === undefined) {
      return ok(known);
    }
    known.push(...files.value);
  }
}

/** V8 reads what older ones have written, and no newer ones. */
function headerOf({ build, folder }: IndexStamp): Buffer {
  return Buffer.from(JSON.stringify([FORMAT, build, folder, process.versions.v8]));
}

function* blocksOf(bytes: Buffer): Generator<Buffer, undefined> {
  for (let at = BODY; at + 4 <= bytes.length;) {
    const end = at + 4 + bytes.readUInt32LE(at);
    yield bytes.subarray(at + 4, end);
    at = end;
  }
}

/** A block. */
function sized(bytes: Uint8Array): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32LE(bytes.length);
  return Buffer.concat([size, bytes]);
}

function comesBack(file: KnownFile): boolean {
  return isDeepStrictEqual(
    attempted(() => decodePart(blocksOf(Buffer.concat([Buffer.alloc(BODY), encodePart([file])])))),
    ok([file]),
  );
}

/** Three blocks: the table, its narrow texts, its wide ones. */
function encodePart(files: readonly KnownFile[]): Buffer {
  const writer = new TextWriter();
  const draftsOf = ({ parsed }: KnownFile) => (isDraftList(parsed) ? parsed : undefined);
  const part: Part = {
    files: pack(
      files.map((one): FileRow => {
        const { file, parser, identity, settled, digest, parsed } = one;
        const drafts = draftsOf(one)?.length;
        const value = drafts === undefined ? bareAsMaps(parsed) : undefined;
        return { file, parser, ...identity, settled, digest, drafts, value };
      }),
      writer,
    ),
    drafts: packDrafts(
      files.flatMap((source) => draftsOf(source)?.map((draft) => ({ draft, source })) ?? []),
      writer,
    ),
  };
  const { narrow, wide } = writer.texts;
  const blocks = [v8.serialize(part), Buffer.from(narrow, 'latin1'), Buffer.from(wide, 'utf16le')];
  return Buffer.concat(blocks.map(sized));
}

/** `undefined`: there is none any more. */
function decodePart(blocks: Iterator<Buffer, undefined>): KnownFile[] | undefined {
  const [table, narrow, wide] = [blocks.next().value, blocks.next().value, blocks.next().value];
  if (table === undefined) {
    return undefined;
  }
  if (narrow === undefined || wide === undefined) {
    throw new Error('it ends in the middle');
  }
  const texts = { narrow: narrow.toString('latin1'), wide: wide.toString('utf16le') };
  const part = v8.deserialize(table) as Part;
  const [files, drafts] = [unpack(part.files, texts), unpack(part.drafts, texts)];
  let draft = 0;
  return files.file.map((file, at): KnownFile => {
    const digest = cell(files.digest, at);
    const count = cell(files.drafts, at);
    const parsed: unknown[] = [];
    for (let left = count ?? 0; left > 0; left -= 1) {
      parsed.push(draftAt(drafts, draft, { file, digest }));
      draft += 1;
    }
    return {
      file,
      parser: cell(files.parser, at),
      identity: {
        size: cell(files.size, at),
        modified: cell(files.modified, at),
        changed: cell(files.changed, at),
        inode: cell(files.inode, at),
      },
      settled: cell(files.settled, at),
      digest,
      parsed: count === undefined ? mapsAsBare(cell(files.value, at)) : parsed,
    };
  });
}

function attempted<T>(work: () => T): Result<T, string> {
  try {
    return ok(work());
  } catch (thrown) {
    return err(thrownMessage(thrown));
  }
}
