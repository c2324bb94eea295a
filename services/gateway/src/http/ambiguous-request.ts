import type { IncomingMessage } from 'node:http';

/**
 * Might a proxy in front have read another request than Node did? Of two `Host` lines Node keeps the first and says
 * nothing (RFC 9112 section 3.2 demands one of HTTP/1.1). A transfer coding other than chunked it leaves on the body, and
 * one in HTTP/1.0, where there is none, it takes off (section 6.1).
 */
export function isAmbiguous(request: IncomingMessage): boolean {
  return !hasOneHost(request) || !hasPlainTransfer(request);
}

function hasOneHost({ rawHeaders, httpVersionMinor }: IncomingMessage): boolean {
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  return hosts === 1 || (hosts === 0 && httpVersionMinor === 0);
}

function hasPlainTransfer({ headers, httpVersionMinor }: IncomingMessage): boolean {
  const { 'transfer-encoding': coding } = headers;
  return coding === undefined || (httpVersionMinor > 0 && coding.toLowerCase() === 'chunked');
}
