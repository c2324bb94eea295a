import type { Deployment } from '@evident/testing';

/** A way to deploy Evident: the same end-to-end suites run on each. */
export interface Shape {
  readonly name: string;
  /** Undefined where it can run here, else why not. */
  readonly missing: string | undefined;
  start(env?: Readonly<Record<string, string>>): Promise<Deployment>;
  /** Over which its services talk, where they are processes of their own. */
  readonly natsUrl?: string;
  /** Ends what the deployments need beside themselves. */
  stopServers(): Promise<void>;
}

/** Why what needs a second gateway cannot be shown on this shape, for the test's name; empty where it can. */
export const withoutOtherGateways = (shape: Shape): string =>
  shape.natsUrl === undefined ? ' (skipped: one process has one gateway)' : '';
