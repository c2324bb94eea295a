/** A closed loop from another process: each connection asks again as soon as it was answered. */
export interface Load {
  /** The server, as `http://127.0.0.1:8000`. */
  readonly url: string;
  readonly connections: number;
  readonly seconds: number;
  /** Taken in turn. */
  readonly requests: readonly PlannedRequest[];
  /** The process that answers, where its processor time is asked for. */
  readonly server?: number | undefined;
}

export interface PlannedRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Loaded {
  /** Answers of status 2xx. */
  readonly perSecond: number;
  /** Milliseconds from the request to the end of its answer. */
  readonly p50: number;
  readonly p99: number;
  /** Microseconds of the server's processor time for each answer, all its threads; NaN where no server was named. */
  readonly processorUs: number;
}

export interface Seen extends Omit<Loaded, 'processorUs'> {
  readonly answers: number;
  /** Answers that were no 2xx, and connections that broke. */
  readonly refused: number;
}

export function postJson(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): PlannedRequest {
  return {
    method: 'POST',
    path,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  };
}
