/** Why a log was not migrated, or not to its end, and what to do about it. What was copied is gone on with. */
export class MigrationProblem extends Error {
  override readonly name = 'MigrationProblem';
  readonly remedy: string;

  constructor(message: string, remedy: string, options?: ErrorOptions) {
    super(message, options);
    this.remedy = remedy;
  }
}
