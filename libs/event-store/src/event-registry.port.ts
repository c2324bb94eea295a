/** What the codec needs to know of a stored event type; `EventDefinition` of the domain has it. */
export interface EventDefinitionLike {
  readonly type: string;
  /** The newest schema number. */
  readonly schema: number;
  /** Top-level members about a person: whom the stream names, unless who appends names another. */
  readonly personal: readonly string[];
}

/** `EventRegistry` of the domain has it. */
export interface EventRegistryLike {
  get(type: string): EventDefinitionLike | undefined;
  /** Data in the newest shape from data of `schema`, personal members open; or why it cannot be read. */
  read(
    type: string,
    schema: number,
    data: unknown,
  ): { readonly data: unknown } | { readonly problem: string; readonly message: string };
}
