import { setImmediate as nextTurn } from 'node:timers/promises';

let line: Promise<void> = Promise.resolve();

/**
 * One turn of the event loop for each who waits, first come first served: of all that have much to do at the same moment
 * one goes on in a turn, and whatever else is asked is answered between them.
 */
export function ownTurn(): Promise<void> {
  line = line.then(() => nextTurn());
  return line;
}
