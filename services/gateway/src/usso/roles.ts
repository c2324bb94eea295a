import type { Endpoint } from '../http/endpoint.ts';

export const roles: readonly Endpoint[] = [];
