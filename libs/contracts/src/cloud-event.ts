import { z } from 'zod';

/**
 * An event as everyone outside sees it: CloudEvents 1.0 (JSON format, structured mode) with extension attributes of
 * ours. The same on the audit routes and on the downstream feed, so that one can be joined to the other.
 */
export const cloudEvent = z.object({
  specversion: z.literal('1.0'),
  id: z.uuid(),
  /** Stored name: `user.registered`. */
  type: z.string(),
  /** `/tenants/<tenant>` */
  source: z.string(),
  /** What it is about: `user:<uuid>`. One subject is one stream. */
  subject: z.string(),
  /** When it was recorded: RFC 3339 UTC with milliseconds. */
  time: z.string(),
  /** `urn:evident:<type>:<schema number>` */
  dataschema: z.string(),
  datacontenttype: z.literal('application/json'),
  /**
   * In the shape of `dataschema`. Secret members are left out; personal ones read `erased` where the person's key is
   * gone and `sealed` where the reader may not read that person. Null where this program cannot read the event.
   */
  data: z.record(z.string(), z.unknown()).nullable(),
  position: z.string(),
  /** Where it stood in the log that it was first written to, where this one is a copy (`evident migrate`). */
  originposition: z.string().optional(),
  /** Place in the stream of its subject, from 0. */
  revision: z.number().int().nonnegative(),
  /** `user:<uuid>`, `app:<uuid>`, `service:<uuid>`, `apikey:<uuid>` or `system`; never empty. */
  actor: z.string(),
  onbehalfof: z.string().optional(),
  commandid: z.string(),
  correlationid: z.string(),
  causationid: z.string().optional(),
  clientip: z.string().optional(),
  useragent: z.string().optional(),
  /** Why `data` is null: `unknown-type`, `newer-schema`, `wrong-shape`. */
  unreadable: z.string().optional(),
});
export type CloudEvent = z.infer<typeof cloudEvent>;

/** What a personal member reads as for who may not read the person; see `erased` of the event codec for the other word. */
export const withheld = 'sealed';
