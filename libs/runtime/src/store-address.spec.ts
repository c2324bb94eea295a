import { describe, expect, it } from 'vitest';
import { eventStoreAddress, personKeysAddress, readModelAddress } from './store-address.ts';

const dataDir = '/srv/evident';
const file = { kind: 'embedded', path: '/srv/evident/person-keys.db' };

function keysWith(urls: { readonly log?: string; readonly rows?: string; readonly keys?: string }) {
  const eventStore = eventStoreAddress(urls.log, dataDir);
  const readModel = readModelAddress(urls.rows, dataDir);
  return personKeysAddress(urls.keys, { dataDir, eventStore, readModel });
}

describe('where person keys lie', () => {
  it('beside the log, while that is a file, wherever the rows are', () => {
    expect(keysWith({})).toEqual(file);
    expect(keysWith({ rows: 'mongodb://host/evident' })).toEqual(file);
  });

  it('in a file too where the log is on a server and the rows are not', () => {
    expect(keysWith({ log: 'esdb://host:2113' })).toEqual(file);
  });

  it.each([
    ['mongodb://host/evident', 'mongodb://host/evident-keys'],
    ['mongodb://host', 'mongodb://host/evident-keys'],
    [
      'mongodb://u:p%40w@a:27017,b:27017/rows?replicaSet=rs0',
      'mongodb://u:p%40w@a:27017,b:27017/rows-keys?replicaSet=rs0',
    ],
    ['mongodb+srv://cluster.example.net/?tls=true', 'mongodb+srv://cluster.example.net/evident-keys?tls=true'],
  ])('beside the rows of %s once the log is on a server, in a database of their own', (rows, url) => {
    expect(keysWith({ log: 'esdb://host:2113', rows })).toEqual({ kind: 'mongodb', url });
  });

  it('where PERSON_KEYS_URL says, before all else', () => {
    const urls = { log: 'esdb://host:2113', rows: 'mongodb://host/evident' };
    expect(keysWith({ ...urls, keys: 'mongodb://other/keys' })).toEqual({
      kind: 'mongodb',
      url: 'mongodb://other/keys',
    });
    expect(keysWith({ ...urls, keys: 'sqlite:/keys.db' })).toEqual({ kind: 'embedded', path: '/keys.db' });
  });
});
