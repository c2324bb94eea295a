/**
 * The only fields that a log line may have. A field is here because its values are of our own making (ids, codes,
 * counts, route patterns) and can hold neither a secret nor personal data. Anything else does not compile, and where
 * it comes in untyped it is replaced. People are named by the uid of their subject (`user:<uuid>`), never by name.
 */
export interface LogFields {
  readonly correlationId?: string | undefined;
  readonly causationId?: string | undefined;
  readonly commandId?: string | undefined;
  readonly eventId?: string | undefined;
  readonly eventType?: string | undefined;
  /** `user:<uuid>`, `app:<uuid>` … */
  readonly subject?: string | undefined;
  readonly actor?: string | undefined;
  readonly tenant?: string | undefined;
  readonly position?: string | undefined;
  readonly revision?: number | undefined;
  readonly projection?: string | undefined;
  readonly epoch?: number | undefined;
  readonly lagMs?: number | undefined;
  readonly lagEvents?: number | undefined;
  readonly method?: string | undefined;
  /** The pattern (`/users/:id`), never the URL: paths and queries hold names. */
  readonly route?: string | undefined;
  readonly status?: number | undefined;
  readonly durationMs?: number | undefined;
  readonly bytes?: number | undefined;
  /** Subject of a message contract. */
  readonly message?: string | undefined;
  readonly code?: string | undefined;
  readonly reason?: string | undefined;
  readonly variable?: string | undefined;
  readonly kid?: string | undefined;
  readonly count?: number | undefined;
  readonly limit?: number | undefined;
  readonly attempt?: number | undefined;
  readonly worker?: string | undefined;
  readonly step?: string | undefined;
  readonly signal?: string | undefined;
  readonly exitCode?: number | undefined;
  readonly processId?: number | undefined;
  readonly port?: number | undefined;
  readonly file?: string | undefined;
  readonly error?: unknown;
}

type FieldName = keyof LogFields;

/** A record rather than a set, so that the compiler refuses a field of the type that is not listed here. */
const admitted: Readonly<Record<FieldName, true>> = {
  correlationId: true,
  causationId: true,
  commandId: true,
  eventId: true,
  eventType: true,
  subject: true,
  actor: true,
  tenant: true,
  position: true,
  revision: true,
  projection: true,
  epoch: true,
  lagMs: true,
  lagEvents: true,
  method: true,
  route: true,
  status: true,
  durationMs: true,
  bytes: true,
  message: true,
  code: true,
  reason: true,
  variable: true,
  kid: true,
  count: true,
  limit: true,
  attempt: true,
  worker: true,
  step: true,
  signal: true,
  exitCode: true,
  processId: true,
  port: true,
  file: true,
  error: true,
};

export function isLoggedField(name: string): name is FieldName {
  return Object.hasOwn(admitted, name);
}
