export interface AddKey {
  readonly type: 'add-key';
  readonly purpose: string;
  /** 1 for the first of its purpose; where that number is there already, nothing is added. */
  readonly number: number;
  readonly wrapped: string;
  readonly check: string;
  readonly now: number;
}

export interface Rewrap {
  readonly type: 'rewrap';
  readonly keys: readonly { readonly purpose: string; readonly number: number; readonly wrapped: string }[];
  readonly now: number;
}

export type KeyringCommand = AddKey | Rewrap;
