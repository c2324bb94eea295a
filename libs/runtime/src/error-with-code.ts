/** Errors of Node and of drivers carry a stable `code`; matching on it survives bundling, realms and versions. */
export function isErrorWithCode(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && typeof (error as { code?: unknown }).code === 'string';
}
