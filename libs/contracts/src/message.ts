import { z } from 'zod';
import { type ErrorCode, type ErrorCodeName, errorCodes, isErrorCode, type NewerCode } from './error-codes.ts';

export type ServiceName = 'auth-command' | 'identity-projection' | 'token-issuer';

/** One request that crosses a process: who answers it, and the shapes of question and answer. */
export interface MessageContract<Request extends z.ZodType = z.ZodType, Value extends z.ZodType = z.ZodType> {
  /** `evident.<service>.<cmd|qry>.<name>.v1` */
  readonly subject: string;
  readonly service: ServiceName;
  readonly kind: 'cmd' | 'qry';
  readonly name: string;
  readonly request: Request;
  readonly value: Value;
}

/** A message that may change something: safe to send again under the same `commandId`. */
export function defineCommand<Request extends z.ZodType, Value extends z.ZodType>(
  service: ServiceName,
  name: string,
  shapes: { request: Request; value: Value },
): MessageContract<Request, Value> {
  return { subject: `evident.${service}.cmd.${name}.v1`, service, kind: 'cmd', name, ...shapes };
}

/** A message that changes nothing. */
export function defineQuery<Request extends z.ZodType, Value extends z.ZodType>(
  service: ServiceName,
  name: string,
  shapes: { request: Request; value: Value },
): MessageContract<Request, Value> {
  return { subject: `evident.${service}.qry.${name}.v1`, service, kind: 'qry', name, ...shapes };
}

const printable = z.string().min(1).max(256);

/**
 * What travels with every request. The caller's own credential goes along, so that the service that decides can
 * check it itself: an `actor` sent by another service would have to be believed.
 */
export const requestContext = z.object({
  tenant: z.string().regex(/^[a-z0-9]{1,32}$/),
  /** Milliseconds since the epoch after which nobody waits for the answer: it is not begun, and a late reply is dropped. */
  deadline: z.number().int(),
  correlationId: printable,
  causationId: printable.optional(),
  /** W3C Trace Context of the span that sent it, where requests are traced. */
  traceparent: z
    .string()
    .regex(/^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/)
    .optional(),
  /** UUID of the request: a retry by the same hand carries the same one, and a command acts once for it. */
  commandId: z.uuid(),
  /**
   * The client's `Idempotency-Key`. The service that decides makes the command id of it, bound to tenant, caller and
   * command; without an authenticated caller it counts for nothing.
   */
  idempotencyKey: z.string().min(1).max(128).optional(),
  /** The caller's bearer token or API key, as sent. */
  credential: z.string().max(8192).optional(),
  clientIp: z.string().max(64).optional(),
  userAgent: z.string().max(512).optional(),
  /** Printed position that a read must have passed. */
  minPosition: z.string().max(256).optional(),
});
export type RequestContext = z.infer<typeof requestContext>;

/** What is sent: the payload is validated by its contract where it arrives. */
export interface RequestEnvelope<Payload = unknown> {
  readonly payload: Payload;
  readonly context: RequestContext;
}

const codeNames = Object.keys(errorCodes) as [ErrorCodeName, ...ErrorCodeName[]];

export const replyError = z.object({
  code: z.enum(codeNames),
  /** For people and programs: never a secret, never a stack. */
  details: z.record(z.string(), z.unknown()).optional(),
  retryAfterSeconds: z.number().int().min(0).optional(),
  position: z.string().optional(),
});

/** The row of the sender's table, for whoever has none for the code. */
export const errorKind = z.object({
  status: z.number().int().min(400).max(599),
  retry: z.enum(['no', 'later', 'now']),
  meaning: z.string().min(1).max(300),
});

/** Of a newer peer. Its details are left behind: nobody here knows what they say. */
export const newerReplyError = replyError.omit({ details: true }).extend({
  code: z
    .string()
    .max(64)
    .regex(/^[a-z]+(?:-[a-z]+)*(?:\.[a-z]+(?:-[a-z]+)*)+$/)
    .transform((code) => code as NewerCode),
  kind: errorKind,
});

export type ReplyError =
  | (z.infer<typeof replyError> & { readonly kind?: undefined })
  | (z.infer<typeof newerReplyError> & { readonly details?: undefined });

/** What an error means to its caller, also where a newer peer sent it; of a code that nobody explains, a fault of ours. */
export function kindOf({ code, kind }: ReplyError): ErrorCode {
  return kind ?? errorCodes[isErrorCode(code) ? code : 'fault.internal'];
}

/** For people: what the service that refused said of it, the scope that is missing, or else what the code means. */
export function detailOf(error: ReplyError): string {
  const { missing, reason } = error.details ?? {};
  if (typeof reason === 'string') return reason;
  return typeof missing === 'string' ? `The caller lacks the scope ${missing}.` : kindOf(error).meaning;
}

/** Position is that of the write, or the one the read had reached. */
export type Reply<Value> =
  | { readonly ok: true; readonly value: Value; readonly position?: string }
  | { readonly ok: false; readonly error: ReplyError };

export type RequestOf<Contract extends MessageContract> = z.input<Contract['request']>;
export type ValueOf<Contract extends MessageContract> = z.output<Contract['value']>;

/** An answer, with the printed position at which it is true. */
export function succeed<Value>(value: Value, position?: string): Reply<Value> {
  return position === undefined ? { ok: true, value } : { ok: true, value, position };
}

/** A refusal that a caller may have to expect; what it means is in the table of `errorCodes`. */
export function fail(
  code: ErrorCodeName,
  more: Omit<z.infer<typeof replyError>, 'code'> = {},
): { ok: false; error: ReplyError } {
  return { ok: false, error: { code, ...more } };
}
