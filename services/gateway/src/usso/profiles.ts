import type { Endpoint } from '../http/endpoint.ts';

export const profiles: readonly Endpoint[] = [];
