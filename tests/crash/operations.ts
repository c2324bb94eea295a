import { type Answer, type Call, call } from '../e2e/http.ts';

/** What writers ask for. Users and apps are named by their integer ids. */
export type Operation =
  | { readonly kind: 'register-user'; readonly username: string; readonly email: string }
  | { readonly kind: 'register-app'; readonly name: string }
  | { readonly kind: 'assign' | 'unassign'; readonly user: number; readonly app: number }
  | { readonly kind: 'change-user'; readonly user: number; readonly email?: string; readonly active?: boolean }
  | { readonly kind: 'change-app'; readonly app: number; readonly url: string }
  | { readonly kind: 'rotate-key'; readonly app: number };

export const writtenPassword = 'password of a writer';
export const writtenUrl = 'https://app.example.com';

/** One attempt at an operation. Repeats of it carry the same `Idempotency-Key`. */
export async function attempt(
  evident: { readonly url: string },
  token: string,
  operation: Operation,
  idempotencyKey: string,
): Promise<Answer> {
  const { path, ...request } = requestOf(operation);
  return call(evident, path, { ...request, token, headers: { 'idempotency-key': idempotencyKey } });
}

function requestOf(operation: Operation): Call & { readonly path: string } {
  switch (operation.kind) {
    case 'register-user': {
      const { username, email } = operation;
      return { path: '/users/', json: { username, email, password: writtenPassword } };
    }
    case 'register-app':
      return { path: '/apps/', json: { name: operation.name, url: writtenUrl } };
    case 'assign':
    case 'unassign': {
      const method = operation.kind === 'assign' ? 'POST' : 'DELETE';
      return { path: `/users/${operation.user}/assign/${operation.app}`, method };
    }
    case 'change-user': {
      const { user, email, active } = operation;
      return { path: `/users/${user}`, method: 'PUT', json: { email, is_active: active } };
    }
    case 'change-app':
      return { path: `/apps/${operation.app}`, method: 'PUT', json: { url: operation.url } };
    case 'rotate-key':
      return { path: `/apps/${operation.app}/rotate-key`, json: {} };
  }
}
