import type { Endpoint } from '../http/endpoint.ts';

export const auth: readonly Endpoint[] = [];
