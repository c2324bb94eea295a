import { Agent, request } from 'node:http';
import type { PlannedRequest } from './plan.ts';

export interface Answered {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly text: string;
  /** From the request to the end of its answer. */
  readonly ms: number;
}

/** Asks one server over connections that are kept. A connection that breaks is status 0. */
export function keepAliveClient(url: string, connections: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const { hostname, port } = new URL(url);
  const send = ({ method, path, headers = {}, body }: PlannedRequest): Promise<Answered> =>
    new Promise((resolve) => {
      const began = performance.now();
      const answered = (status: number, text: string, retryAfter?: string) =>
        resolve({ status, text, retryAfter, ms: performance.now() - began });
      const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
      const options = { agent, host: hostname, port, path, method, headers: { ...headers, ...length } };
      const asked = request(options, (answer) => {
        const parts: string[] = [];
        answer.setEncoding('utf8').on('data', (part: string) => parts.push(part));
        answer.once('end', () => answered(answer.statusCode ?? 0, parts.join(''), answer.headers['retry-after']));
        answer.once('error', (error) => answered(0, error.message));
      });
      asked.once('error', (error) => answered(0, error.message)).end(body);
    });
  return { send, close: () => agent.destroy() };
}

/** The planned requests in turn, for ever. */
export function inTurn(requests: readonly PlannedRequest[]): (turn: number) => PlannedRequest {
  return (turn) => {
    const planned = requests[turn % requests.length];
    if (planned === undefined) throw new RangeError('no requests');
    return planned;
  };
}
