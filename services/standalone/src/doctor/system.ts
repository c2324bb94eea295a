import { statfs } from 'node:fs/promises';
import { findPortHolder, type PortHolder } from './port-holder.ts';

/** What the doctor asks the machine; given by a spec to plant what no spec can bring about. */
export interface System {
  /** Space for this user on the disk of a path, in bytes. */
  freeBytes(path: string): Promise<number>;
  /** The process that listens on a port, where the system tells. */
  portHolder(port: number): PortHolder | undefined;
  /** User id of this process; undefined where the system has none. */
  readonly userId: number | undefined;
  /** How long NATS may take to answer. */
  readonly natsPatienceMs: number;
}

export const thisSystem: System = {
  async freeBytes(path) {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  },
  portHolder: findPortHolder,
  userId: process.getuid?.(),
  natsPatienceMs: 3_000,
};
