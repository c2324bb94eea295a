export * from './aggregates/index.ts';
export * from './changes.ts';
export * from './cloud-event.ts';
export * from './folded-stream.ts';
export * from './read-event.ts';
export * from './reader.ts';
export * from './subject.ts';
export * from './type-patterns.ts';
