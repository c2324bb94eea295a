export interface RoleDetails {
  readonly name: string;
  readonly description: string;
  readonly scopes: readonly string[];
  readonly isActive: boolean;
}

export interface DefineRole extends RoleDetails {
  readonly type: 'define-role';
  readonly slug: string;
  readonly lookup: string;
  /** Stands on the slug's reservation stream and is completed here. */
  readonly claimId: string;
  readonly workspaceId: string | null;
  readonly ownerId: string | null;
}

/** Absent members stay as they are. */
export interface ChangeRole extends Partial<RoleDetails> {
  readonly type: 'change-role';
}

export interface RetireRole {
  readonly type: 'retire-role';
}

/** For a rival or the sweeper, who may release the reservation once this was accepted and not before. */
export interface AbandonRoleClaim {
  readonly type: 'abandon-claim';
  readonly kind: 'role-slug';
  readonly claimId: string;
}

export type RoleCommand = DefineRole | ChangeRole | RetireRole | AbandonRoleClaim;
