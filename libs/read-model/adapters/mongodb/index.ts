export { type MongodbReadModelOptions, openMongodbReadModel } from './open-mongodb-read-model.ts';
