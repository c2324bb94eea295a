export interface AllocateNumber {
  readonly type: 'allocate-number';
  /** Uuid of the user or app that is to have it. */
  readonly holder: string;
}

export type NumberSequenceCommand = AllocateNumber;
