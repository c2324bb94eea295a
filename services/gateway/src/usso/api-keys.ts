import type { Endpoint } from '../http/endpoint.ts';

export const apiKeys: readonly Endpoint[] = [];
