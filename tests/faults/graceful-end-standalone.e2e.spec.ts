import { standalone } from '../e2e/standalone.shape.ts';
import { gracefulEndSuite } from './graceful-end.suite.ts';

gracefulEndSuite(standalone);
