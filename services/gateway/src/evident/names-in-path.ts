import { projectionName } from '@evident/contracts';
import { z } from 'zod';

// What nothing can have belongs to nothing, rather than being malformed: the services look at the caller before they say
// that it is not there.
const idOfNone = '00000000-0000-0000-0000-000000000000';
const projectionOfNone = 'no-such-projection';

/** As it is printed: UUIDs are read in either case (RFC 9562 section 4). */
export const uuidInAnyCase = z.uuid().toLowerCase();

/** The UUID of an event, a job or a webhook; one that is no UUID is unknown. */
export const idInPath = z
  .string()
  .transform((text) => uuidInAnyCase.safeParse(text).data ?? idOfNone)
  .meta({ type: 'string', format: 'uuid', sample: '019a2f1e-7c1e-7b52-9a34-1c5e7d9b2f60' });

/** The name of a projection; one that no projection can have is unknown. */
export const projectionInPath = z
  .string()
  .transform((text) => projectionName.safeParse(text).data ?? projectionOfNone)
  .meta({ type: 'string', sample: 'users' });
