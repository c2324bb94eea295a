import { randomBytes } from 'node:crypto';
import { closeSync, copyFileSync, mkdirSync, openSync, rmSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

type Environment = Readonly<Record<string, string>>;

/** Something that is wrong before a start, and what a person has to be told. */
export interface SpoiledStart {
  readonly wrong: string;
  /** Spoils a data directory and gives the settings to start with. */
  readonly spoil: (dataDir: string) => Environment | undefined;
  /** Has to be in the message: what is wrong, by its name. */
  readonly names: RegExp;
  /** Has to be in the message: what to do. */
  readonly remedy: RegExp;
}

const aKey = () => randomBytes(32).toString('base64');
const page = 4096;

function overwrite(path: string, from: number, bytes: number): void {
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(bytes, 0xab), 0, bytes, from);
  closeSync(file);
}

const inFile = (name: string, spoil: (path: string) => void) => (dataDir: string) => {
  spoil(join(dataDir, name));
  return undefined;
};

export const wrongSettings: readonly SpoiledStart[] = [
  {
    wrong: 'a variable',
    spoil: () => ({ RATE_LIMIT: 'perhaps' }),
    names: /RATE_LIMIT must be "on" or "off"/,
    remedy: /Correct the configuration and start again/,
  },
  {
    wrong: 'two variables at once',
    spoil: () => ({ RATE_LIMIT: 'perhaps', ACCESS_TOKEN_TTL: 'long' }),
    names: /2 variables are wrong:\n {2}ACCESS_TOKEN_TTL must[^\n]+\n {2}RATE_LIMIT must/,
    remedy: /Correct the configuration and start again/,
  },
  {
    wrong: 'a MASTER_KEY that is no key',
    spoil: () => ({ MASTER_KEY: 'correct horse' }),
    names: /MASTER_KEY must be 32 random bytes in base64/,
    remedy: /openssl rand -base64 32/,
  },
  {
    wrong: 'one key twice',
    spoil: () => {
      const key = aKey();
      return { MASTER_KEY: key, DATA_KEY: key };
    },
    names: /DATA_KEY must differ from MASTER_KEY/,
    remedy: /Correct the configuration/,
  },
  {
    wrong: 'a directory that is not there',
    spoil: () => ({ EVENT_STORE_URL: 'sqlite:/no/such/directory/events.db' }),
    names: /\/no\/such\/directory/,
    remedy: /correct EVENT_STORE_URL/,
  },
];

export const wrongKeys: readonly SpoiledStart[] = [
  {
    wrong: 'another MASTER_KEY',
    spoil: () => ({ MASTER_KEY: aKey() }),
    names: /MASTER_KEY does not open the keyring/,
    remedy: /Start with the right key/,
  },
  {
    wrong: 'another DATA_KEY',
    spoil: () => ({ DATA_KEY: aKey() }),
    names: /DATA_KEY does not open the keyring/,
    remedy: /Start with the right key/,
  },
  {
    wrong: 'no master.key',
    spoil: inFile('master.key', (path) => rmSync(path)),
    names: /master\.key/,
    remedy: /Put the file back, or give the same key in MASTER_KEY/,
  },
  {
    wrong: 'no data.key',
    spoil: inFile('data.key', (path) => rmSync(path)),
    names: /data\.key/,
    remedy: /Put the file back, or give the same key in DATA_KEY/,
  },
  {
    wrong: 'half a key file',
    spoil: inFile('master.key', (path) => writeFileSync(path, 'c2hvcnQ=\n')),
    names: /master\.key does not hold a key/,
    remedy: /Put the file back/,
  },
];

export const damagedFiles: readonly SpoiledStart[] = [
  {
    wrong: 'a damaged first page of events.db',
    spoil: inFile('events.db', (path) => overwrite(path, 0, 200)),
    names: /events\.db is not an event log/,
    remedy: /evident doctor[^\n]+restore the last backup/,
  },
  {
    wrong: 'damage in the middle of events.db',
    spoil: inFile('events.db', (path) => overwrite(path, 3 * page, 30 * page)),
    names: /events\.db is damaged/,
    remedy: /evident doctor[^\n]+restore the last backup/,
  },
  {
    wrong: 'an events.db that lost its end',
    spoil: inFile('events.db', (path) => truncateSync(path, 8 * page)),
    names: /events\.db is damaged/,
    remedy: /restore the last backup/,
  },
  {
    wrong: 'an empty events.db',
    spoil: inFile('events.db', (path) => truncateSync(path)),
    names: /events\.db is empty/,
    remedy: /restore a backup/,
  },
  {
    wrong: 'no events.db beside the keys of its people',
    spoil: inFile('events.db', (path) => rmSync(path)),
    names: /There is no [^\n]*events\.db/,
    remedy: /[Rr]estore [^\n]*backup/,
  },
  {
    wrong: 'an events.db of another program',
    spoil: inFile('events.db', (path) => copyFileSync(path.replace('events', 'person-keys'), path)),
    names: /events\.db is a SQLite file of another program/,
    remedy: /evident doctor/,
  },
  {
    wrong: 'a damaged person-keys.db',
    spoil: inFile('person-keys.db', (path) => overwrite(path, 0, 2 * page)),
    names: /person-keys\.db is damaged/,
    remedy: /Restore person-keys\.db from the backup/,
  },
  {
    wrong: 'an empty person-keys.db',
    spoil: inFile('person-keys.db', (path) => truncateSync(path)),
    names: /person-keys\.db/,
    remedy: /Restore person-keys\.db from the backup/,
  },
  {
    wrong: 'no person-keys.db',
    spoil: inFile('person-keys.db', (path) => rmSync(path)),
    names: /person-keys\.db/,
    remedy: /restore the backup/i,
  },
  {
    wrong: 'a read-models.db of another program',
    spoil: inFile('read-models.db', (path) => copyFileSync(path.replace('read-models', 'person-keys'), path)),
    names: /read-models\.db: not a read model/,
    remedy: /READ_MODEL_URL/,
  },
  {
    wrong: 'a directory where read-models.db should be',
    spoil: inFile('read-models.db', (path) => {
      rmSync(path);
      mkdirSync(path);
    }),
    names: /read-models\.db/,
    remedy: /path/,
  },
];
