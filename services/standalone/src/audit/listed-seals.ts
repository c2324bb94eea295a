import type { listSeals, ValueOf } from '@evident/contracts';
import type { AuditAnswers } from '@evident/identity-projection';

export type ListedSeal = ValueOf<typeof listSeals>['seals'][number];

/** Every seal, and the public keys that signed them. */
export async function listedSeals(answers: Pick<AuditAnswers, 'listSeals'>) {
  const seals: ListedSeal[] = [];
  for (let after: number | null = 0; after !== null; ) {
    const page: ValueOf<typeof listSeals> = await answers.listSeals({ after, limit: 1_000 });
    seals.push(...page.seals);
    after = page.next;
  }
  const points = new Map(seals.map(({ kid, publicKey }) => [kid, publicKey]));
  return { seals, keys: [...points].map(([kid, x]) => ({ kid, kty: 'OKP', crv: 'Ed25519', x })) };
}
