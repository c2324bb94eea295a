import { accessSuite } from './access.suite.ts';
import { wireStores } from './wire-stores.shape.ts';

accessSuite(wireStores);
