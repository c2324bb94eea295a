import { enableCompileCache, flushCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

/** When a start is over and done with; what was compiled by then is what the next start needs. */
const keptAfterMs = 3_000;

/**
 * Keeps what the first start compiles for those after it, beside the built code and as trusted as that. Where nothing
 * can be written there, as in a container, each start compiles anew. To be called before anything else is loaded.
 */
export function keepCompiledCode(): void {
  if (!import.meta.url.endsWith('.js')) return;
  enableCompileCache(fileURLToPath(new URL('../compiled', import.meta.url)));
  setTimeout(flushCompileCache, keptAfterMs).unref();
}
