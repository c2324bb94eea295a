import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { freePort } from './free-port.ts';

const ofTheSystem = '/proc/sys/net/ipv4/ip_local_port_range';

describe('a free port', () => {
  it.skipIf(!existsSync(ofTheSystem))('is none that the system gives to whoever asks for any', async () => {
    const [lowest, highest] = readFileSync(ofTheSystem, 'utf8').trim().split(/\s+/).map(Number);
    const port = await freePort();
    expect(port < Number(lowest) || port > Number(highest)).toBe(true);
  });
});
