export interface AcceptAssertion {
  readonly type: 'accept-assertion';
  readonly agentId: string;
  readonly purpose: 'token' | 'scopes';
  readonly audience: string | null;
  readonly scopes: readonly string[];
  readonly generation: number;
  readonly now: number;
  readonly expiresAt: number;
}
