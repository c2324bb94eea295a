/**
 * Makes programs of a service, each with nearly all that it loads in a few files: `dist/program/<entry>.js` of
 * `dist/src/<entry>.js`. A start then opens 49 files instead of 1,096, and an idle process holds a fifth less. Run in the folder of the service, after `tsc -b`: `node ../../scripts/bundle.mjs main`.
 */
import { builtinModules } from 'node:module';
import { basename, relative, resolve } from 'node:path';
import { rolldown } from 'rolldown';

const folder = resolve('dist/program');
const entries = process.argv.slice(2).map((entry) => [basename(entry), `dist/src/${entry}.js`]);

/** Packages that find their own files by where they lie, and such as are loaded only where a setting asks for them. */
const apart = /^(@node-rs\/argon2|piscina|pino-pretty|@zxcvbn-ts\/.+|mongodb|@kurrent\/.+|@eventstore\/.+)$/;

/**
 * Of Node itself, and large: named by frameworks, but most servers call nothing of them. `http` is called by all, but
 * imported as a module it would load a client (undici), for names that nobody imports.
 */
const loadedByFirstUse = ['http', 'http2', 'https', 'tls'];

/** `import.meta.url` stays what it is in the file of each module: workers and package.json are found from there. */
const placesOfModules = {
  name: 'places-of-modules',
  transform: {
    filter: { code: /import\.meta\.url/, id: { exclude: /^\0/ } },
    handler: (code, id) =>
      code.replaceAll('import.meta.url', `new URL(${JSON.stringify(relative(folder, id))}, import.meta.url).href`),
  },
};

const lazyBuiltins = {
  name: 'lazy-builtins',
  resolveId: {
    filter: { id: new RegExp(`^(node:)?(${loadedByFirstUse.join('|')})$`) },
    handler: (id) => `\0lazy:${id.replace('node:', '')}`,
  },
  load: {
    filter: { id: /^\0lazy:/ },
    handler(id) {
      const name = id.slice('\0lazy:'.length);
      const members = Object.keys(process.getBuiltinModule(name));
      return `for (const member of ${JSON.stringify(members)})
        Object.defineProperty(exports, member, { enumerable: true, get: () => process.getBuiltinModule('${name}')[member] });`;
    },
  },
};

/** A single character beyond Latin-1 would make V8 keep a whole file in two bytes a character. */
const asciiOnly = {
  name: 'ascii-only',
  generateBundle(_options, files) {
    for (const file of Object.values(files)) {
      if (file.type !== 'chunk') continue;
      file.code = file.code.replace(
        /[\u0080-\uffff]/g,
        (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
      );
    }
  },
};

const bundle = await rolldown({
  input: Object.fromEntries(entries),
  platform: 'node',
  external: [apart, ...builtinModules.filter((name) => !loadedByFirstUse.includes(name))],
  plugins: [placesOfModules, lazyBuiltins, asciiOnly],
  onLog(level, log, print) {
    // Frameworks ask for optional packages and cope without.
    if (log.code !== 'UNRESOLVED_IMPORT') print(level, log);
  },
});
await bundle.write({
  dir: folder,
  format: 'esm',
  cleanDir: true,
  entryFileNames: '[name].js',
  // Beside the entries, so that what lies elsewhere is equally far from all.
  chunkFileNames: '[name]-[hash].js',
  // Modules run in the order in which they ran apart: some prepare the ground for others.
  strictExecutionOrder: true,
  keepNames: true,
  // Names stay, for the traces of faults.
  minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
});
await bundle.close();
