// Imports a TypeScript (or JavaScript) config on every supported Node: natively where Node strips types, else through jiti.
// Either way `synthouse` means this package, installed in the project or not: `npx synthouse` works in an empty folder.
import { statSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { pathToFileURL } from 'node:url';

const packageName = 'synthouse';
const packageIndex = new URL('../../index.js', import.meta.url).href;

type Resolve = (specifier: string, context: unknown) => unknown;
type RegisterHooks = (hooks: { resolve(specifier: string, context: unknown, next: Resolve): unknown }) => {
  deregister(): void;
};

// Node 22.15 and later; absent in the types of Node 20.
const registerHooks = (nodeModule as { registerHooks?: RegisterHooks }).registerHooks;

/** Errors with which Node says "not without a compiler": jiti is asked before the user is told. */
const retryCodes = new Set([
  'ERR_UNKNOWN_FILE_EXTENSION',
  'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX',
  'ERR_INVALID_TYPESCRIPT_SYNTAX',
  'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING',
  'ERR_MODULE_NOT_FOUND',
  'ERR_UNSUPPORTED_DIR_IMPORT',
]);

/** The module's namespace. Throws what the module, Node or jiti threw. */
export async function importConfigModule(file: string): Promise<Readonly<Record<string, unknown>>> {
  if (registerHooks !== undefined) {
    try {
      return await importNatively(file, registerHooks);
    } catch (error) {
      // jiti names line and column of a syntax error, Node does not always.
      const code = (error as { code?: unknown }).code;
      if (!(error instanceof SyntaxError) && !(typeof code === 'string' && retryCodes.has(code))) throw error;
    }
  }
  return await importWithJiti(file);
}

async function importNatively(file: string, register: RegisterHooks): Promise<Readonly<Record<string, unknown>>> {
  const hooks = register({
    resolve: (specifier, context, next) =>
      specifier === packageName ? { url: packageIndex, shortCircuit: true } : next(specifier, context),
  });
  // Node says once a process that type stripping is young; it is no news to the user of a config.
  const emitWarning = process.emitWarning;
  process.emitWarning = ((warning: string | Error, ...rest: never[]) => {
    if (!String(warning).includes('Type Stripping')) emitWarning.call(process, warning, ...rest);
  }) as typeof process.emitWarning;
  try {
    // A changed file is a new module: a long-lived process sees edits.
    const url = pathToFileURL(file);
    url.searchParams.set('changed', String(statSync(file).mtimeMs));
    return await import(url.href);
  } finally {
    process.emitWarning = emitWarning;
    hooks.deregister();
  }
}

async function importWithJiti(file: string): Promise<Readonly<Record<string, unknown>>> {
  const [{ createJiti }, synthouse] = await Promise.all([import('jiti'), import(packageIndex)]);
  // The package itself is handed over as it is loaded here: a second copy would have its own error class.
  const jiti = createJiti(import.meta.url, {
    virtualModules: { [packageName]: synthouse },
    moduleCache: false,
    fsCache: false,
    interopDefault: false,
  });
  return await jiti.import<Readonly<Record<string, unknown>>>(file);
}

/** What a config may import from this package. */
export async function publicNames(): Promise<readonly string[]> {
  return Object.keys(await import(packageIndex));
}
