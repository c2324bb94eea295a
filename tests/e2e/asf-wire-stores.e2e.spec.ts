import { asfSuite } from './asf.suite.ts';
import { wireStores } from './wire-stores.shape.ts';

asfSuite(wireStores);
