export const base = '/api/sso/v1';
export const noon = Date.UTC(2026, 0, 25, 12);

/** Of whatever a spec is about, and of the user and the workspace that it belongs to. */
export const uid = '019a2f1e-7c1e-7b52-9a34-1c5e7d9b2f60';
export const userId = '019a2f1e-7c1e-7b52-9a34-1c5e7d9b2f61';
export const workspaceId = '019a2f1e-7c1e-7b52-9a34-1c5e7d9b2f62';

/** Of an object as a service answers it, and what the contract prints of every object. */
export const times = { createdAt: noon, updatedAt: noon + 1_000 };
export const printed = {
  tenant_id: 'main',
  is_deleted: false,
  created_at: '2026-01-25T12:00:00.000Z',
  updated_at: '2026-01-25T12:00:01.000Z',
};
