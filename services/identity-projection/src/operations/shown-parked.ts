import type { ShownParkedEvent } from '@evident/contracts';
import { subjectOfStream } from '@evident/evidence';
import type { ParkedEvent } from '@evident/read-model';

/** A parked event as operators see it: by the subject of its stream, whose name may be a keyed hash. */
export function shownParked({ eventId, keys: _keys, stream, ...rest }: ParkedEvent): ShownParkedEvent {
  return { id: eventId, subject: subjectOfStream(stream) ?? '', ...rest };
}
