import { createPublicKey, verify } from 'node:crypto';
import { decodeBase64url } from '../text/base64url.ts';

/** A compact JWS (RFC 7515) that an agent made, read without believing it. */
export interface AgentStatement {
  /** Hex SHA-256 of the key that it says it is signed with; not every client sends it. */
  readonly kid: string | undefined;
  readonly claims: unknown;
  /** Whether the Ed25519 key, in PEM, signed it. */
  isSignedBy(verifyKey: string): boolean;
}

const COMPACT = /^([\w-]+)\.([\w-]+)\.([\w-]+)$/;
/** As RFC 8037 writes it, as RFC 9864 does, and as the published Python client does. */
const ED25519_NAMES: ReadonlySet<unknown> = new Set(['EdDSA', 'Ed25519', 'ED25519']);

/**
 * Undefined where the text is no JWT signed with Ed25519: another algorithm, `none` above all, another `typ`, or any
 * extension (`crit`, RFC 7515 section 4.1.11).
 */
export function readAgentStatement(token: string): AgentStatement | undefined {
  const [, header, payload, signature] = COMPACT.exec(token) ?? [];
  if (header === undefined || payload === undefined || signature === undefined) return undefined;
  const { alg, typ, kid, ...others } = { ...parsedObject(header) };
  const claims = parsedObject(payload);
  const bytes = decodeBase64url(signature);
  if (claims === undefined || bytes === undefined || !ED25519_NAMES.has(alg) || 'crit' in others) return undefined;
  if (typ !== undefined && (typeof typ !== 'string' || typ.toUpperCase() !== 'JWT')) return undefined;
  if (kid !== undefined && typeof kid !== 'string') return undefined;
  const signed = Buffer.from(`${header}.${payload}`);
  return { kid, claims, isSignedBy: (verifyKey) => verify(null, signed, createPublicKey(verifyKey), bytes) };
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
