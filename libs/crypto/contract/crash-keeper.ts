import { createSecretKey } from 'node:crypto';
import { checkValue } from '../src/keys/wrapped-key.ts';
import { openerOf } from './killed-keeper.contract.ts';

/** Makes keys and erases some, eight callers at once, and prints each thing once it was acknowledged, until it is killed. */
const [, , module = '', open = '', path = '', key = '', prefix = ''] = process.argv;
const wrappingKey = createSecretKey(Buffer.from(key, 'hex'));
const keys = await (await openerOf({ module, open }))({ path, wrappingKey });

async function keep(caller: number): Promise<never> {
  for (let count = 0; ; count += 1) {
    const person = `${prefix}-${caller}-${count}`;
    const made = (await keys.obtain([person])).get(person);
    if (made === undefined) throw new Error(`no key for ${person}`);
    process.stdout.write(`made ${person} ${checkValue(made.export())}\n`);
    if (count % 3 !== 0) continue;
    await keys.erase(person);
    process.stdout.write(`erased ${person} -\n`);
  }
}

await Promise.all(Array.from({ length: 8 }, (_, caller) => keep(caller)));
