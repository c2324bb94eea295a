import { z } from 'zod';
import { defineEvent, type EventOf } from '../event-registry.ts';
import { instant } from '../fields.ts';

export const signingAlgorithm = z.enum(['ES256', 'RS256', 'EdDSA']);
export type SigningAlgorithm = z.infer<typeof signingAlgorithm>;

/** Access tokens and refresh tokens are signed with keys of their own. */
export const signingUse = z.enum(['access', 'refresh']);
export type SigningUse = z.infer<typeof signingUse>;

/** Published from here; it signs only once promoted. `sealedPrivateJwk` opens for token-issuer alone. */
export const signingKeyCreated = defineEvent(
  'signingkey.created',
  z.object({
    kid: z.string().min(1),
    use: signingUse,
    alg: signingAlgorithm,
    publicJwk: z.record(z.string(), z.string()),
    sealedPrivateJwk: z.string(),
    createdAt: instant,
  }),
  { secret: ['sealedPrivateJwk'] },
);

/** How long a token that it signs can live, tolerance for clocks included, in milliseconds. */
const tokensLiveForMs = z.number().int().nonnegative();
/** The longest that an access token could be made to live when promotions did not yet say it. */
const longestBefore = 86_460_000;

/** It signs from here; the key of the same use that signed before does not sign again. */
export const signingKeyPromoted = defineEvent(
  'signingkey.promoted',
  z.object({ kid: z.string().min(1), promotedAt: instant, tokensLiveForMs }),
  { schema: 2, upcasters: { 1: (promoted: object) => ({ ...promoted, tokensLiveForMs: longestBefore }) } },
);

/** Tokens of it live longer from here: an issuer started with another configuration. */
export const signingKeyExtended = defineEvent(
  'signingkey.extended',
  z.object({ kid: z.string().min(1), tokensLiveForMs }),
);

/** No longer published: the last token that it signed has expired. */
export const signingKeyRetired = defineEvent(
  'signingkey.retired',
  z.object({ kid: z.string().min(1), retiredAt: instant }),
);

export const signingKeyEvents = [signingKeyCreated, signingKeyPromoted, signingKeyExtended, signingKeyRetired] as const;
export type SigningKeyEvent = EventOf<(typeof signingKeyEvents)[number]>;
