/** What a line of this room may hold; a subset of what the runtime's log admits. */
export interface TransportLogFields {
  readonly message?: string;
  readonly correlationId?: string;
  readonly commandId?: string;
  readonly code?: string;
  readonly reason?: string;
  readonly attempt?: number;
  readonly count?: number;
  readonly lagMs?: number;
  readonly error?: unknown;
}

/** The runtime's `Logger` is one. */
export interface TransportLog {
  info(fields: TransportLogFields, text: string): void;
  warn(fields: TransportLogFields, text: string): void;
  error(fields: TransportLogFields, text: string): void;
}

export const noLog: TransportLog = { info: () => {}, warn: () => {}, error: () => {} };
