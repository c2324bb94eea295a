import type { Endpoint } from '../http/endpoint.ts';

export const workspaces: readonly Endpoint[] = [];
