import { randomUUID } from 'node:crypto';
import {
  type ChangeRole,
  type ChangeWorkspace,
  type CreateWorkspace,
  type DefineRole,
  deriveSlug,
  roleDecider,
  streams,
  type UserCommand,
  userDecider,
  workspaceDecider,
} from '@evident/domain';
import type { Position } from '@evident/event-store';
import type { Log } from '@evident/log';
import { PeopleOnLog } from './people-on-log.ts';

/** Something that was put on the log, and where it is visible. */
export interface AddedOnLog {
  readonly uid: string;
  readonly position: Position;
}

/** Puts roles, workspaces and memberships on a log as the deciders would, without the claims on their slugs. */
export class AccessOnLog {
  readonly #log: Log;
  readonly #people: PeopleOnLog;

  constructor(log: Log, now: () => number = Date.now) {
    this.#log = log;
    this.#people = new PeopleOnLog(log, now);
  }

  async addRole(role: Partial<Omit<DefineRole, 'type'>> = {}): Promise<AddedOnLog> {
    const uid = randomUUID();
    const { name = 'Role' } = role;
    const made = { description: '', scopes: [], isActive: true, workspaceId: null, ownerId: null };
    const command: DefineRole = { type: 'define-role', name, ...made, ...this.#claimOn('role-slug', name), ...role };
    return { uid, position: await this.#people.decide(roleDecider, streams.role(this.#log.tenant, uid), command) };
  }

  changeRole(uid: string, change: Omit<ChangeRole, 'type'>): Promise<Position> {
    const command = { type: 'change-role', ...change } as const;
    return this.#people.decide(roleDecider, streams.role(this.#log.tenant, uid), command);
  }

  retireRole(uid: string): Promise<Position> {
    return this.#people.decide(roleDecider, streams.role(this.#log.tenant, uid), { type: 'retire-role' });
  }

  async addWorkspace(workspace: Partial<Omit<CreateWorkspace, 'type'>> = {}): Promise<AddedOnLog> {
    const uid = randomUUID();
    const { name = 'Workspace' } = workspace;
    const made = { description: '', logoUrl: null, settings: {}, isActive: true, ownerId: null };
    const claim = this.#claimOn('workspace-slug', name);
    const command: CreateWorkspace = { type: 'create-workspace', name, ...made, ...claim, ...workspace };
    return {
      uid,
      position: await this.#people.decide(workspaceDecider, streams.workspace(this.#log.tenant, uid), command),
    };
  }

  changeWorkspace(uid: string, change: Omit<ChangeWorkspace, 'type'>): Promise<Position> {
    const command = { type: 'change-workspace', ...change } as const;
    return this.#people.decide(workspaceDecider, streams.workspace(this.#log.tenant, uid), command);
  }

  removeWorkspace(uid: string): Promise<Position> {
    return this.#people.decide(workspaceDecider, streams.workspace(this.#log.tenant, uid), {
      type: 'remove-workspace',
    });
  }

  /** Again with other roles: these count. */
  join(userId: string, workspaceId: string, roleIds: readonly string[] = []): Promise<Position> {
    return this.#onUser(userId, { type: 'join-workspace', workspaceId, roleIds });
  }

  leave(userId: string, workspaceId: string): Promise<Position> {
    return this.#onUser(userId, { type: 'leave-workspace', workspaceId });
  }

  /** Roles and direct scopes that the user has from now on. */
  grant(userId: string, grants: { readonly roleIds?: readonly string[]; readonly scopes?: readonly string[] }) {
    return this.#onUser(userId, { type: 'change-user', ...grants });
  }

  #onUser(userId: string, command: UserCommand): Promise<Position> {
    return this.#people.decide(userDecider, streams.user(this.#log.tenant, userId), command);
  }

  #claimOn(kind: string, name: string) {
    const slug = `${deriveSlug(name, 'some')}-${randomUUID().slice(0, 8)}`;
    return { slug, lookup: this.#log.lookup.hash(kind, slug), claimId: randomUUID() };
  }
}
