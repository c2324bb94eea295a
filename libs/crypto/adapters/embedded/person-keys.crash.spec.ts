import { killedKeeperContract } from '../../contract/killed-keeper.contract.ts';

killedKeeperContract('the embedded adapter', {
  opener: { module: new URL('./index.ts', import.meta.url).href, open: 'openEmbeddedPersonKeys' },
  rounds: Number(process.env.CRASH_ROUNDS ?? 3),
  atMost: 400,
});
