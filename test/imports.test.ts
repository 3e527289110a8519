// Walks the imports of every source file: dependencies point one way (docs/architecture.md), and a breach fails here.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** What files below a folder may import, by path prefix; the first matching entry counts. `core/*` is files of core itself. */
const allowed: readonly (readonly [folder: string, imports: readonly string[]])[] = [
  ['models/', ['models/', 'core/*']],
  ['generators/', ['generators/', 'models/', 'core/*', 'core/config/types.ts']],
  ['connectors/', ['connectors/', 'core/*']],
  ['audits/', ['audits/', 'models/', 'core/*', 'core/config/types.ts']],
  ['core/run/', ['core/', 'connectors/', 'audits/', 'generators/', 'models/']],
  ['core/', ['core/']],
  ['cli/', ['cli/', 'core/', 'connectors/', 'generators/', 'audits/', 'index.ts']],
  ['frames.ts', ['core/report/']],
  ['index.ts', ['core/', 'connectors/', 'generators/', 'audits/', 'models/']],
];

describe('imports', () => {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !/^(node_modules|dist|test|bench|demo|examples|docs)\/|\.config\.ts$/.test(file),
  );

  it('are found in every layer', () => {
    for (const folder of ['core/', 'models/', 'generators/', 'audits/', 'connectors/', 'cli/']) {
      assert.ok(
        files.some((file) => file.startsWith(folder)),
        folder,
      );
    }
  });

  for (const file of files) {
    it(`point one way in ${file}`, () => {
      const rule = allowed.find(([folder]) => file.startsWith(folder));
      assert.ok(rule, 'a file outside the known folders');
      for (const imported of relativeImports(file)) {
        assert.ok(
          rule[1].some((pattern) => matches(imported, pattern)),
          `${file} imports ${imported}`,
        );
      }
    });
  }
});

function relativeImports(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map((match) =>
    relative(root, resolve(root, dirname(file), match[1] as string)),
  );
}

function matches(path: string, pattern: string): boolean {
  if (pattern === 'core/*') return /^core\/[^/]+$/.test(path);
  return pattern.endsWith('/') ? path.startsWith(pattern) : path === pattern;
}
