import { z } from 'zod';
import { uuid } from './fields.ts';

/** Who can hold power by himself: a person or a machine. An API key holds what its holder does, or less. */
export const principal = z.object({ kind: z.enum(['user', 'agent']), id: uuid });
export type Principal = z.infer<typeof principal>;

/** As actors and subjects of tokens are written: `user:<uuid>`, `service:<uuid>`. */
export function principalName({ kind, id }: Principal): string {
  return `${kind === 'user' ? 'user' : 'service'}:${id}`;
}

/** The reverse; undefined where the text names neither. */
export function parsePrincipal(name: string): Principal | undefined {
  const [, kind, id] = /^(user|service):([0-9a-f-]{36})$/.exec(name) ?? [];
  const parsed = principal.safeParse({ kind: kind === 'service' ? 'agent' : kind, id });
  return parsed.success ? parsed.data : undefined;
}
