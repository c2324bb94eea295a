import { z } from 'zod';
import { defineEvent, type EventOf } from '../event-registry.ts';
import { instant, keyedHash, revision, uuid } from '../fields.ts';

/**
 * What the tokens that an event issues are made of. They are a function of that event alone, so that a command that
 * is sent again, to whichever replica, gets tokens with the same claims.
 */
const issued = {
  /** The access token's; its `jti` is derived from it. */
  tokenId: uuid,
  accessExpiresAt: instant,
  /** Role slugs and scopes that the user held then: a picture for other services, our own routes ask what holds now. */
  roles: z.array(z.string()),
  scopes: z.array(z.string()),
} as const;

/** The same through the life of a session. */
const lasting = {
  userId: uuid,
  audience: z.string().min(1),
  /** The user's at sign-in: a session of an older generation has ended. */
  generation: z.number().int().positive(),
  openedAt: instant,
  /** How the user was proven at sign-in, for `amr` (RFC 8176 section 1). */
  methods: z.array(z.string().min(1)),
} as const;

interface OpenedVersion1 {
  readonly evidence: { readonly eventId: string };
  readonly expiresAt: number;
}

/**
 * A sign-in became a session. The stream is named after the sign-in event, so the same evidence can open no second
 * one. `refreshId` is the `jti` of its refresh token, null where it has none; `expiresAt` is when the session ends
 * unless it is refreshed.
 */
export const sessionOpened = defineEvent(
  'session.opened',
  z.object({
    ...lasting,
    ...issued,
    evidence: z.object({ stream: z.string(), revision, eventId: uuid }),
    expiresAt: instant,
    refreshId: uuid.nullable(),
    /** Where and with what the user signed in, for the list of their sessions. */
    clientIp: z.string().exactOptional(),
    userAgent: z.string().exactOptional(),
  }),
  {
    schema: 2,
    personal: ['clientIp', 'userAgent'],
    upcasters: {
      // Schema 1 knew sessions of one access token and no refreshing.
      1: (opened: OpenedVersion1) => ({
        ...opened,
        methods: ['password'],
        tokenId: opened.evidence.eventId,
        accessExpiresAt: opened.expiresAt,
        roles: [],
        scopes: [],
        refreshId: null,
      }),
    },
  },
);

/**
 * A refresh token was used. Holds the whole state of the session, so that the stream's end tells all. `replacedId`
 * is the token that was used, null where tokens are not rotated: it still gets the same successor inside the window,
 * from the same `caller` (a keyed hash of address and agent), until the successor itself was used.
 */
export const sessionRefreshed = defineEvent(
  'session.refreshed',
  z.object({
    ...lasting,
    ...issued,
    refreshedAt: instant,
    expiresAt: instant,
    refreshId: uuid,
    replacedId: uuid.nullable(),
    caller: keyedHash,
  }),
  { secret: ['caller'] },
);

/** A refresh token came that had been replaced: somebody holds a copy. `session.revoked` follows at once. */
export const sessionReuseDetected = defineEvent(
  'session.reuse-detected',
  z.object({ userId: uuid, presentedId: uuid, detectedAt: instant }),
);

export const revocationReason = z.enum(['logout', 'revoked', 'reuse']);
export type RevocationReason = z.infer<typeof revocationReason>;

/** The session and every token of it ended, for good. */
export const sessionRevoked = defineEvent(
  'session.revoked',
  z.object({ userId: uuid, revokedAt: instant, reason: revocationReason }),
  { schema: 2, upcasters: { 1: (revoked: object) => ({ ...revoked, reason: 'revoked' }) } },
);

export const sessionEvents = [sessionOpened, sessionRefreshed, sessionReuseDetected, sessionRevoked] as const;
export type SessionEvent = EventOf<(typeof sessionEvents)[number]>;
