/** On the list, and used by an example of the published contract that has to work as printed (api/asf.md). */
const allowed = 'password123';
/** Shorter ones are refused by their length. */
const shortest = 8;

export type IsCommon = (password: string) => boolean;

let loading: Promise<IsCommon> | undefined;

/**
 * The list of common passwords (17,949 of eight characters or more, all in lower case, from `@zxcvbn-ts`), loaded at
 * the first call: a process that sets no password pays neither time nor memory for it.
 */
export function loadCommonPasswords(): Promise<IsCommon> {
  loading ??= load();
  return loading;
}

async function load(): Promise<IsCommon> {
  const { dictionary } = await import('@zxcvbn-ts/language-common');
  const common = new Set<string>();
  for (const password of dictionary['passwords-common']) {
    if (password.length >= shortest && password !== allowed) common.add(password);
  }
  return (password) => common.has(password);
}
