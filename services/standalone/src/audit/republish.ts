import { setImmediate as turn } from 'node:timers/promises';
import type { CloudEvent } from '@evident/contracts';
import { connectNats, type NatsLink, NatsProblem, type NatsProblemCode } from '@evident/transport/nats';
import { CliProblem } from '../cli/failure.ts';
import { longPause } from './long-pause.ts';

/** Messages that may be on their way before the server is heard of. */
const unconfirmed = 500;

export interface Republishing {
  /** `nats://host:4222/evident.replays.try`: the server, and the subject under which each event goes. */
  readonly target: string;
  /** How many times as fast as it happened; infinity for as fast as it goes. */
  readonly speed: number;
  readonly onSent: (event: CloudEvent) => void;
}

/** Sends events to a NATS subject, in order, with the pauses that were between them divided by the speed. */
export async function republish(
  pages: AsyncIterable<readonly CloudEvent[]>,
  { target, speed, onSent }: Republishing,
): Promise<number> {
  const { servers, subject } = parseTarget(target);
  const link = await connect(servers);
  const confirm = confirming(link, subject);
  let sent = 0;
  let previous: number | undefined;
  try {
    for await (const events of pages) {
      for (const event of events) {
        const time = Date.parse(event.time);
        if (previous !== undefined && Number.isFinite(speed)) await longPause((time - previous) / speed);
        previous = time;
        link.connection.publish(subject, JSON.stringify(event));
        sent += 1;
        onSent(event);
        if (sent % unconfirmed === 0) await confirm();
      }
    }
    await confirm();
    return sent;
  } finally {
    await link.close();
  }
}

/** What the server of a deployment is told to correct in its variables is said here of the option. */
const remedies: Readonly<Record<Exclude<NatsProblemCode, 'file'>, string>> = {
  plaintext: 'Write --to tls://… for a server on another machine, and nats:// for one on this.',
  anonymous: 'Write a user and a password into --to: tls://user:password@host:4222/evident.replays.<name>.',
  refused: 'Correct the credential in --to, or the permissions of the server.',
  certificate: 'Set NODE_EXTRA_CA_CERTS to the certificate of the authority that signed it.',
  closed: 'Start it, or correct --to.',
};

async function connect(server: string): Promise<NatsLink> {
  try {
    return await connectNats({ servers: [server], service: 'evident-replay', signal: AbortSignal.timeout(10_000) });
  } catch (problem) {
    if (!(problem instanceof NatsProblem) || problem.code === 'file') throw problem;
    throw new CliProblem(problem.message, remedies[problem.code], { cause: problem });
  }
}

/** Waits until the server has what was sent, and throws `CliProblem` where it took nothing of it, which it says aside. */
function confirming({ connection }: Pick<NatsLink, 'connection'>, subject: string): () => Promise<void> {
  let isRefused = false;
  void (async () => {
    for await (const { type } of connection.status()) isRefused ||= type === 'error';
  })();
  return async () => {
    await connection.flush();
    // The refusal came before the answer to the flush, and is told of in this turn of the event loop.
    await turn();
    if (isRefused)
      throw new CliProblem(
        `NATS lets nothing be published under ${subject}.`,
        'Give its user that permission, or name another subject or user.',
      );
  };
}

function parseTarget(target: string): { servers: string; subject: string } {
  const [, servers, subject] = /^((?:nats|tls):\/\/[^/]+)\/([^\s*>]+)$/.exec(target) ?? [];
  const remedy = 'Write --to nats://host:4222/evident.replays.<name>.';
  if (servers === undefined || subject === undefined) throw new CliProblem(`${target} names no NATS subject.`, remedy);
  if (isSpokenFor(subject))
    throw new CliProblem(`${subject} is for the live feed, for requests between services or for NATS itself.`, remedy);
  return { servers, subject };
}

/** What is replayed there would stand in the feed as if it had just happened, or be taken for a request. */
function isSpokenFor(subject: string): boolean {
  return /^(?:evident(?:\.|$)|[$_])/.test(subject) && !subject.startsWith('evident.replays.');
}
