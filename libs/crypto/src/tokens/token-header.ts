import { decodeBase64url } from '../text/base64url.ts';
import { isSigningAlg, type SigningAlg } from './jwk.ts';

export interface TokenHeader {
  readonly alg: SigningAlg;
  readonly kid: string;
}

export type HeaderRefusal = 'malformed' | 'algorithm';

const COMPACT = /^([\w-]+)\.[\w-]+\.[\w-]+$/;

/**
 * Reads the protected header of a compact token without believing it. Refuses `none`, every symmetric and unknown
 * algorithm, a token without `kid`, another `typ` than JWT, and any extension (`crit`, RFC 7515 section 4.1.11).
 */
export function readTokenHeader(token: string): TokenHeader | HeaderRefusal {
  const [, part] = COMPACT.exec(token) ?? [];
  const header = part === undefined ? undefined : parsedObject(part);
  if (header === undefined) return 'malformed';
  if (!isSigningAlg(header.alg)) return 'algorithm';
  const { kid, typ } = header;
  if (typeof kid !== 'string' || kid === '' || 'crit' in header) return 'malformed';
  if (typ !== undefined && (typeof typ !== 'string' || typ.toUpperCase() !== 'JWT')) return 'malformed';
  return { alg: header.alg, kid };
}

function parsedObject(part: string): Readonly<Record<string, unknown>> | undefined {
  const text = decodeBase64url(part)?.toString();
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
