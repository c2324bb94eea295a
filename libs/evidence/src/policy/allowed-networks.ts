import { BlockList, isIP } from 'node:net';
import type { ReplayPolicy } from '@evident/contracts';

/** Whether an attempt may come from where it came; undefined where that is not known any more. */
export type NetworkCheck = (address: string | null, app: string | null) => boolean | undefined;

/** An app with networks of its own is asked for those alone; where none are named, any address will do. */
export function networkCheck({ networks }: Pick<ReplayPolicy, 'networks'>): NetworkCheck {
  const everywhere = networks?.allow === undefined ? undefined : listOf(networks.allow);
  const ofApps = new Map(Object.entries(networks?.apps ?? {}).map(([app, allowed]) => [app, listOf(allowed)]));
  return (address, app) => {
    const allowed = (app === null ? undefined : ofApps.get(app)) ?? everywhere;
    if (allowed === undefined) return true;
    const family = address === null ? 0 : isIP(address);
    if (address === null || family === 0) return undefined;
    return allowed.check(address, family === 4 ? 'ipv4' : 'ipv6');
  };
}

/** An IPv4 network holds the same addresses written as IPv6 (`::ffff:10.0.0.1`) too. */
function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits = ''] = network.split('/');
    list.addSubnet(address, Number(bits), isIP(address) === 4 ? 'ipv4' : 'ipv6');
  }
  return list;
}
