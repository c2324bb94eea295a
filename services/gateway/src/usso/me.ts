import type { Endpoint } from '../http/endpoint.ts';

export const me: readonly Endpoint[] = [];
