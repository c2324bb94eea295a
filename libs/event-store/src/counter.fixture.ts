import { hash } from 'node:crypto';
import type { Decider, DomainEvent } from '@evident/domain';
import { type CommandMetadata, createEventCodec, type EventCodec } from './event-codec.ts';
import type { EventRegistryLike } from './event-registry.port.ts';
import type { JsonObject } from './event-store.port.ts';
import type { PersonSealer } from './person-sealer.port.ts';

/** A small aggregate for the specs: a counter with a ceiling, and whoever raised it last. */
export type Raised = DomainEvent<
  'counter.raised',
  { readonly by: number; readonly who?: string; readonly note?: string }
>;
export interface Raise {
  readonly by: number;
  readonly who?: string;
  /** Raise only as far as this. */
  readonly upTo?: number;
}
export interface Counter {
  readonly count: number;
  readonly who: string;
}

export const counter: Decider<Raise, Counter, Raised, 'counter.too-high'> = {
  initial: { count: 0, who: 'nobody' },
  decide(command, state) {
    if (command.upTo !== undefined && state.count >= command.upTo) return { accepted: true, events: [] };
    if (state.count + command.by > 100)
      return { accepted: false, code: 'counter.too-high', details: { count: state.count } };
    const who = command.who === undefined ? {} : { who: command.who };
    return {
      accepted: true,
      events: Array.from({ length: command.by }, () => ({ type: 'counter.raised', data: { by: 1, ...who } })),
    };
  },
  evolve: (state, { data }) => ({ count: state.count + data.by, who: data.who ?? state.who }),
};

/** Schema 1 had `amount` and `name`; schema 2 has `by` and `who`. */
export const registry: EventRegistryLike = {
  get: (type) => (type === 'counter.raised' ? { type, schema: 2, personal: ['who', 'note'] } : undefined),
  read(type, schema, data) {
    if (type !== 'counter.raised') return { problem: 'unknown-type', message: `no event type ${type} is known` };
    if (schema > 2) return { problem: 'newer-schema', message: `schema ${schema}` };
    const { amount, name, ...newest } = data as JsonObject;
    const upcast = schema === 1 ? { by: amount, who: name } : newest;
    return typeof upcast.by === 'number' ? { data: upcast } : { problem: 'wrong-shape', message: 'by is no number' };
  },
};

/** Seals reversibly and refuses a box that was moved; a person in `gone` has no key any more. */
export class SpecSealer implements PersonSealer {
  readonly gone = new Set<string>();
  readonly seals: string[] = [];
  opens = 0;

  seal(person: string, plaintext: string, associatedData: string): JsonObject {
    this.seals.push(person);
    return { text: Buffer.from(plaintext).toString('base64'), bound: hash('sha256', `${person}|${associatedData}`) };
  }

  open(person: string, sealed: JsonObject, associatedData: string): string | undefined {
    this.opens++;
    if (this.gone.has(person)) return undefined;
    if (sealed.bound !== hash('sha256', `${person}|${associatedData}`))
      throw new Error('the box does not belong there');
    return Buffer.from(String(sealed.text), 'base64').toString();
  }
}

export function specCodec(sealer: PersonSealer = new SpecSealer()): EventCodec {
  return createEventCodec(registry, sealer);
}

export function metadataOf(commandId: string, more: Partial<CommandMetadata> = {}): CommandMetadata {
  return {
    tenant: 'main',
    actor: 'system',
    commandId,
    correlationId: commandId,
    occurredAt: 1_700_000_000_000,
    ...more,
  };
}
