import { accessSuite } from './access.suite.ts';
import { standalone } from './standalone.shape.ts';

accessSuite(standalone);
