import { parseScope } from '@evident/authorization';
import { type ErrorCodeName, fail, type ReplyError } from '@evident/contracts';
import { checkAppUrl, checkDescription, checkTitle } from '@evident/domain';
import { jsonText } from './json-text.ts';

type Checked = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/** The first member that breaks its rule, named as HTTP names it; undefined where none does. */
export function firstProblem(
  code: ErrorCodeName,
  checks: readonly (readonly [field: string, check: Checked | undefined])[],
): ReplyError | undefined {
  for (const [field, check] of checks) {
    if (check?.ok === false) return fail(code, { details: { field, reason: check.reason } }).error;
  }
  return undefined;
}

/** The checks of what roles and workspaces have in common; absent members are not checked. */
export function titleChecks({
  name,
  description,
}: {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
}) {
  return [
    ['name', name === undefined ? undefined : checkTitle(name)],
    ['description', description === undefined ? undefined : checkDescription(description)],
  ] as const;
}

/** Room for the filter that narrows a role's scope to one workspace. */
const longestScope = 400;

/** A refusal where one of these cannot be read; each is told by its place, since what was typed may hold anything. */
export function scopesProblem(code: ErrorCodeName, scopes: readonly string[]): ReplyError | undefined {
  for (const [place, scope] of scopes.entries()) {
    const parsed = parseScope(scope);
    const reason = parsed.ok
      ? scope.length > longestScope && `is longer than ${longestScope} characters`
      : parsed.reason;
    if (reason !== false) {
      return fail(code, { details: { field: 'scopes', reason: `scope ${place + 1} ${reason}` } }).error;
    }
  }
  return undefined;
}

/** The checks of what only workspaces have. */
export function workspaceChecks({
  logoUrl,
  settings,
}: {
  readonly logoUrl?: string | null | undefined;
  readonly settings?: Readonly<Record<string, unknown>> | undefined;
}) {
  return [
    ['logo_url', logoUrl === undefined || logoUrl === null ? undefined : checkAppUrl(logoUrl)],
    ['settings', settings === undefined ? undefined : jsonText(settings)],
  ] as const;
}
