import { configureGlobal } from 'fast-check';

/** Without it fast-check makes no list and no text of more than ten, whatever length a property names. */
configureGlobal({ defaultSizeToMaxWhenMaxSpecified: true });
