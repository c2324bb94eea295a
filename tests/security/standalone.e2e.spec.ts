import { standalone } from '../e2e/standalone.shape.ts';
import { securitySuite } from './security.suite.ts';

securitySuite(standalone);
