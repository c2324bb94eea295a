import type { MessageContract, Reply, RequestContext, RequestOf, ValueOf } from '@evident/contracts';
import { authenticate, openSession } from '@evident/contracts';
import { requestContext } from '@evident/testing';
import type { Broadcast, RequestClient } from '@evident/transport';
import type { OpenedLog } from './opened-log.ts';

/** Who holds the gateway, or its place on the wire: speaks to the services as it does. */
export class Attacker {
  readonly wire: RequestClient & Broadcast;
  readonly opened: OpenedLog;
  readonly administrator: { readonly username: string; readonly password: string };

  constructor(
    wire: RequestClient & Broadcast,
    opened: OpenedLog,
    administrator: { readonly username: string; readonly password: string },
  ) {
    this.wire = wire;
    this.opened = opened;
    this.administrator = administrator;
  }

  /** The context may hold members that it has no right to. */
  ask<Contract extends MessageContract>(
    contract: Contract,
    payload: RequestOf<Contract>,
    context: Partial<RequestContext> & Readonly<Record<string, unknown>> = {},
  ): Promise<Reply<ValueOf<Contract>>> {
    return this.wire.request(contract, payload, { ...requestContext(), ...context });
  }

  /** The code that the request is refused with, or `ok`. */
  async codeOf<Contract extends MessageContract>(
    contract: Contract,
    payload: RequestOf<Contract>,
    context: Partial<RequestContext> & Readonly<Record<string, unknown>> = {},
  ): Promise<string> {
    const reply = await this.ask(contract, payload, context);
    return reply.ok ? 'ok' : reply.error.code;
  }

  /** Types of the events that `doing` added to the log. */
  async appendedBy(doing: () => Promise<unknown>): Promise<readonly string[]> {
    const before = (await this.opened.stored()).length;
    await doing();
    return this.opened.typesAfter(before);
  }

  /** What a person who signs in through this gateway lets it have. */
  async evidenceOf(who: { username: string; password: string }, purpose: 'token' | 'session') {
    const { username, password } = who;
    return valueIn(await this.ask(authenticate, { username, password, purpose }));
  }

  /** A token of that person. */
  async tokenOf(who: { username: string; password: string }, purpose: 'token' | 'session' = 'token'): Promise<string> {
    const { evidence } = await this.evidenceOf(who, purpose);
    return valueIn(await this.ask(openSession, { evidence, purpose })).accessToken;
  }
}

export function valueIn<Value>(reply: Reply<Value>): Value {
  if (!reply.ok) throw new Error(`refused: ${JSON.stringify(reply.error)}`);
  return reply.value;
}
