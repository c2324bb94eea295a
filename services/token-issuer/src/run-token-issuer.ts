import { runService } from '@evident/service';
import { TokenIssuerModule } from './token-issuer.module.ts';
import { createTokenIssuer } from './token-issuer.ts';

await runService('token-issuer', async (deps, masterKey) => {
  const issuer = await createTokenIssuer({ ...deps, masterKey: masterKey() });
  return { module: TokenIssuerModule.register(issuer), start: () => issuer.start(), close: () => issuer.close() };
});
