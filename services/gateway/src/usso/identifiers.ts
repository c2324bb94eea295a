import type { Endpoint } from '../http/endpoint.ts';

export const identifiers: readonly Endpoint[] = [];
