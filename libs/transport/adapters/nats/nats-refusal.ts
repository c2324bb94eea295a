import { errors } from '@nats-io/transport-node';
import { NatsProblem } from './nats-problem.ts';

const certificateCodes = /^(?:ERR_TLS|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_(?:VERIFY|GET_ISSUER)|CERT_)/;

/**
 * The problem behind a failed attempt to connect, where no waiting will change it; undefined where the server may yet
 * come. The driver gives some of these no class of their own, so its messages are matched; a spec holds each of them.
 */
export function asRefusal(error: unknown, server: string): NatsProblem | undefined {
  if (error instanceof errors.AuthorizationError) {
    const remedy = 'Correct the credential in NATS_URL or NATS_CREDENTIALS, or the permissions of the server.';
    return new NatsProblem('refused', `${server} refuses the credential.`, remedy, error);
  }
  if (error instanceof errors.ConnectionError && error.message.includes("does not support 'tls'")) {
    const remedy = 'Turn TLS on there; on loopback write NATS_URL=nats://… and no certificate files.';
    return new NatsProblem('plaintext', `${server} does not encrypt, and TLS is required.`, remedy, error);
  }
  const code = certificateFault(error);
  if (code === undefined) return undefined;
  const remedy = 'Set NATS_CA to the certificate of the authority that signed it.';
  return new NatsProblem('certificate', `The certificate of ${server} is not trusted (${code}).`, remedy, error);
}

function certificateFault(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && certificateCodes.test(code) ? code : certificateFault(error.cause);
}
