import type { IncomingMessage } from 'node:http';

/**
 * One `Host` line, as RFC 9112 section 3.2 demands of HTTP/1.1; of two Node keeps the first and says nothing, while a
 * proxy in front may have looked at the second.
 */
export function hasOneHost({ rawHeaders, httpVersionMinor }: IncomingMessage): boolean {
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  return hosts === 1 || (hosts === 0 && httpVersionMinor === 0);
}
