export { type MongodbPersonKeysOptions, openMongodbPersonKeys } from './open-mongodb-person-keys.ts';
