import type { Reply, RequestContext } from '@evident/contracts';
import type { JsonObject } from '@evident/event-store';
import type { Command, CommandGate } from './command.ts';

export interface Permission<Request> {
  readonly name: string;
  /** Absent where the use case asks itself. */
  readonly scope?: string;
  /** What the request is about, where it names it. */
  readonly target?: (request: Request) => readonly (number | string)[];
  /** What the caller said of it, where the gateway adds what it found: that may be another in a repeat. All of it unless given. */
  readonly said?: (request: Request) => object;
}

/** Opens the gate before the use case begins: who may not do it starts nothing, not even a hash. */
export function permitted<Request extends object, Value>(
  gate: CommandGate,
  { name, scope, target, said = (request) => request }: Permission<Request>,
  useCase: (request: Request, command: Command) => Promise<Reply<Value>>,
) {
  return async (request: Request, context: RequestContext): Promise<Reply<Value>> => {
    // Every contract of this service is of JSON members alone.
    const payload = said(request) as JsonObject;
    const opened = await gate.open(
      { name, ...(scope === undefined ? {} : { scope }), target: target?.(request) ?? [], payload },
      context,
    );
    return opened.ok ? useCase(request, opened.command) : opened;
  };
}

/** Opens the gate for a caller and begins the use case; what a store that is away makes of it is said as such. */
export type Guard = <Request extends object, Value>(
  permission: Permission<Request>,
  useCase: (request: Request, command: Command) => Promise<Reply<Value>>,
) => (request: Request, context: RequestContext) => Promise<Reply<Value>>;
