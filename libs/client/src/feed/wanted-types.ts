/** Which events are wanted: `*`, `user.*`, `user.registered`. */
export interface WantedTypes {
  readonly patterns: readonly string[];
  matches(type: string): boolean;
  /** Subjects of the stream that hold them, in one tenant. */
  subjects(tenant: string): readonly string[];
}

/** What a subscriber gets who names nothing, and what needs no permission of its own. */
const usualTypes: readonly string[] = ['user.*', 'app.*', 'role.*', 'workspace.*'];

/** Types whose subject is called otherwise: agents are `service:<uuid>`. */
const aggregates: Readonly<Record<string, string>> = { agent: 'service' };

/** Throws a `TypeError` that names a pattern which is none. */
export function wantedTypes(patterns: readonly string[] = usualTypes): WantedTypes {
  const wrong = patterns.find((each) => !/^(?:\*|[a-z]+\.(?:\*|[a-z]+(?:-[a-z]+)*))$/.test(each));
  if (wrong !== undefined || patterns.length === 0) {
    throw new TypeError(`${wrong ?? 'nothing'} is no pattern of types; write user.*, user.registered or *`);
  }
  const all = patterns.includes('*');
  const begins = patterns.filter((each) => each.endsWith('.*')).map((each) => each.slice(0, -1));
  const exact = new Set(patterns);
  return {
    patterns: all ? ['*'] : [...exact],
    matches: (type) => all || exact.has(type) || begins.some((begin) => type.startsWith(begin)),
    subjects(tenant) {
      if (all) return [`evident.events.${tenant}.>`];
      const kept = [...exact].filter((each) => each.endsWith('.*') || !begins.some((begin) => each.startsWith(begin)));
      return kept.map((each) => {
        const [category = '', event = ''] = each.split('.');
        return `evident.events.${tenant}.${aggregates[category] ?? category}.*.${event}`;
      });
    },
  };
}
