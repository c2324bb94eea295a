import { asfSuite } from './asf.suite.ts';
import { migrated } from './migrated.shape.ts';

asfSuite(migrated);
