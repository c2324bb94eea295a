/** A route that takes a body. */
export interface Form {
  readonly method: string;
  readonly path: string;
  /** A body that is accepted. */
  readonly good: Readonly<Record<string, unknown>>;
  /** Members for which null counts as absent. */
  readonly nullable?: boolean;
  readonly optional?: boolean;
  /** No member is needed: an object of nothing known changes nothing. */
  readonly partial?: boolean;
}

export function asfForms(user: number, app: number): readonly Form[] {
  return [
    { method: 'POST', path: '/verify', good: { username: 'a', password: 'b', api_key: 'c' } },
    { method: 'POST', path: '/users/', good: { username: 'a', email: 'a@example.com', password: 'password of a 1' } },
    {
      method: 'PUT',
      path: `/users/${user}`,
      good: { email: 'new@example.com', is_active: true },
      nullable: true,
      partial: true,
    },
    { method: 'POST', path: '/apps/', good: { name: 'a', url: 'https://a.example.com' } },
    { method: 'PUT', path: `/apps/${app}`, good: { name: 'b', is_active: true }, nullable: true, partial: true },
    { method: 'POST', path: `/apps/${app}/rotate-key`, good: { grace_seconds: 1 }, optional: true, partial: true },
  ];
}

/** Ids of things that are there. */
export interface Things {
  readonly user: string;
  readonly role: string;
  readonly workspace: string;
  readonly agent: string;
}

export function ussoForms({ user, role, workspace, agent }: Things): readonly Form[] {
  const base = '/api/sso/v1';
  const created = (path: string, good: Form['good']): Form => ({ method: 'POST', path: `${base}${path}`, good });
  const changed = (path: string, good: Form['good']): Form => ({
    method: 'PATCH',
    path: `${base}${path}`,
    good,
    partial: true,
  });
  return [
    created('/auth/login', { identifier: 'a@example.com', secret: 'b' }),
    created('/auth/register', { identifier: 'a@example.com' }),
    created('/auth/password', { old_password: 'a', new_password: 'b' }),
    created('/users', { identifier: 'a@example.com' }),
    changed(`/users/${user}`, { is_active: true, roles: ['a'], scopes: ['read:content'] }),
    created(`/users/${user}/identifiers`, { identifier: 'a@example.com' }),
    created('/workspaces', { name: 'a' }),
    changed(`/workspaces/${workspace}`, { name: 'a', is_active: true }),
    created(`/workspaces/${workspace}/members`, { user_id: user }),
    created('/roles', { name: 'a' }),
    changed(`/roles/${role}`, { name: 'a', scopes: ['read:content'], is_active: true }),
    created('/agents', { name: 'a' }),
    changed(`/agents/${agent}`, { name: 'a', scopes: ['read:content'], is_active: true }),
    created('/apikeys/verify', { api_key: 'a' }),
  ];
}
