import type { UserState } from './state.ts';

/**
 * The most that a person may hold, in bytes of JSON. Whoever asks for a person, and whoever signs them in, is told all of
 * it in one message of 256 KiB.
 */
const mostBytes = 200 * 1024;

/** What an identifier is shown with beside its value, the id of a role with its slug, and a workspace beside its roles. */
const bytesBeside = { identifier: 192, role: 110, workspace: 84, workspaceRole: 68, scope: 3 };

/** Whether a change makes a person larger than fits. One who is so already may lose, and change what takes no more. */
export function outgrows(before: UserState, after: UserState): boolean {
  const bytes = sizeOf(after);
  return bytes > mostBytes && bytes > sizeOf(before);
}

function sizeOf({ identifiers, roleIds, scopes, workspaces, ...texts }: UserState): number {
  const { name, avatarUrl, customClaims } = texts;
  let bytes = bytesOf(name) + bytesOf(avatarUrl) + bytesOf(customClaims) + roleIds.length * bytesBeside.role;
  for (const { value } of identifiers) bytes += bytesBeside.identifier + bytesOf(value);
  for (const scope of scopes) bytes += bytesBeside.scope + bytesOf(scope);
  for (const roles of workspaces.values()) bytes += bytesBeside.workspace + roles.length * bytesBeside.workspaceRole;
  return bytes;
}

/** In UTF-8, at most: half of what is beyond the first plane counts for three. */
function bytesOf(text: string): number {
  let bytes = text.length;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit > 0x7f) bytes += unit > 0x7ff ? 2 : 1;
  }
  return bytes;
}
