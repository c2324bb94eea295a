import { createHmac } from 'node:crypto';
import { lookup } from 'node:dns';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';

export interface WebhookToSend {
  readonly url: string;
  readonly secret: string;
  readonly webhookId: string;
  readonly eventId: string;
  readonly body: string;
  /** Milliseconds since the epoch, for the signature. */
  readonly now: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly mayConnect: (address: string) => boolean;
}

export type SendOutcome = { readonly ok: true } | { readonly ok: false; readonly message: string };

/** Of an answer nothing is kept but its status; more than this is not even read. */
const longestAnswerBytes = 65_536;

/**
 * Posts one event. Any 2xx is success; all else, a redirect included, is not. What it tells of a failure is of our own
 * wording: neither the receiver's answer nor anything about our network.
 */
export function sendWebhook(sent: WebhookToSend): Promise<SendOutcome> {
  const { url, secret, webhookId, eventId, body, now, timeoutMs, signal, mayConnect } = sent;
  const target = new URL(url);
  const literal = target.hostname.replace(/^\[|\]$/g, '');
  if (isIP(literal) !== 0 && !mayConnect(literal)) return Promise.resolve(failed('the address may not be sent to'));
  const request = target.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve) => {
    // The first that is known of it counts; it is told when the connection is closed, so that no other is open beside it.
    let outcome: SendOutcome | undefined;
    const fail = (message: string) => {
      outcome ??= failed(message);
    };
    const asked = request(target, {
      method: 'POST',
      agent: false,
      signal,
      lookup: guardedLookup(mayConnect),
      headers: {
        'content-type': 'application/cloudevents+json; charset=utf-8',
        'content-length': Buffer.byteLength(body),
        'user-agent': 'Evident-Webhook/1',
        'evident-webhook-id': webhookId,
        'evident-event-id': eventId,
        'evident-signature': signatureOf(secret, body, now),
      },
    });
    const late = setTimeout(() => {
      fail(`no answer within ${timeoutMs} ms`);
      asked.destroy();
    }, timeoutMs);
    asked.once('close', () => {
      clearTimeout(late);
      resolve(outcome ?? failed('the connection was closed before an answer'));
    });
    asked.once('error', (error) => fail(reasonOf(error)));
    asked.once('response', (response) => {
      const { statusCode = 0 } = response;
      const isSuccess = statusCode >= 200 && statusCode < 300;
      outcome ??= isSuccess ? { ok: true } : failed(`answered ${statusCode}`);
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > longestAnswerBytes) asked.destroy();
      });
      response.on('error', () => undefined);
    });
    asked.end(body);
  });
}

/** `t=<seconds>,v1=<hex>`: HMAC-SHA256 over `<seconds>.<body>`. */
export function signatureOf(secret: string, body: string, now: number): string {
  const seconds = Math.floor(now / 1_000);
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;
}

class AddressRefused extends Error {
  override readonly name = 'AddressRefused';
}

/** The socket connects to the very address that was checked: no second look-up could give another. */
function guardedLookup(mayConnect: (address: string) => boolean): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error !== null) return callback(error, '', 0);
      const addresses = Array.isArray(found) ? found : [{ address: String(found), family: 4 }];
      const allowed = addresses.filter(({ address }) => mayConnect(address));
      const [first] = allowed;
      if (first === undefined) return callback(new AddressRefused('refused'), '', 0);
      return options.all === true ? callback(null, allowed) : callback(null, first.address, first.family);
    });
  };
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was reset',
  ENOTFOUND: 'the name does not resolve',
  EAI_AGAIN: 'the name does not resolve just now',
  ETIMEDOUT: 'the connection timed out',
  EHOSTUNREACH: 'the host cannot be reached',
  CERT_HAS_EXPIRED: 'the certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the certificate is signed by itself',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the certificate cannot be verified',
  ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate is of another name',
};

function reasonOf(error: Error): string {
  if (error instanceof AddressRefused) return 'the address may not be sent to';
  const { code = '' } = error as { readonly code?: string };
  if (code.startsWith('HPE_')) return 'what answered does not speak HTTP';
  return reasons[code] ?? 'the connection failed';
}

function failed(message: string): SendOutcome {
  return { ok: false, message };
}
