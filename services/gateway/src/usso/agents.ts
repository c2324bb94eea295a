import type { Endpoint } from '../http/endpoint.ts';

export const agents: readonly Endpoint[] = [];
