import { describe, expect, it } from 'vitest';
import { createAddressCheck } from './address-rules.ts';

const outside = createAddressCheck({ loopback: false, networks: [] });
const onThisMachine = createAddressCheck({ loopback: true, networks: ['10.1.0.0/16', 'fd00::7'] });

describe('a webhook may be sent to', () => {
  it.each(['192.0.2.7', '8.8.8.8', '2606:4700::1111'])('%s', (address) => {
    expect(outside(address)).toBe(true);
  });

  it.each(['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1', '::ffff:7f00:1'])('%s where configured', (address) => {
    expect([outside(address), onThisMachine(address)]).toEqual([false, true]);
  });

  it.each(['10.1.2.3', '::ffff:10.1.2.3', 'fd00::7'])('%s where its network is configured', (address) => {
    expect([outside(address), onThisMachine(address)]).toEqual([false, true]);
  });
});

describe('a webhook may never be sent to', () => {
  it.each([
    '0.0.0.0',
    '10.2.0.1',
    '100.64.0.1',
    '169.254.169.254',
    '172.31.255.255',
    '192.168.1.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::a9fe:a9fe',
    '::127.0.0.1',
    '::ffff:0:a00:1',
    '64:ff9b:1::a00:1',
    '5f00::1',
    'fec0::1',
    '::ffff:169.254.169.254',
    '64:ff9b::a9fe:a9fe',
    'fe80::1',
    'fd00::8',
    'ff02::1',
  ])('%s', (address) => {
    expect([outside(address), onThisMachine(address)]).toEqual([false, false]);
  });
});
