import { split } from '../e2e/split.shape.ts';
import { securitySuite } from './security.suite.ts';

securitySuite(split);
