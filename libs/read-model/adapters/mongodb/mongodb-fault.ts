import { MongoAPIError, MongoBulkWriteError, MongoError, MongoServerError } from 'mongodb';
import { ReadModelFault, type ReadModelFaultCode } from '../../src/read-model-fault.ts';

/** Codes of server errors (mongodb.com/docs/manual/reference/error-codes) that are not "away, try again". */
const codes: ReadonlyMap<number, ReadModelFaultCode> = new Map([
  [2, 'misuse'],
  [9, 'misuse'],
  [13, 'misuse'],
  [18, 'misuse'],
  [59, 'misuse'],
  [73, 'misuse'],
  [8000, 'misuse'],
  [10334, 'unfit-row'],
  [14031, 'disk-full'],
]);

const duplicateKey = 11000;
const namespaceNotFound = 26;

/** Names what the driver threw. A server's word that is not known here counts as "try again". */
export function mongodbFault(error: unknown, name: string): ReadModelFault {
  if (error instanceof ReadModelFault) return error;
  return new ReadModelFault(faultCode(error), `${name}: ${error instanceof Error ? error.message : String(error)}`, {
    cause: error,
  });
}

function faultCode(error: unknown): ReadModelFaultCode {
  if (error instanceof MongoServerError) return codes.get(Number(error.code)) ?? 'unavailable';
  if (error instanceof MongoAPIError) return /Closed|NotConnected/.test(error.name) ? 'unavailable' : 'misuse';
  return error instanceof MongoError || isSocketError(error) ? 'unavailable' : 'misuse';
}

/** The driver passes on what writing to a connection gives that the server has just ended. */
function isSocketError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^E[A-Z]+$/.test(String(error.code));
}

/** Throws where anything else failed than upserts that met a row which their guard does not let them replace. */
export function mustBeDuplicates(error: unknown): void {
  if (!(error instanceof MongoBulkWriteError)) throw error;
  const failures = Array.isArray(error.writeErrors) ? error.writeErrors : [error.writeErrors];
  const concern = error.result.getWriteConcernError();
  if (concern !== undefined || failures.length === 0 || failures.some(({ code }) => code !== duplicateKey)) throw error;
}

export function isDuplicateKey(error: unknown): boolean {
  return error instanceof MongoServerError && error.code === duplicateKey;
}

export function isMissingCollection(error: unknown): boolean {
  return error instanceof MongoServerError && error.code === namespaceNotFound;
}
