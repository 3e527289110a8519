// Decides what a new config says of each table: what must be active for it to build, and what is only proposed. Pure.

import { quoted } from '../constraints/rules.ts';
import type { Proposal } from '../discover/index.ts';
import { displayName, sameTable, type TableName, type TableSchema } from '../schema.ts';
import type { FreeText, RareText, TableFacts } from './facts.ts';
import { propertyName, wrapped } from './text.ts';

/** Where in a table's config a line goes. */
export type Section = 'key' | 'order' | 'columns' | 'relations' | 'constraints' | 'bounds';

export interface ConfigLine {
  readonly section: Section;
  /** TypeScript without the comma. */
  readonly text: string;
  /** One sentence for the comment above it. */
  readonly why: string;
  /** Written as a line of config; otherwise as a comment to switch on. */
  readonly active: boolean;
}

export interface ConfigTable {
  /** As a key of `tables`. */
  readonly name: string;
  /** Small and referenced by others: it may be public. */
  readonly lookup: boolean;
  /** Why nothing of it can be learnt: then the table can only be written as a comment. */
  readonly hopeless?: 'types' | 'rows';
  readonly rows: number;
  readonly lines: readonly ConfigLine[];
}

export interface SourceTable {
  readonly schema: TableSchema;
  readonly facts: TableFacts;
}

const sections: Readonly<Record<Proposal['kind'], Section>> = {
  key: 'key',
  relation: 'relations',
  personal: 'columns',
  unique: 'constraints',
  fixed: 'constraints',
  dependent: 'constraints',
  sum: 'constraints',
  ordering: 'constraints',
  order: 'order',
};

export function proposeConfig(tables: readonly SourceTable[], proposals: readonly Proposal[]): readonly ConfigTable[] {
  const needed = neededProposals(tables, proposals);
  return tables.map(({ schema, facts }): ConfigTable => {
    const own = proposals.filter(({ table }) => sameTable(table, schema.name));
    const lines = [
      ...schema.columns
        .filter(({ type }) => type.kind === 'unsupported')
        .map(
          ({ name, sqlType }): ConfigLine => ({
            section: 'columns',
            text: `${propertyName(name)}: omit()`,
            // The type's parts may list values.
            why: `${sqlType.split('(')[0]} cannot be learnt: left out; nulls() would keep the column, empty.`,
            active: true,
          }),
        ),
      ...own.map(
        (proposal): ConfigLine => ({
          section: sections[proposal.kind],
          text: proposal.text,
          why: needed.has(proposal) ? `${proposal.why} Text that hardly repeats cannot be learnt.` : proposal.why,
          active: needed.has(proposal),
        }),
      ),
      ...facts.freeText
        .filter(({ column }) => !isMade(column, schema, tables) && !handled(column, own, needed))
        .map(
          (text): ConfigLine => ({
            section: 'columns',
            text: `${propertyName(text.column)}: ${standIn(text)}`,
            why: 'Text that hardly repeats cannot be learnt: say what stands in its place, or omit() it.',
            active: true,
          }),
        ),
      ...facts.rareText
        .filter(({ column }) => !isMade(column, schema, tables) && !handled(column, own, needed))
        .flatMap(boundLines),
    ];
    const hopeless = hopelessness(schema, facts);
    return {
      name: tableKey(schema.name),
      lookup: isLookup(schema, facts, tables, proposals),
      ...(hopeless && { hopeless }),
      rows: facts.rows,
      lines,
    };
  });
}

/** Without these a build would stop at text that hardly repeats: a rule for it, or that it is a key. */
function neededProposals(tables: readonly SourceTable[], proposals: readonly Proposal[]): ReadonlySet<Proposal> {
  const needed = new Set<Proposal>();
  const unlearnable = tables.flatMap(({ schema, facts }) =>
    facts.freeText
      .filter(({ column }) => !isMade(column, schema, tables))
      .map(({ column }) => ({ table: schema.name, column })),
  );
  const need = (kinds: readonly Proposal['kind'][], stands: (proposal: Proposal) => boolean): void => {
    for (const { table, column } of unlearnable) {
      const fitting = proposals.filter(
        (one) => sameTable(one.table, table) && one.columns.length === 1 && one.columns[0] === column,
      );
      if (fitting.some((one) => needed.has(one))) continue;
      const chosen = kinds.map((kind) => fitting.find((one) => one.kind === kind && stands(one))).find(Boolean);
      if (chosen !== undefined) needed.add(chosen);
    }
  };
  need(['personal', 'key'], () => true);
  // A relation stands when its parent has a key, declared or just found needed.
  const keyed = (name: TableName): boolean =>
    tables.some(({ schema }) => sameTable(schema.name, name) && schema.primaryKey.length === 1) ||
    [...needed].some(({ kind, table }) => kind === 'key' && sameTable(table, name));
  need(['relation'], ({ references }) => references !== undefined && keyed(references));
  return needed;
}

function handled(column: string, own: readonly Proposal[], needed: ReadonlySet<Proposal>): boolean {
  return own.some(
    (proposal) => needed.has(proposal) && proposal.columns.length === 1 && proposal.columns[0] === column,
  );
}

/** Columns of declared keys and foreign keys are made, not learnt. */
function isMade(column: string, schema: TableSchema, tables: readonly SourceTable[]): boolean {
  return (
    (schema.primaryKey.length === 1 && schema.primaryKey[0] === column) ||
    schema.uniques.some((columns) => columns.length === 1 && columns[0] === column) ||
    schema.foreignKeys.some((key) => key.columns.includes(column)) ||
    tables.some(({ schema: child }) =>
      child.foreignKeys.some(
        ({ references }) => sameTable(references.table, schema.name) && references.columns.includes(column),
      ),
    )
  );
}

/** Of fewer rows no value may be told, and prv.exact cannot rule out copies: it asks for at most 5 % with 95 % certainty. */
const fewestRows = 75;

function hopelessness(schema: TableSchema, { rows }: TableFacts): ConfigTable['hopeless'] {
  if (schema.columns.every(({ type }) => type.kind === 'unsupported')) return 'types';
  return rows > 0 && rows < fewestRows ? 'rows' : undefined;
}

/** Columns that a bound is indented by, and the comma after it. */
const boundIndent = 11;

/** What a mirror cannot do for the sake of protection is reported, and does not stop a release. */
function boundLines({ column, share }: RareText): readonly ConfigLine[] {
  const rule = (audit: string): string => {
    const parts = [`audit: '${audit}'`, `column: ${quoted(column)}`, `severity: 'warn'`];
    return wrapped('{', parts, '}', ' ', '', boundIndent);
  };
  const percent = Math.round(share * 100);
  return [
    {
      section: 'bounds',
      text: rule('fid.tvd'),
      why: `${percent} % of rows have a ${column} too rare to be shown: frequent ones take their place, which audits see.`,
      active: true,
    },
    { section: 'bounds', text: rule('fid.pair'), why: `They see it in pairs of columns as well.`, active: true },
  ];
}

function standIn({ meanLength, spaced }: FreeText): string {
  if (spaced < 0.5) return `fake('string.alphanumeric', ${Math.min(meanLength, 64)})`;
  return meanLength > 40 ? `fake('lorem.sentence')` : `fake('lorem.words')`;
}

/** A parent has at least this many times fewer rows than a child. */
const leastFactor = 10;
const mostLookupRows = 10_000;

function isLookup(
  schema: TableSchema,
  facts: TableFacts,
  tables: readonly SourceTable[],
  proposals: readonly Proposal[],
): boolean {
  const ofOthers = ({ kind, table }: Proposal): boolean => kind === 'personal' && sameTable(table, schema.name);
  if (facts.rows > mostLookupRows || schema.foreignKeys.length > 0 || proposals.some(ofOthers)) return false;
  return tables.some(
    (child) =>
      !sameTable(child.schema.name, schema.name) &&
      child.facts.rows >= leastFactor * facts.rows &&
      (child.schema.foreignKeys.some(({ references }) => sameTable(references.table, schema.name)) ||
        proposals.some(
          ({ table, references }) =>
            sameTable(table, child.schema.name) && references !== undefined && sameTable(references, schema.name),
        )),
  );
}

/** The name under `tables`; a dot in a name of schema `main` would be read as the schema's. */
function tableKey(name: TableName): string {
  const shown = displayName(name);
  return name.schema === 'main' && shown.includes('.') ? `main.${shown}` : shown;
}
