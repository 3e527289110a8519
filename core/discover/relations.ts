// Undeclared foreign keys: columns whose values are all found in another table's key.
import { sql } from 'kysely';
import type { Workspace } from '../connector.ts';
import { quoted } from '../constraints/rules.ts';
import { type ColumnType, displayName, sameTable } from '../schema.ts';
import { columnRef, relationRef } from '../sql.ts';
import { type Proposal, percent } from './proposal.ts';
import type { TableView } from './sample.ts';

interface ParentKey {
  readonly view: TableView;
  readonly column: string;
  readonly type: ColumnType;
  readonly primary: boolean;
}

/** @param proposed keys that were found before, which count as keys of parents */
export async function proposeRelations(
  workspace: Workspace,
  views: readonly TableView[],
  proposed: readonly Proposal[],
): Promise<readonly Proposal[]> {
  const parents = views.flatMap((view) => parentKeys(view, proposed));
  const proposals: Proposal[] = [];
  for (const child of views) {
    for (const column of child.columns) {
      if (child.schema.foreignKeys.some((key) => key.columns.includes(column.name))) continue;
      if (column.distinct < 2) continue;
      const matches: { readonly parent: ParentKey; readonly share: number; readonly named: boolean }[] = [];
      for (const parent of parents) {
        const itself = sameTable(parent.view.schema.name, child.schema.name);
        if (family(parent.type) !== family(column.type) || (itself && parent.column === column.name)) continue;
        const named = nameFits(column.name, parent, itself);
        // Small integers are contained in any sequence: without a fitting name only text tells.
        if (!named && (itself || column.type.kind !== 'text' || column.distinct < 20)) continue;
        const share = await contained(workspace, child, column.name, parent);
        if (share >= (named ? 0.98 : 1)) matches.push({ parent, share, named });
      }
      matches.sort((a, b) => Number(b.named) - Number(a.named) || b.share - a.share);
      const best = matches[0];
      if (best === undefined) continue;
      const { parent, share, named } = best;
      const references = displayName(parent.view.schema.name);
      const more = parent.primary ? '' : `, referencedColumns: ${quoted(parent.column)}`;
      proposals.push({
        kind: 'relation',
        table: child.schema.name,
        columns: [column.name],
        references: parent.view.schema.name,
        text: `{ columns: ${quoted(column.name)}, references: ${quoted(references)}${more} }`,
        confidence: named ? 0.9 : 0.5,
        why: `${percent(share)} of its values are in ${references}.${parent.column}${named ? ', and the names fit' : ''}.`,
      });
    }
  }
  return proposals;
}

function parentKeys(view: TableView, proposed: readonly Proposal[]): readonly ParentKey[] {
  const { schema } = view;
  const found = proposed.filter(
    ({ kind, table, columns }) =>
      (kind === 'key' || kind === 'unique') && columns.length === 1 && sameTable(table, schema.name),
  );
  const proposedKey = schema.primaryKey.length > 0 ? [] : (found.find(({ kind }) => kind === 'key')?.columns ?? []);
  const primary = schema.primaryKey.length > 0 ? schema.primaryKey : proposedKey;
  const sets = [
    primary,
    ...schema.uniques,
    ...found.filter(({ kind }) => kind === 'unique').map(({ columns }) => columns),
  ];
  const names = new Set(sets.flatMap((columns) => (columns.length === 1 ? columns : [])));
  return [...names].flatMap((name) => {
    const column = view.columns.find((candidate) => candidate.name === name);
    return column === undefined ? [] : [{ view, column: name, type: column.type, primary: primary[0] === name }];
  });
}

/** `customer_id` fits customers.id and customers.customer_id; `manager_id` fits employees.id inside employees. */
function nameFits(column: string, parent: ParentKey, itself: boolean): boolean {
  const child = plain(column);
  const key = plain(parent.column);
  const table = plain(parent.view.schema.name.table);
  const singular = table
    .replace(/ies$/, 'y')
    .replace(/(ss|x|ch|sh)es$/, '$1')
    .replace(/([^s])s$/, '$1');
  const stems = [table, singular];
  if (
    stems.some(
      (stem) => child === stem || child === stem + key || child.endsWith(stem + key) || child.endsWith(`${stem}id`),
    )
  )
    return true;
  if (itself) return key === 'id' && child.endsWith('id') && child !== 'id';
  return key !== 'id' && key.length > 2 && child.endsWith(key);
}

/** Integers of any width may refer to each other. */
function family(type: ColumnType): ColumnType['kind'] {
  return type.kind === 'wide' ? 'integer' : type.kind;
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\d]/gu, '');
}

/** The share of the sample's distinct values that all rows of the parent have. */
async function contained(workspace: Workspace, child: TableView, column: string, parent: ParentKey): Promise<number> {
  const { rows } = await sql<{ share: number | null }>`select avg(case when p.v is null then 0 else 1 end) as share
    from (select distinct ${columnRef(column)} as v from ${relationRef(child.sample)} where ${columnRef(column)} is not null) as c
    left join (select distinct ${columnRef(parent.column)} as v from ${relationRef(parent.view.whole)}) as p on c.v = p.v`.execute(
    workspace.db,
  );
  return Number(rows[0]?.share ?? 0);
}
