/** Why a backup was not taken or not restored, and what to do about it. Nothing was changed in its place. */
export class BackupProblem extends Error {
  override readonly name = 'BackupProblem';
  readonly remedy: string;

  constructor(message: string, remedy: string, options?: ErrorOptions) {
    super(message, options);
    this.remedy = remedy;
  }
}
