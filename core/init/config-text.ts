// The text of a new synth.config.ts: what builds is active, what the data propose stands in comments to switch on. Pure.
import { quoted } from '../constraints/rules.ts';
import type { ConfigTable, Section } from './propose.ts';
import { comment, propertyName, wrapped } from './text.ts';

/** How a config names its source: all tables of a DuckDB file, of a folder, or of single files. Paths as users see them. */
export type SourceChoice =
  | { readonly kind: 'duckdb'; readonly path: string }
  | { readonly kind: 'folder'; readonly folder: string }
  | { readonly kind: 'files'; readonly paths: readonly string[] };

export interface ConfigTextInput {
  readonly source: SourceChoice;
  /** Path of the mirrors' DuckDB file. */
  readonly mirrors: string;
  readonly tables: readonly ConfigTable[];
}

/** Whatever a config calls, and could call when its comments are switched on. */
const importable = [
  'boosted',
  'defineConfig',
  'dependent',
  'duckdb',
  'expression',
  'fake',
  'files',
  'fixed',
  'nulls',
  'omit',
  'pattern',
  'reference',
  'sum',
  'unique',
];

const brackets: Readonly<Record<Exclude<Section, 'key' | 'order'>, readonly [string, string]>> = {
  columns: ['{', '}'],
  relations: ['[', ']'],
  constraints: ['[', ']'],
  bounds: ['[', ']'],
};

export function configText(input: ConfigTextInput): string {
  const tables = input.tables.flatMap((table) => tableLines(table).map((line) => `    ${line}`));
  const body = [
    'export default defineConfig({',
    sourceText(input.source),
    `  mirrors: duckdb({ path: ${quoted(input.mirrors)} }),`,
    '  tables: {',
    ...tables,
    '  },',
    '});',
    '',
  ].join('\n');
  return [
    '// Which tables synthouse mirrors, and how. Lines in comments are proposals: switch on those that are right.',
    importText(body, input.tables),
    '',
    body,
  ].join('\n');
}

function importText(body: string, tables: readonly ConfigTable[]): string {
  const code = body.split('\n').filter((line) => !/^\s*\/\//.test(line));
  const texts = [...code, ...tables.flatMap(({ lines }) => lines.map(({ text }) => text))];
  const names = importable.filter(
    (name) =>
      texts.some((text) => new RegExp(`(^|[^\\w'.])${name}\\(`).test(text)) ||
      (name === 'reference' && tables.some(({ lookup, hopeless }) => lookup || hopeless === 'rows')) ||
      (name === 'boosted' && tables.some(({ hopeless }) => hopeless === 'types')),
  );
  return wrapped('import {', names, "} from 'synthouse';", ' ');
}

function sourceText(source: SourceChoice): string {
  switch (source.kind) {
    case 'duckdb':
      return `  source: duckdb({ path: ${quoted(source.path)} }),`;
    case 'folder':
      return `  source: files({ folder: ${quoted(source.folder)} }),`;
    case 'files': {
      const [first, ...others] = source.paths.map(quoted);
      if (first !== undefined && others.length === 0) return `  source: files({ path: ${first} }),`;
      const paths = source.paths.map(quoted);
      const line = wrapped('source: files({ path: [', paths, '] }),', '', '  ');
      if (!line.includes('\n')) return line;
      return ['  source: files({', wrapped('path: [', paths, '],', '', '    '), '  }),'].join('\n');
    }
  }
}

function tableLines(table: ConfigTable): readonly string[] {
  const name = propertyName(table.name);
  if (table.hopeless === 'types') {
    return [comment('None of its columns has a type that can be learnt.'), comment(`${name}: boosted(),`)];
  }
  if (table.hopeless === 'rows') {
    const why = `Its ${table.rows} rows are too few to learn from without showing them. If it is public, copy it as it is:`;
    return [comment(why), comment(`${name}: reference(),`)];
  }
  const head = table.lookup
    ? [comment('Small, and other tables refer to it: if it is public, reference() instead copies it as it is.')]
    : [];
  if (table.lines.length === 0) return [...head, `${name}: boosted(),`];
  const inner = [
    'generator: boosted(),',
    ...keyLines(table),
    ...sectionLines(table, 'columns'),
    ...sectionLines(table, 'relations'),
    ...sectionLines(table, 'constraints'),
    ...boundLines(table),
  ];
  return [...head, `${name}: {`, ...inner.map((line) => `  ${line}`), '},'];
}

function keyLines(table: ConfigTable): readonly string[] {
  return [...linesOf(table, 'key', 'key: '), ...linesOf(table, 'order', 'order: ')];
}

function sectionLines(table: ConfigTable, section: Exclude<Section, 'key' | 'order'>): readonly string[] {
  const lines = linesOf(table, section, '');
  if (lines.length === 0) return [];
  const [open, close] = brackets[section];
  return [`${section}: ${open}`, ...lines.map((line) => `  ${line}`), `${close},`];
}

function boundLines(table: ConfigTable): readonly string[] {
  const lines = sectionLines(table, 'bounds');
  return lines.length === 0 ? [] : ['audits: {', ...lines.map((line) => `  ${line}`), '},'];
}

function linesOf(table: ConfigTable, section: Section, prefix: string): readonly string[] {
  return table.lines
    .filter((line) => line.section === section)
    .flatMap(({ text, why, active }) => {
      const code = `${prefix}${text},`;
      return [comment(why), ...(active ? code.split('\n') : [comment(code)])];
    });
}
