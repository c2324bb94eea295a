import type { Endpoint } from '../http/endpoint.ts';

export const sessions: readonly Endpoint[] = [];
