import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { EventStoreFault } from '../../src/event-store.port.ts';
import { damaged } from './sqlite-fault.ts';

/** Format of the file. Source: sqlite.org/fileformat2.html, section 4. */
const headerSize = 32;
const frameHeaderSize = 24;
const magic = 0x377f0682;
const framesAtOnce = 64;

/** The first frame that does not check, where what follows it shows that it once did. */
interface Suspicion {
  readonly generation: string;
  readonly frame: number;
}

/**
 * Looks for damage in the write-ahead file before SQLite reads it. SQLite takes the first frame that does not check
 * for the end of the file, as after a crash in mid-write, and silently drops what was committed behind it. But each
 * commit is synced before the next is written: a frame that does not check with a commit behind it that is not the
 * last one is no crash. Costs one read of the file, which checkpoints keep small. Throws the fault `damaged`, or `misuse`
 * where something else is in its place, or in that of the shared memory beside it: SQLite would read on, and write nothing.
 */
export function verifyWriteAhead(path: string): void {
  if (statSync(`${path}-shm`, { throwIfNoEntry: false })?.isFile() === false) throw noFile(`${path}-shm`);
  let before: Suspicion | undefined;
  // Another process may be writing; a frame that was half written in one pass is whole in the next.
  for (let pass = 0; pass < 5; pass++) {
    const suspicion = scan(`${path}-wal`);
    if (suspicion === undefined) return;
    if (before?.generation === suspicion.generation && before.frame === suspicion.frame) {
      throw damaged(`${path}-wal`, `frame ${suspicion.frame} does not check, though more was committed after it`);
    }
    before = suspicion;
  }
}

function noFile(path: string): EventStoreFault {
  const remedy = 'Move it away, and put the file back that was there, if there was one.';
  return new EventStoreFault('misuse', `${path} is not a file`, { remedy });
}

function scan(path: string): Suspicion | undefined {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const found = fstatSync(file);
    if (!found.isFile()) throw noFile(path);
    return scanFile(file, found.size);
  } finally {
    closeSync(file);
  }
}

function scanFile(file: number, size: number): Suspicion | undefined {
  const header = Buffer.alloc(headerSize);
  if (readSync(file, header, 0, headerSize, 0) < headerSize || header.every((byte) => byte === 0)) return undefined;
  const littleEndian = header.readUInt32BE(0) === magic;
  const sum = new Checksum(littleEndian);
  sum.add(header, 0, 24);
  const generation = header.toString('hex', 16, 24);
  const known = littleEndian || header.readUInt32BE(0) === magic + 1;
  if (!known || !sum.is(header, 24)) return size > headerSize ? { generation, frame: 0 } : undefined;

  const pageSize = header.readUInt32BE(8);
  const frameSize = frameHeaderSize + pageSize;
  const frames = Math.floor((size - headerSize) / frameSize);
  const chunk = Buffer.alloc(frameSize * framesAtOnce);
  let bad: number | undefined;
  let commitBehind = false;
  for (let frame = 1; frame <= frames; frame++) {
    const inChunk = (frame - 1) % framesAtOnce;
    if (inChunk === 0) readSync(file, chunk, 0, chunk.length, headerSize + (frame - 1) * frameSize);
    const at = inChunk * frameSize;
    const ofGeneration = chunk.compare(header, 16, 24, at + 8, at + 16) === 0;
    if (bad === undefined) {
      sum.add(chunk, at, 8);
      sum.add(chunk, at + frameHeaderSize, pageSize);
      if (!ofGeneration || !sum.is(chunk, at + 16)) bad = frame;
    }
    if (bad === undefined || !ofGeneration) continue;
    if (commitBehind) return { generation, frame: bad };
    commitBehind = chunk.readUInt32BE(at + 4) !== 0;
  }
  return undefined;
}

/** SQLite's running checksum over pairs of 32-bit words. */
class Checksum {
  readonly #littleEndian: boolean;
  #first = 0;
  #second = 0;

  constructor(littleEndian: boolean) {
    this.#littleEndian = littleEndian;
  }

  add(bytes: Buffer, from: number, length: number): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset + from, length);
    let first = this.#first;
    let second = this.#second;
    for (let at = 0; at < length; at += 8) {
      first = (first + view.getUint32(at, this.#littleEndian) + second) >>> 0;
      second = (second + view.getUint32(at + 4, this.#littleEndian) + first) >>> 0;
    }
    this.#first = first;
    this.#second = second;
  }

  /** Whether the two words at `at` are this sum; they are always stored big-endian. */
  is(bytes: Buffer, at: number): boolean {
    return bytes.readUInt32BE(at) === this.#first && bytes.readUInt32BE(at + 4) === this.#second;
  }
}
