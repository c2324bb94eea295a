export * from './read-model.port.ts';
export * from './projection.ts';
