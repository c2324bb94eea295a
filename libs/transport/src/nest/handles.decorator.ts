import type { MessageContract } from '@evident/contracts';
import { UseFilters } from '@nestjs/common';
import { Ctx, MessagePattern, Payload } from '@nestjs/microservices';
import { type AnyMessageHandler, type MessageHandler, MessageHandlers } from '../message-handlers.ts';
import { FaultFilter } from './fault.filter.ts';

const contractsOfMethods = new WeakMap<object, MessageContract>();

/** Nest hands this to the transport strategy with the handler. */
export interface HandlesExtras {
  /** Queue group: of several instances of a service one gets each request. */
  readonly queue: string;
  readonly contract: MessageContract;
}

/**
 * Declares that a method of a Nest controller answers the messages of a contract:
 *
 * ```ts
 * @Handles(getUser)
 * getUser(query: { id: number }, context: RequestContext): Promise<Reply<UserWithApps>> { … }
 * ```
 *
 * The method's parameters need no decorators. It gets the validated payload and the context; what it throws is logged
 * and becomes `fault.internal`, or what the server's `mapFault` makes of it.
 */
export function Handles<Contract extends MessageContract>(contract: Contract) {
  return <Method extends MessageHandler<Contract>>(
    target: object,
    key: string,
    descriptor: TypedPropertyDescriptor<Method>,
  ): void => {
    const extras: HandlesExtras = { queue: contract.service, contract };
    if (descriptor.value !== undefined) contractsOfMethods.set(descriptor.value, contract);
    MessagePattern(contract.subject, extras)(target, key, descriptor);
    UseFilters(FaultFilter)(target, key, descriptor);
    Payload()(target, key, 0);
    Ctx()(target, key, 1);
  };
}

/** The table of a controller's handlers without Nest: for specs, and for programs that need no framework. */
export function bindHandlers(...controllers: readonly object[]): MessageHandlers {
  const handlers = new MessageHandlers();
  for (const controller of controllers) {
    for (const method of methodsOf(controller)) {
      const contract = contractsOfMethods.get(method);
      if (contract !== undefined) {
        handlers.addBound({ contract, handle: (payload, context) => method.call(controller, payload, context) });
      }
    }
  }
  return handlers;
}

function methodsOf(controller: object): AnyMessageHandler[] {
  const methods = new Map<string, AnyMessageHandler>();
  for (let type = Object.getPrototypeOf(controller); type !== Object.prototype; type = Object.getPrototypeOf(type)) {
    for (const [key, { value }] of Object.entries(Object.getOwnPropertyDescriptors(type))) {
      if (typeof value === 'function' && !methods.has(key)) methods.set(key, value);
    }
  }
  return [...methods.values()];
}
