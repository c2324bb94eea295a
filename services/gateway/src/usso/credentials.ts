import type { Endpoint } from '../http/endpoint.ts';

export const credentials: readonly Endpoint[] = [];
