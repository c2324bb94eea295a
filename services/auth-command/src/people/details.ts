import { fail, type ReplyError } from '@evident/contracts';
import { checkTitle, type UserDetails, type UserStatus } from '@evident/domain';
import { jsonText } from '../json-text.ts';

/** Members about a person that concern nobody else. */
export interface WantedDetails {
  readonly name?: string | undefined;
  readonly isActive?: boolean | undefined;
  readonly isLimited?: boolean | undefined;
  readonly status?: UserStatus | undefined;
  readonly avatarUrl?: string | undefined;
  readonly customClaims?: Readonly<Record<string, unknown>> | undefined;
}

export type DetailsOutcome =
  | { readonly ok: true; readonly details: UserDetails }
  | { readonly ok: false; readonly error: ReplyError };

/** Checks the details; `request.invalid` names the first that breaks its rule as HTTP names it. */
export function checkDetails(wanted: WantedDetails): DetailsOutcome {
  const { name, isActive, isLimited, status, avatarUrl, customClaims } = wanted;
  if (name !== undefined && name !== '') {
    const checked = checkTitle(name);
    if (!checked.ok) return invalid('name', checked.reason);
  }
  if (isActive !== undefined && status !== undefined && isActive !== (status === 'active')) {
    return invalid('activation_status', 'contradicts is_active');
  }
  if (avatarUrl !== undefined && avatarUrl !== '' && !isWebAddress(avatarUrl)) {
    return invalid('avatar_url', 'is no http or https URL');
  }
  const claims = customClaims === undefined ? undefined : jsonText(customClaims);
  if (claims?.ok === false) return invalid('custom_claims', claims.reason);
  return {
    ok: true,
    details: {
      ...(name === undefined ? {} : { name }),
      ...(isActive === undefined ? {} : { isActive }),
      ...(isLimited === undefined ? {} : { isLimited }),
      ...(status === undefined ? {} : { status }),
      ...(avatarUrl === undefined ? {} : { avatarUrl }),
      ...(claims === undefined ? {} : { customClaims: claims.text }),
    },
  };
}

function isWebAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

function invalid(field: string, reason: string) {
  return fail('request.invalid', { details: { part: 'payload', field, reason } });
}
