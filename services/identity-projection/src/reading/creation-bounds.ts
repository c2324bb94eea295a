import type { CreationRequest } from '@evident/contracts';
import type { RowQuery } from '@evident/read-model';

/** On an index whose first member that is not named by equality is the time of making. */
export function creationBounds({
  createdFrom,
  createdTo,
  order,
}: CreationRequest): Pick<RowQuery, 'from' | 'to' | 'order'> {
  return {
    ...(createdFrom === undefined ? {} : { from: createdFrom }),
    // Times are whole milliseconds, and the end of an index's range is exclusive.
    ...(createdTo === undefined ? {} : { to: createdTo + 1 }),
    ...(order === undefined ? {} : { order }),
  };
}
