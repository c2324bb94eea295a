import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import {
  type Authenticator,
  type ConnectionOptions,
  credsAuthenticator,
  type TlsOptions,
  tokenAuthenticator,
  usernamePasswordAuthenticator,
} from '@nats-io/transport-node';
import { NatsProblem } from './nats-problem.ts';

export interface NatsAddress {
  /** `nats://` or `tls://` URLs of one cluster; a user and password, or a token, may stand before the `@`. */
  readonly servers: readonly string[];
  /** Shown in the server's list of connections; also names the inbox unless `inboxPrefix` does. */
  readonly service: string;
  readonly credentialsFile?: string;
  /** Any of the three, like `tls://`, makes TLS required: a server without it is refused. */
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
  /** Allows an unencrypted connection off loopback, where the network itself is trusted. Default false. */
  readonly allowPlaintext?: boolean;
  /** Subjects under which answers come back; permissions give each service its own. Default `_INBOX.<service>`. */
  readonly inboxPrefix?: string;
}

/** Host and port of each server, without credentials. */
export function namesOf(address: NatsAddress): string {
  return address.servers.map((server) => new URL(server).host).join(', ');
}

/**
 * The options of the driver. Reconnects for ever, with jitter so that a restarted server is not met by every service
 * in the same instant; notices a frozen server within 15 s.
 *
 * @throws NatsProblem where the connection would leave this machine unencrypted or without a credential, or a file
 * cannot be read.
 */
export function connectionOptions(address: NatsAddress): ConnectionOptions & { inboxPrefix: string } {
  const tls = tlsOptions(address);
  if (tls === undefined && address.allowPlaintext !== true) refusePlaintext(address);
  const authenticator = authenticatorOf(address);
  if (authenticator === undefined && address.certFile === undefined) refuseAnonymous(address);
  return {
    servers: address.servers.map((server) => new URL(server).host),
    name: `evident ${address.service}`,
    inboxPrefix: address.inboxPrefix ?? `_INBOX.${address.service}`,
    ...(authenticator === undefined ? {} : { authenticator }),
    ...(tls === undefined ? {} : { tls }),
    timeout: 5000,
    pingInterval: 5000,
    maxPingOut: 2,
    maxReconnectAttempts: -1,
    ignoreAuthErrorAbort: true,
    reconnectDelayHandler: () => 100 + Math.random() * 400,
  };
}

function tlsOptions({ servers, caFile, certFile, keyFile }: NatsAddress): TlsOptions | undefined {
  const wanted = servers.some((server) => server.startsWith('tls:'));
  if (!wanted && caFile === undefined && certFile === undefined && keyFile === undefined) return undefined;
  return {
    ...(caFile === undefined ? {} : { ca: read('NATS_CA', caFile).toString('utf8') }),
    ...(certFile === undefined ? {} : { cert: read('NATS_CERT', certFile).toString('utf8') }),
    ...(keyFile === undefined ? {} : { key: read('NATS_KEY', keyFile).toString('utf8') }),
  };
}

function refusePlaintext(address: NatsAddress): void {
  const reachable = reachableOf(address);
  if (reachable === '') return;
  throw new NatsProblem(
    'plaintext',
    `The connection to NATS at ${reachable} would carry credentials unencrypted.`,
    'Write NATS_URL=tls://… and set NATS_CA where the server has a certificate of your own; or, on a network that only you use, NATS_PLAINTEXT=on.',
  );
}

/** A server that takes whoever comes lets each of them answer for a service, or read what goes to one. */
function refuseAnonymous(address: NatsAddress): void {
  const reachable = reachableOf(address);
  if (reachable === '') return;
  throw new NatsProblem(
    'anonymous',
    `The connection to NATS at ${reachable} would be without a credential.`,
    'Give each service one of its own: a user and a password in NATS_URL, NATS_CREDENTIALS, or NATS_CERT and NATS_KEY.',
  );
}

/** The servers that are not on this machine, in words. */
function reachableOf({ servers }: NatsAddress): string {
  const urls = servers.map((server) => new URL(server));
  return urls
    .filter(({ hostname }) => !isLoopback(hostname))
    .map(({ host }) => host)
    .join(', ');
}

function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '');
  if (isIP(bare) === 4) return bare.startsWith('127.');
  return bare === '::1' || bare === 'localhost' || bare.endsWith('.localhost');
}

/** A file wins over the URL: it is the stronger credential, and URLs are copied about. */
function authenticatorOf({ servers, credentialsFile }: NatsAddress): Authenticator | undefined {
  if (credentialsFile !== undefined) return credsAuthenticator(read('NATS_CREDENTIALS', credentialsFile));
  const url = servers.map((server) => new URL(server)).find(({ username }) => username !== '');
  if (url === undefined) return undefined;
  const name = decodeURIComponent(url.username);
  if (url.password === '') return tokenAuthenticator(name);
  return usernamePasswordAuthenticator(name, decodeURIComponent(url.password));
}

function read(variable: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new NatsProblem(
      'file',
      `The file ${path} cannot be read.`,
      `Correct ${variable}, or give access to it.`,
      cause,
    );
  }
}
