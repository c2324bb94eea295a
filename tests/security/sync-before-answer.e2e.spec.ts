import { split } from '../e2e/split.shape.ts';
import { standalone } from '../e2e/standalone.shape.ts';
import { syncBeforeAnswerSuite } from './sync-before-answer.suite.ts';

syncBeforeAnswerSuite(standalone);
syncBeforeAnswerSuite(split);
