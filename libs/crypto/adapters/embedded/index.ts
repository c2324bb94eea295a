export { type EmbeddedPersonKeysOptions, openEmbeddedPersonKeys } from './embedded-person-keys.ts';
