import { standalone } from '../e2e/standalone.shape.ts';
import { consistencySuite } from './consistency.suite.ts';

consistencySuite(standalone);
