import { runService } from '@evident/service';
import { IdentityProjectionModule } from './identity-projection.module.ts';
import { createIdentityProjection } from './identity-projection.ts';

await runService('identity-projection', async (deps) => {
  const projection = await createIdentityProjection(deps);
  return {
    module: IdentityProjectionModule.register(projection),
    start: () => projection.start(),
    close: () => projection.close(),
  };
});
