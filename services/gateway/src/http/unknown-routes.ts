import type { Answer } from './answer.ts';
import { withHeaders } from './answer.ts';
import type { Endpoint } from './endpoint.ts';
import type { HttpContract } from './http-contract.ts';
import type { Refusals } from './refusals.ts';

interface KnownPath {
  readonly pattern: RegExp;
  readonly endpoint: Endpoint;
}

/**
 * What is answered where no route matches: 405 with `Allow` where the path has other methods (RFC 9110 section
 * 15.5.6), `Allow` alone to OPTIONS, else 404; in the words of the contract that the path belongs to.
 */
export class UnknownRoutes {
  readonly #contracts: readonly HttpContract[];
  readonly #paths: readonly KnownPath[];

  constructor(contracts: readonly HttpContract[]) {
    this.#contracts = contracts;
    this.#paths = contracts.flatMap(({ endpoints }) =>
      endpoints.map((endpoint) => ({ pattern: patternOf(endpoint.path), endpoint })),
    );
  }

  answer(method: string, url: string): Answer {
    const path = pathOf(url);
    const known = this.#paths.filter(({ pattern }) => pattern.test(path)).map(({ endpoint }) => endpoint);
    const [first] = known;
    if (first === undefined) return this.refusalsFor(url).fault('not-found');
    const allow = allowed(known);
    if (method === 'OPTIONS') return { status: 204, headers: { allow } };
    return withHeaders(first.refusals.fault('method-not-allowed'), { allow });
  }

  refusalsFor(url: string): Refusals {
    const path = pathOf(url);
    const owner = this.#contracts.find(({ owns }) => owns(path)) ?? this.#contracts.at(-1);
    if (owner === undefined) throw new Error('a gateway without a contract');
    return owner.refusals;
  }
}

function allowed(endpoints: readonly Endpoint[]): string {
  const methods = new Set<string>(endpoints.map(({ method }) => method));
  if (methods.has('GET')) methods.add('HEAD');
  return [...methods.add('OPTIONS')].sort().join(', ');
}

/** Of a target as the router reads it: one that is a whole URL (RFC 9112 section 3.2.2), and letters that are escaped. */
function pathOf(target: string): string {
  const path = target.replace(/[?#].*$/s, '').replace(/^https?:\/\/[^/]*/i, '');
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}

function patternOf(path: string): RegExp {
  const literal = path.replace(/\/$/, '').replace(/[.*+?^$()|[\]\\]/g, '\\$&');
  return new RegExp(`^${literal.replace(/\{[^}]+\}/g, '[^/]+')}/?$`);
}
