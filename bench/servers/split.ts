import { type Deployment, startDeployment } from '@evident/testing';
import type { Resource } from '../program.ts';
import { startNats } from './nats.ts';
import { measuredSettings } from './standalone.ts';

/** The four services as processes of their own, over a nats-server of this machine that nobody else uses. */
export function split(env: Readonly<Record<string, string>> = {}): Resource<Deployment & { readonly natsUrl: string }> {
  return async ({ serverEnv }) => {
    const nats = await startNats();
    const settings = { ...measuredSettings, ...serverEnv, ...env, NATS_URL: nats.url };
    const value = await startDeployment({ shape: 'split', env: settings });
    const close = async () => {
      await value.remove();
      await nats.stop();
    };
    return { value: Object.assign(value, { natsUrl: nats.url }), close };
  };
}
