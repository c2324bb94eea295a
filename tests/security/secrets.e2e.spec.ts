import { standalone } from '../e2e/standalone.shape.ts';
import { secretsSuite } from './secrets.suite.ts';

secretsSuite(standalone);
