export * from './data-directory.ts';
export * from './keyring.ts';
export * from './open-log.ts';
export * from './open-store.ts';
export * from './person-keys-file.ts';
export * from './rewrap-keyring.ts';
export * from './stream-states.ts';
export * from './wrapping-key.ts';
