import { isMissing, startDeployment, startMongodbServer, startNatsServer } from '@evident/testing';
import type { Shape } from './shape.ts';

const nats = await startNatsServer();
const mongodb = await startMongodbServer();
const name = isMissing(mongodb) ? 'a server of the MongoDB protocol' : mongodb.name;
/** Each deployment begins with rows and person keys of its own. */
const fresh = (what: string) =>
  isMissing(mongodb) ? '' : new URL(`/evident_e2e_${crypto.randomUUID().slice(0, 8)}_${what}`, mongodb.url).href;

/** The log stays in a file: no EventStoreDB can be had without a container. */
export const wireStores: Shape = {
  name: `four processes over nats-server, rows and person keys on ${name}`,
  missing: isMissing(nats) ? nats.missing : isMissing(mongodb) ? mongodb.missing : undefined,
  ...(isMissing(nats) ? {} : { natsUrl: nats.url }),
  start: (env = {}) =>
    startDeployment({
      shape: 'split',
      env: {
        READ_MODEL_URL: fresh('rows'),
        PERSON_KEYS_URL: fresh('keys'),
        ...env,
        NATS_URL: isMissing(nats) ? '' : nats.url,
      },
    }),
  async stopServers() {
    if (!isMissing(nats)) await nats.stop();
    if (!isMissing(mongodb)) await mongodb.stop();
  },
};
