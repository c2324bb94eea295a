import { standalone } from '../e2e/standalone.shape.ts';
import { killUnderWritersSuite } from './kill-under-writers.suite.ts';

killUnderWritersSuite(standalone);
