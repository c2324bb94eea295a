import { betterAuth } from './peers/better-auth.ts';
import { keycloak } from './peers/keycloak.ts';
import { peerOidcProvider } from './peers/oidc-provider-program.ts';
import { pocketBase } from './peers/pocketbase.ts';
import { signInProgram } from './peers/sign-in-program.ts';
import type { Program } from './program.ts';
import { apiKeyCheck } from './programs/api-key-check.ts';
import { append } from './programs/append.ts';
import { auditAt } from './programs/audit-at.ts';
import { coldStart } from './programs/cold-start.ts';
import { feed } from './programs/feed.ts';
import { followLag } from './programs/follow-lag.ts';
import { gateway } from './programs/gateway.ts';
import { hash } from './programs/hash.ts';
import { liveEvent } from './programs/live-event.ts';
import { memory } from './programs/memory.ts';
import { queries } from './programs/queries.ts';
import { readMongodb } from './programs/read-mongodb.ts';
import { readUser } from './programs/read-user.ts';
import { rebuild } from './programs/rebuild.ts';
import { rebuildMongodb } from './programs/rebuild-mongodb.ts';
import { rebuildPause } from './programs/rebuild-pause.ts';
import { rebuildSteps } from './programs/rebuild-steps.ts';
import { refresh } from './programs/refresh.ts';
import { replay } from './programs/replay.ts';
import { saturation } from './programs/saturation.ts';
import { scale } from './programs/scale.ts';
import { signIn } from './programs/sign-in.ts';
import { splitLag } from './programs/split-lag.ts';
import { splitVsStandalone } from './programs/split-vs-standalone.ts';
import { timing } from './programs/timing.ts';
import { tokenCheck } from './programs/token-check.ts';
import { tokenVerify } from './programs/token-verify.ts';
import { transport } from './programs/transport.ts';
import { verifyDistinct } from './programs/verify-distinct.ts';
import { verifyLog } from './programs/verify-log.ts';
import { verifyRepeated } from './programs/verify-repeated.ts';

/** In the order in which they are listed: what users wait for, the log and its followers, the whole, single parts, and others. */
export const programs: readonly Program[] = [
  verifyDistinct,
  verifyRepeated,
  tokenCheck,
  apiKeyCheck,
  readUser,
  signIn,
  refresh,
  append,
  followLag,
  splitLag,
  liveEvent,
  rebuild,
  rebuildPause,
  rebuildSteps,
  rebuildMongodb,
  readMongodb,
  feed,
  replay,
  auditAt,
  verifyLog,
  coldStart,
  memory,
  splitVsStandalone,
  scale,
  saturation,
  timing,
  hash,
  tokenVerify,
  queries,
  transport,
  gateway,
  signInProgram(betterAuth),
  signInProgram(pocketBase),
  signInProgram(keycloak),
  peerOidcProvider,
];
