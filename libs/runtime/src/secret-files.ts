import { readFileSync, statSync } from 'node:fs';

/** Variables whose values are secret, or hold a password. */
export const secretVariables = [
  'MASTER_KEY',
  'DATA_KEY',
  'ADMIN_PASSWORD',
  'EVENT_STORE_URL',
  'READ_MODEL_URL',
  'PERSON_KEYS_URL',
  'NATS_URL',
] as const;
export type SecretVariable = (typeof secretVariables)[number];

type Variables = Readonly<Record<string, string | undefined>>;

export interface SecretFilesOutcome {
  /** The variables, with those that files were named for. */
  readonly env: Variables;
  readonly problems: readonly { readonly variable: SecretVariable; readonly message: string }[];
}

const largest = 64 * 1024;

/**
 * A secret may be given by a file, as container platforms mount them: `MASTER_KEY_FILE=/run/secrets/master-key`. Line
 * ends after the value do not count. Both at once is a mistake, since nobody can tell which one is meant.
 */
export function readSecretFiles(env: Variables): SecretFilesOutcome {
  const read: Record<string, string | undefined> = { ...env };
  const problems: { variable: SecretVariable; message: string }[] = [];
  for (const variable of secretVariables) {
    const name = `${variable}_FILE`;
    const path = env[name];
    if (path === undefined || path === '') continue;
    if (env[variable] !== undefined && env[variable] !== '') {
      problems.push({ variable, message: `is given together with ${name}; give one of the two` });
      continue;
    }
    const value = contentOf(path);
    if (value === undefined) problems.push({ variable, message: `cannot be read: ${name} must name a readable file` });
    else if (value === '') problems.push({ variable, message: `is empty in the file that ${name} names` });
    else read[variable] = value;
  }
  return { env: read, problems };
}

function contentOf(path: string): string | undefined {
  try {
    const { size } = statSync(path);
    return size > largest ? undefined : readFileSync(path, 'utf8').replace(/[\r\n]+$/, '');
  } catch {
    return undefined;
  }
}
