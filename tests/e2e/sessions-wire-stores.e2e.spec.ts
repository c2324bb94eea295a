import { sessionsSuite } from './sessions.suite.ts';
import { wireStores } from './wire-stores.shape.ts';

sessionsSuite(wireStores);
