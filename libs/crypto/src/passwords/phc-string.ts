/** What an argon2id hash in PHC string form says about how it was made. */
export interface PhcParameters {
  readonly memoryKib: number;
  readonly passes: number;
  readonly lanes: number;
}

const FORM =
  /^\$argon2id\$v=19\$([mtp]=\d{1,10}(?:,[mtp]=\d{1,10}){2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/;

/**
 * Reads `$argon2id$v=19$m=…,t=…,p=…$<salt>$<digest>` (the PHC string format; RFC 9106 for the parameters). The three
 * may come in any order, as other libraries write `m,p,t`. Undefined for every other text: another algorithm or
 * version, a salt below 8 or a digest below 16 bytes, a parameter missing, doubled or outside RFC 9106.
 */
export function parsePhc(phc: string): PhcParameters | undefined {
  const [, parameters] = FORM.exec(phc) ?? [];
  if (parameters === undefined) return undefined;
  const values = new Map(parameters.split(',').map((pair) => [pair.charAt(0), Number(pair.slice(2))]));
  const memoryKib = values.get('m');
  const passes = values.get('t');
  const lanes = values.get('p');
  if (memoryKib === undefined || passes === undefined || lanes === undefined) return undefined;
  if (passes < 1 || lanes < 1 || lanes > 255 || memoryKib < 8 * lanes || memoryKib >= 2 ** 32) return undefined;
  return { memoryKib, passes, lanes };
}

/** The PHC string of salt and digest; base64 without padding, parameters in the order `m,t,p`. */
export function formatPhc(parameters: PhcParameters, salt: Buffer, digest: Buffer): string {
  const { memoryKib, passes, lanes } = parameters;
  const unpadded = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');
  return `$argon2id$v=19$m=${memoryKib},t=${passes},p=${lanes}$${unpadded(salt)}$${unpadded(digest)}`;
}
