export type NatsProblemCode = 'plaintext' | 'anonymous' | 'refused' | 'certificate' | 'file' | 'closed';

/** Why there is no connection, for whoever started the service. Never holds a password. */
export class NatsProblem extends Error {
  override readonly name = 'NatsProblem';
  readonly code: NatsProblemCode;
  /** What to do about it. */
  readonly remedy: string;

  constructor(code: NatsProblemCode, message: string, remedy: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.remedy = remedy;
  }
}
