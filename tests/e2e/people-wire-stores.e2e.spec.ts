import { peopleSuite } from './people.suite.ts';
import { wireStores } from './wire-stores.shape.ts';

peopleSuite(wireStores);
