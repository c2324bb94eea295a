/**
 * The last step of a subscription through the stream. Evident publishes in the order of the log, so that nothing comes
 * which lies between two places that came one after the other: unless the later one was a message of somebody else, who
 * claimed a place further on. What comes then was jumped over, and is no repeat.
 */
export class StreamOrder {
  #step: { readonly after: string; readonly upTo: string } | undefined;

  /** An event came out of the stream, where the subscription stood at `last`. */
  came(position: string, last: string | undefined): void {
    const after = this.jumpedOver(position) ? this.#step?.after : last;
    this.#step = { after: after ?? '', upTo: position };
  }

  /** The subscription stands where something else said: what the stream holds up to there may well be a repeat. */
  left(): void {
    this.#step = undefined;
  }

  /** Whether an event that comes behind the last one has not come before. */
  jumpedOver(position: string): boolean {
    return this.#step !== undefined && position > this.#step.after && position < this.#step.upTo;
  }
}
