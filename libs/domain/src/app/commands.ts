export interface IssuedKey {
  readonly keyId: string;
  readonly lookup: string;
  readonly prefix: string;
}

export interface RegisterApp {
  readonly type: 'register-app';
  readonly number: number;
  readonly name: string;
  readonly url: string;
  readonly key: IssuedKey;
}

export interface ChangeApp {
  readonly type: 'change-app';
  readonly name?: string;
  readonly url?: string;
  readonly isActive?: boolean;
}

export interface RotateKey {
  readonly type: 'rotate-key';
  readonly key: IssuedKey;
  readonly now: number;
  /** How long the present key still counts, in milliseconds; one older than it ends at once. */
  readonly graceMs: number;
}

export interface RemoveApp {
  readonly type: 'remove-app';
  readonly now: number;
}

export type AppCommand = RegisterApp | ChangeApp | RotateKey | RemoveApp;
