// better-auth on node:sqlite, with the same argon2id as Evident and a sync at each commit.
import { createServer } from 'node:http';
import { DatabaseSync } from 'node:sqlite';
import { hash, verify } from '@node-rs/argon2';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { toNodeHandler } from 'better-auth/node';

const [dataDir, port, memoryCost, timeCost] = process.argv.slice(2);
const parameters = { memoryCost: Number(memoryCost), timeCost: Number(timeCost), parallelism: 1 };
const database = new DatabaseSync(`${dataDir}/better-auth.db`);
database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
const options = {
  baseURL: 'http://127.0.0.1',
  secret: 'a secret of a benchmark, 32 bytes or more',
  database,
  telemetry: { enabled: false },
  rateLimit: { enabled: false },
  advanced: { disableCSRFCheck: true, disableOriginCheck: true },
  emailAndPassword: {
    enabled: true,
    password: {
      hash: (password) => hash(password, parameters),
      verify: ({ hash: stored, password }) => verify(stored, password),
    },
  },
};
await (await getMigrations(options)).runMigrations();
const server = createServer(toNodeHandler(betterAuth(options)));
server.listen(Number(port), '127.0.0.1');
