import type { ReplyError } from '@evident/contracts';
import type { Answer } from './answer.ts';
import type { InputProblem } from './input.ts';

/** What the gateway refuses before any service is asked. */
export type HttpFault =
  | 'bad-request'
  | 'not-found'
  | 'method-not-allowed'
  | 'request-timeout'
  | 'too-large'
  | 'headers-too-large';

export const faultStatus: Readonly<Record<HttpFault, number>> = {
  'bad-request': 400,
  'not-found': 404,
  'method-not-allowed': 405,
  'request-timeout': 408,
  'too-large': 413,
  'headers-too-large': 431,
};

/** How one published contract words its errors. */
export interface Refusals {
  /** A reply's error, from a service or from the gateway's own checks. Must answer an unknown code too. */
  refuse(error: ReplyError): Answer;
  invalid(problems: readonly InputProblem[]): Answer;
  fault(fault: HttpFault): Answer;
}
