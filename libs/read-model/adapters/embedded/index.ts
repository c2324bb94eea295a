export { type EmbeddedReadModelOptions, openEmbeddedReadModel } from './open-embedded-read-model.ts';
