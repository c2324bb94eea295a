import { split } from '../e2e/split.shape.ts';
import { secretsSuite } from './secrets.suite.ts';

secretsSuite(split);
