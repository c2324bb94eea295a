/** A UUID that begins with a time (version 7, RFC 9562 section 5.7), as printed. */
const beginsWithTime = /^[0-9a-f]{8}-[0-9a-f]{4}-7/;

/** The time that an id begins with, in milliseconds since the epoch; undefined where it begins with none. */
export function timeOfId(id: string): number | undefined {
  return beginsWithTime.test(id) ? Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16) : undefined;
}

/**
 * An id that was derived from a command, begun with the time that the command's id begins with, where it does. Ids of
 * events that come one after the other then lie beside each other in every index of ids, so that a commit writes one
 * page of it instead of one for each event, however many there are. The other 74 bits stay those of the id; it is of
 * version 8 (RFC 9562 section 5.8).
 */
export function inOrderOf(commandId: string, id: string): string {
  return beginsWithTime.test(commandId) ? `${commandId.slice(0, 13)}-8${id.slice(15)}` : id;
}
