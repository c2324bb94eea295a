/**
 * An event of Evident: CloudEvents 1.0 (JSON format) with extension attributes. The same from JetStream, from
 * `GET /events` and in a webhook, but for the members that only auditors may see.
 */
export interface CloudEvent<Data = Readonly<Record<string, unknown>>> {
  readonly specversion: '1.0';
  /** UUID; the same event always has the same one. */
  readonly id: string;
  /** `user.registered` */
  readonly type: string;
  /** `/tenants/<tenant>` */
  readonly source: string;
  /** What it is about: `user:<uuid>`. */
  readonly subject: string;
  /** When it was recorded: RFC 3339 UTC with milliseconds. */
  readonly time: string;
  /** `urn:evident:<type>:<schema number>` */
  readonly dataschema: string;
  readonly datacontenttype: 'application/json';
  /** Null where the program that published it could not read the event; `unreadable` says why. */
  readonly data: Data | null;
  /** Place in the one order of all events, `<log id>~<sortable>`. */
  readonly position: string;
  /** Place among the events of its subject, from 0. */
  readonly revision: number;
  /** Who did it: `user:<uuid>`, `app:<uuid>`, `service:<uuid>`, `apikey:<uuid>` or `system`. */
  readonly actor: string;
  readonly onbehalfof?: string | undefined;
  readonly commandid: string;
  readonly correlationid: string;
  readonly causationid?: string | undefined;
  readonly clientip?: string | undefined;
  readonly useragent?: string | undefined;
  readonly unreadable?: string | undefined;
}

/** The log that a position is of. Positions of one log compare as text. */
export function logOf(position: string): string {
  return position.slice(0, position.indexOf('~'));
}
