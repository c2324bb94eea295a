/**
 * Stands where a body should be that could not be read. Not thrown while parsing: a route that needs no body ignores
 * what was sent, and one that needs it reports this together with the other problems of the request.
 */
export class UnreadableBody {
  readonly message: string;
  readonly type: string;
  /** Member of the body that is to blame; undefined: the whole of it. */
  readonly member: string | undefined;

  constructor(message: string, type: string, member?: string) {
    this.message = message;
    this.type = type;
    this.member = member;
  }
}
