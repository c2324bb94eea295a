import { addressHash, appCallerHash, userAccountHash } from '@evident/auth-command';
import { ticketHash } from '@evident/crypto';
import { type SignInEvent, sessionDecider, streams } from '@evident/domain';
import { type CommandMetadata, eventId, uuid5 } from '@evident/event-store';
import type { Decided } from './bulk-append.ts';
import type { Changes } from './changes.ts';
import { appOf, type HistoryUser, userOf } from './history.ts';
import { clientOf, type Making } from './making.ts';

/** Tokens of a session as configured by default; milliseconds. */
const accessTtl = 3_600_000;
const refreshTtl = 2_592_000_000;
const audience = 'your-app';

/** Makes the judged attempts of a history, and the sessions that some of them opened. */
export class SignIns {
  readonly #making: Making;
  readonly #changes: Changes;
  #sessionsLeft: number;
  #made = 0;
  /** Events on the sign-in stream of each user so far, to name the evidence of a session. */
  readonly #ends = new Map<string, number>();

  constructor(making: Making, changes: Changes, sessions: number) {
    this.#making = making;
    this.#changes = changes;
    this.#sessionsLeft = sessions;
  }

  /** Attempts on users from the first to the `newest`th, each as likely as another. */
  async make(count: number, newest: number): Promise<void> {
    if (newest === 0) return;
    const { log, appends, shape } = this.#making;
    const whose = Array.from({ length: count }, () => {
      const turn = this.#made++;
      // A multiplicative walk: each user comes up as often as another, and always the same ones in the same history.
      const nth = 1 + ((turn * 7_919 + Math.floor(turn / newest)) % newest);
      return { turn, nth, user: userOf(nth, shape) };
    });
    await log.personKeys.obtain([...new Set(whose.map(({ user }) => user.uid))]);
    const batch: Decided[] = [];
    for (const { turn, nth, user } of whose) {
      const session = this.#sessionsLeft > 0 && turn % 10 !== 9 && this.#changes.isActive(nth);
      if (session) this.#sessionsLeft--;
      batch.push(...this.#attempt(turn, nth, user, session));
    }
    await appends.append(batch);
  }

  #attempt(turn: number, nth: number, user: HistoryUser, session: boolean): readonly Decided[] {
    const { log, now, shape } = this.#making;
    const [firstApp = 1] = user.apps;
    const { uid: appId } = appOf(firstApp);
    const at = now();
    const client = clientOf(turn);
    const revision = this.#changes.revisionOf(nth, 3 + user.apps.length);
    const judged = {
      app: session || shape.apps === 0 ? null : this.#changes.appRevisionOf(firstApp),
      reservation: 0,
      user: revision,
    };
    const purpose = session ? 'session' : 'verify';
    const caller = session
      ? addressHash(log.lookup, client.clientIp)
      : appCallerHash(log.lookup, appId, client.clientIp);
    const common = {
      purpose,
      appId: session ? null : appId,
      judged,
      account: userAccountHash(log.lookup, user.uid),
      caller,
      at,
    } as const;
    const reason = turn % 10 === 9 ? 'wrong-password' : this.#changes.isActive(nth) ? undefined : 'inactive';
    const id = uuid5(`history/sign-in/${turn}`);
    const event: SignInEvent =
      reason === undefined
        ? {
            type: 'signin.succeeded',
            data: {
              ...common,
              userId: user.uid,
              audience: session ? audience : null,
              generation: this.#changes.generationOf(nth),
              ticketHash: session ? ticketHash(id) : null,
            },
          }
        : { type: 'signin.failed', data: { ...common, reason, userId: user.uid } };
    const metadata: CommandMetadata = {
      tenant: log.tenant,
      actor: session ? 'system' : `app:${appId}`,
      ...(reason === undefined ? { onBehalfOf: `user:${user.uid}` } : {}),
      commandId: uuid5(`history/attempt/${turn}`),
      correlationId: uuid5(`history/request/${turn}`),
      occurredAt: at,
      ...client,
      clientPerson: user.uid,
    };
    const stream = streams.signIn(log.tenant, user.uid);
    const end = (this.#ends.get(user.uid) ?? -1) + 1;
    if (this.#sessionsLeft > 0 || session) this.#ends.set(user.uid, end);
    const attempt: Decided = { stream, step: 'attempt', events: [event], expected: 'any', metadata, id };
    if (!session) return [attempt];
    return [
      attempt,
      this.#open(this.#changes.generationOf(nth), user, { stream, revision: end, eventId: id }, metadata),
    ];
  }

  #open(
    generation: number,
    { uid: userId }: HistoryUser,
    evidence: { readonly stream: string; readonly revision: number; readonly eventId: string },
    attempt: CommandMetadata,
  ): Decided {
    const { log, now } = this.#making;
    const stream = streams.session(log.tenant, uuid5(`session/${evidence.eventId}`));
    const metadata: CommandMetadata = {
      ...attempt,
      actor: `user:${userId}`,
      commandId: uuid5(`open/${attempt.commandId}`),
      causationId: evidence.eventId,
    };
    const tokenId = eventId(metadata.commandId, stream, 'open', 0);
    const decision = sessionDecider.decide(
      {
        type: 'open-session',
        userId,
        audience,
        generation,
        methods: ['password'],
        evidence,
        tokenId,
        refreshId: tokenId,
        roles: [],
        scopes: [],
        now: now(),
        accessExpiresAt: now() + accessTtl,
        expiresAt: now() + refreshTtl,
        ...(attempt.clientIp === undefined ? {} : { clientIp: attempt.clientIp }),
        ...(attempt.userAgent === undefined ? {} : { userAgent: attempt.userAgent }),
      },
      sessionDecider.initial,
    );
    if (!decision.accepted) throw new Error(decision.code);
    return { stream, step: 'open', events: decision.events, expected: 'no-stream', metadata, person: userId };
  }
}
