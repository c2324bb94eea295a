export { type Examination, examine } from './examine.ts';
export type { Finding, Status } from './finding.ts';
export { type System, thisSystem } from './system.ts';
