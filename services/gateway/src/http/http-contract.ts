import type { z } from 'zod';
import type { Endpoint } from './endpoint.ts';
import type { Refusals } from './refusals.ts';

/** One published contract: its routes, how it words errors, and which other paths it answers for. */
export interface HttpContract {
  readonly name: string;
  /** For the head of its part of the documentation; plain text. */
  readonly about: string;
  readonly endpoints: readonly Endpoint[];
  readonly refusals: Refusals;
  /** The body of each of its errors, for the document. */
  readonly errorShape: z.ZodType;
  /** Status of a bad value in a path, a query or a header; 422 where it is not given. */
  readonly badParameter?: 400;
  /** The body of its answer to invalid input. */
  readonly invalidShape: z.ZodType;
  /** Media type of its errors where that is not `application/json`. */
  readonly errorType?: string;
  /** Is an unknown path under this contract? The last contract of a gateway takes what no other owns. */
  readonly owns: (path: string) => boolean;
}
