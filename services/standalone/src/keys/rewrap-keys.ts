import { createSecretKey } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { parseConfiguredKey } from '@evident/crypto';
import { eventRegistry } from '@evident/domain';
import { createEventCodec, type EventStore, noPersonKeys } from '@evident/event-store';
import { openStore, rewrapKeyring, sharedKeyring, type WrappingKey } from '@evident/log';
import { type Clock, type Config, isErrorWithCode } from '@evident/runtime';
import { replaceFile } from '../backup/synced-files.ts';
import { CliProblem } from '../cli/failure.ts';
import { existingLog } from '../stores/embedded-stores.ts';
import { masterKeyrings, opensKeys } from '../stores/keyrings.ts';
import { type KeyVariable, readKey } from '../stores/wrapping-keys.ts';

export interface RewrapKeysRequest {
  readonly config: Config;
  readonly variable: KeyVariable;
  /** A file with the new key, in base64. */
  readonly newKeyFile: string;
  /** Of the keyrings under `MASTER_KEY` only this one, where each service has a key of its own. */
  readonly service?: string;
  readonly now: Clock;
}

export interface RewrappedKeys {
  readonly keyrings: readonly { readonly service: string; readonly outcome: 'rewrapped' | 'already' | 'none' }[];
  /** The key file that holds the new key now; null where the key comes from a variable. */
  readonly keyFile: string | null;
}

/** Puts the keys of a log under another configured key, then the new key into its file. Repeatable after a crash. */
export async function rewrapKeys(request: RewrapKeysRequest): Promise<RewrappedKeys> {
  const { config, variable, newKeyFile, now } = request;
  existingLog(config);
  const source = variable === 'MASTER_KEY' ? config.keys.master : config.keys.data;
  const from = readKey(source, variable);
  const text = newKeyText(newKeyFile);
  const to: WrappingKey = { key: createSecretKey(text.key), origin: newKeyFile };
  mustDiffer(request, to);
  const services = variable === 'DATA_KEY' ? [sharedKeyring] : masterKeyrings.filter(isAsked(request));
  const store = await openStore(config, now);
  try {
    const codec = createEventCodec(eventRegistry, noPersonKeys);
    if (source.from === 'file') await mustOpenNothingElse(source.path, { request, store, from, services });
    const keyrings = [];
    for (const service of services) {
      const outcome = await rewrapKeyring({ store, codec, tenant: config.tenant }, { service, from, to, now });
      keyrings.push({ service, outcome });
    }
    if (keyrings.every(({ outcome }) => outcome === 'none')) {
      throw new CliProblem(
        `This log has no keys of tenant ${config.tenant} under ${variable}; nothing was changed.`,
        'Name the log that the key belongs to, with --data-dir, --event-store and TENANT.',
      );
    }
    if (source.from === 'file') replaceFile(source.path, text.line);
    return { keyrings, keyFile: source.from === 'file' ? source.path : null };
  } finally {
    await store.close();
  }
}

/** The file of the old key is replaced, so whatever is not put under the new one could never be opened again. */
async function mustOpenNothingElse(path: string, { request, store, from, services }: FileReplacement): Promise<void> {
  if (request.variable === 'DATA_KEY') return;
  const { now, config } = request;
  for (const service of masterKeyrings) {
    const keyring = { store, tenant: config.tenant, service, wrappingKey: from, now };
    if (services.includes(service) || !(await opensKeys(keyring))) continue;
    throw new CliProblem(
      `${path} opens the keyring of ${service} too, and would be replaced.`,
      'Leave --service out, so that both come under the new key; nothing was changed.',
    );
  }
}

interface FileReplacement {
  readonly request: RewrapKeysRequest;
  readonly store: EventStore;
  readonly from: WrappingKey;
  readonly services: readonly string[];
}

const isAsked =
  ({ service }: RewrapKeysRequest) =>
  (each: string) =>
    service === undefined || each === service;

function newKeyText(path: string): { readonly key: Buffer; readonly line: string } {
  const key = parseConfiguredKey(contentOf(path));
  if (key === undefined) throw new CliProblem(`${path} does not hold a key: the base64 of 32 bytes.`, makeOne);
  return { key, line: `${key.toString('base64')}\n` };
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const reason = isErrorWithCode(error) ? error.code : String(error);
    throw new CliProblem(`${path} cannot be read (${reason}).`, makeOne, { cause: error });
  }
}

const makeOne = 'Name a file with a key, made with: openssl rand -base64 32';

/** Three services share the data key, and must not have the master key by it. */
function mustDiffer({ config, variable }: RewrapKeysRequest, to: WrappingKey): void {
  const other = variable === 'MASTER_KEY' ? 'DATA_KEY' : 'MASTER_KEY';
  const source = other === 'MASTER_KEY' ? config.keys.master : config.keys.data;
  if (source.from === 'file' && !existsSync(source.path)) return;
  if (readKey(source, other).key.equals(to.key))
    throw new CliProblem(`The new ${variable} is the ${other}.`, 'Make another one: openssl rand -base64 32');
}
