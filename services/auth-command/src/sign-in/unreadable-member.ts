/** The first of these members that holds a NUL or a lone surrogate (api/asf.md, "Settled"); undefined where none does. */
export function unreadableMember<Name extends string>(
  request: Readonly<Record<Name, string>>,
  members: readonly Name[],
): Name | undefined {
  return members.find((name) => request[name].includes('\0') || !request[name].isWellFormed());
}
