import { isIP } from 'node:net';
import { z } from 'zod';

/** Readers of single values. Each message ends a sentence that begins with the variable's name, and says what to write. */

const integerText = /^-?\d{1,15}$/;

export function integer(min: number, max: number, unit: string) {
  const message = `must be a whole number from ${min} to ${max} (${unit})`;
  return z
    .string()
    .regex(integerText, message)
    .transform(Number)
    .refine((value) => value >= min && value <= max, message);
}

export const onOff = z.enum(['on', 'off'], { error: 'must be "on" or "off"' }).transform((value) => value === 'on');

export function oneOf<const Values extends readonly [string, ...string[]]>(values: Values) {
  return z.enum(values, { error: `must be one of ${values.join(', ')}` });
}

export function text(pattern: RegExp, message: string) {
  return z.string().regex(pattern, message);
}

const splitList = (value: string) =>
  value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

const portMessage = 'must be one or more port numbers from 0 to 65535 separated by commas, for example 8000,8001';

export const portList = z
  .string()
  .transform(splitList)
  .refine((ports) => ports.length > 0 && ports.every((port) => /^\d{1,5}$/.test(port) && Number(port) <= 65_535), {
    message: portMessage,
  })
  .transform((ports) => ports.map(Number))
  .refine((ports) => new Set(ports.filter((port) => port !== 0)).size === ports.filter((port) => port !== 0).length, {
    message: 'names a port twice; write each once',
  });

export const list = z.string().transform(splitList);

function isAddressOrNetwork(value: string): boolean {
  const [address = '', bits, ...rest] = value.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

export const networkList = list.refine((values) => values.every(isAddressOrNetwork), {
  message: 'must be addresses or networks separated by commas, for example 10.0.0.0/8,::1',
});

/** What a browser sends as `Origin`: scheme, host and port, nothing after. */
export const originList = list.refine(
  (values) => values.every((value) => URL.canParse(value) && new URL(value).origin === value),
  { message: 'must be origins separated by commas, for example https://console.example.com' },
);

/** 32 bytes as base64 or base64url. Decoded here, so that no later code can mistake a short key for a good one. */
export const key32 = z
  .string()
  .refine((value) => /^[A-Za-z0-9+/_-]{43}=?$/.test(value), {
    message: 'must be 32 random bytes in base64; make one with: openssl rand -base64 32',
  })
  .transform((value) => Buffer.from(value, 'base64'));

/** An http or https URL without path beyond `/`, query or credentials; the trailing slash is taken off. */
export const baseUrl = z
  .string()
  .refine(
    (value) => {
      if (!URL.canParse(value)) return false;
      const url = new URL(value);
      return /^https?:$/.test(url.protocol) && url.username === '' && url.search === '' && url.hash === '';
    },
    { message: 'must be an http or https URL, for example https://sso.example.com' },
  )
  .transform((value) => value.replace(/\/+$/, ''));
