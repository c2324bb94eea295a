import { asfSuite } from './asf.suite.ts';
import { standalone } from './standalone.shape.ts';

asfSuite(standalone);
