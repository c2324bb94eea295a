import { BlockList, isIP } from 'node:net';

export interface AddressRules {
  /** Whether this machine may be sent to. */
  readonly loopback: boolean;
  /** Networks that are not public and may be sent to all the same. */
  readonly networks: readonly string[];
}

/** Addresses that lead elsewhere than to the public internet (RFC 6890 and the registries it names; RFC 3879, 8215, 9602). */
const special: readonly (readonly [network: string, bits: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  // `::`, and what old rules take for the IPv4 address in it.
  ['::', 96],
  ['::ffff:0:0:0', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23],
  ['2002::', 16],
  ['5f00::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
];
const loopback: readonly (readonly [network: string, bits: number])[] = [
  ['127.0.0.0', 8],
  ['::1', 128],
];

/** Which addresses a webhook may be sent to. Asked of what a name resolves to, at each connection. */
export function createAddressCheck(rules: AddressRules): (address: string) => boolean {
  const local = listOf(loopback);
  const refused = listOf(special);
  const allowed = new BlockList();
  for (const network of rules.networks) {
    const [address = '', bits] = network.split('/');
    const family = familyOf(address);
    if (bits === undefined) allowed.addAddress(address, family);
    else allowed.addSubnet(address, Number(bits), family);
  }
  return (text) => {
    const address = withoutMapping(text);
    const family = familyOf(address);
    if (allowed.check(address, family)) return true;
    if (local.check(address, family)) return rules.loopback;
    return !refused.check(address, family);
  };
}

function listOf(networks: readonly (readonly [network: string, bits: number])[]): BlockList {
  const list = new BlockList();
  for (const [network, bits] of networks) list.addSubnet(network, bits, familyOf(network));
  return list;
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}

/** An IPv4 address written as IPv6 is judged as what it is. */
function withoutMapping(address: string): string {
  const dotted = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (dotted?.[1] !== undefined) return dotted[1];
  const hex = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/i.exec(address);
  if (hex?.[1] === undefined || hex[2] === undefined) return address;
  const [high, low] = [Number.parseInt(hex[1], 16), Number.parseInt(hex[2], 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}
