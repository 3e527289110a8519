// Columns that follow from one or two others, and pairs of columns of which only some combinations occur.
import { sql } from 'kysely';
import type { Workspace } from '../connector.ts';
import { describeConstraint } from '../constraints/rules.ts';
import { columnList, columnRef, relationRef } from '../sql.ts';
import { type Proposal, percent } from './proposal.ts';
import { type ColumnView, numberOf, type TableView } from './sample.ts';

/** Rows that may deviate, as a share: what `dependent` tolerates, with some room. */
const tolerance = 0.005;
const leastRows = 100;
/** Bounds the number of pairs that are tried. */
const mostDeterminants = 14;

interface Dependency {
  readonly on: readonly string[];
  readonly column: string;
  readonly deviating: number;
}

export async function proposeDependencies(workspace: Workspace, view: TableView): Promise<readonly Proposal[]> {
  if (view.sampledRows < leastRows) return [];
  const dependents = view.columns.filter((column) => column.distinct >= 2 && column.distinct < view.sampledRows / 3);
  const determinants = dependents
    .filter((column) => ['text', 'enum', 'integer', 'boolean', 'uuid', 'date'].includes(column.type.kind))
    .sort((a, b) => Number(isMeasure(a)) - Number(isMeasure(b)))
    .slice(0, mostDeterminants);
  const found: Dependency[] = [];
  for (const column of determinants) found.push(...(await followers(workspace, view, [column], dependents, found)));
  for (const [i, first] of determinants.entries()) {
    for (const second of determinants.slice(i + 1)) {
      if (Math.max(first.distinct, second.distinct) > view.sampledRows / 10) continue;
      found.push(...(await followers(workspace, view, [first, second], dependents, found)));
    }
  }
  return [...group(found, view), ...(await proposeFixed(workspace, view, determinants, found))];
}

/** The columns that follow from `on`, are not known to follow from a part of it, and would not seem to by chance. */
async function followers(
  workspace: Workspace,
  view: TableView,
  on: readonly ColumnView[],
  dependents: readonly ColumnView[],
  known: readonly Dependency[],
): Promise<readonly Dependency[]> {
  const names = on.map((column) => column.name);
  const open = dependents.filter(({ name }) => {
    const involved = new Set([...names, name]);
    if (involved.size !== on.length + 1) return false;
    // Of columns that all follow from each other, one direction is enough.
    return !known.some(({ on: other, column }) => involved.has(column) && other.every((part) => involved.has(part)));
  });
  if (open.length === 0) return [];
  // Groups of one row follow trivially: only the others count. Aggregates per candidate: rows of mixed groups.
  const by = columnList(names);
  const mixed = open.map(
    ({ name }, i) => sql`sum(n) filter (where min_${sql.raw(String(i))} is distinct from max_${sql.raw(String(i))}
      or count_${sql.raw(String(i))} not in (0, n)) as ${columnRef(`mixed_of_${name}`)}`,
  );
  const parts = open.map(
    ({ name }, i) => sql`min(${columnRef(name)}) as min_${sql.raw(String(i))},
      max(${columnRef(name)}) as max_${sql.raw(String(i))}, count(${columnRef(name)}) as count_${sql.raw(String(i))}`,
  );
  const { rows } = await sql<Record<string, unknown>>`select cast(sum(n) as double) as n_rows,
      cast(count(*) as double) as n_groups, ${sql.join(mixed)}
    from (select count(*) as n, ${sql.join(parts)} from ${relationRef(view.sample)} group by ${by}) as groups
    where n > 1`.execute(workspace.db);
  const result = rows[0] ?? {};
  const inGroups = Number(result.n_rows ?? 0);
  const groups = Number(result.n_groups ?? 0);
  if (groups < 2 || inGroups < Math.max(leastRows, view.sampledRows / 2)) return [];
  const dependencies: Dependency[] = [];
  for (const { name, topShare } of open) {
    // Were the columns independent, about topShare^(size - 1) of the groups would be of one value all the same.
    const byChance = topShare ** (inGroups / groups - 1);
    if (byChance > 0.5) continue;
    const share = Number(result[`mixed_of_${name}`] ?? 0) / inGroups;
    if (share > 0.3) continue;
    const deviating = share === 0 ? 0 : (await deviatingRows(workspace, view, names, name)) / view.sampledRows;
    // Where one value prevails, guessing it deviates little too: the rule must do far better than that.
    if (deviating <= Math.min(tolerance, 0.05 * (1 - topShare)))
      dependencies.push({ on: names, column: name, deviating });
  }
  return dependencies;
}

/** Rows whose value is not their group's most frequent one. */
async function deviatingRows(
  workspace: Workspace,
  view: TableView,
  on: readonly string[],
  column: string,
): Promise<number> {
  return numberOf(
    workspace,
    sql`select cast(sum(n - best) as double) as n from (select sum(n) as n, max(n) as best from
      (select ${columnList(on)}, count(*) as n from ${relationRef(view.sample)} group by ${columnList([...on, column])}) as pairs
      group by ${columnList(on)}) as groups`,
  );
}

/** One proposal for all that follows from the same columns. */
function group(found: readonly Dependency[], view: TableView): readonly Proposal[] {
  const byDeterminant = new Map<string, Dependency[]>();
  for (const dependency of found) {
    const key = JSON.stringify(dependency.on);
    byDeterminant.set(key, [...(byDeterminant.get(key) ?? []), dependency]);
  }
  return [...byDeterminant.values()].map((dependencies): Proposal => {
    const on = dependencies[0]?.on ?? [];
    const columns = dependencies.map((dependency) => dependency.column);
    const worst = Math.max(...dependencies.map((dependency) => dependency.deviating));
    return {
      kind: 'dependent',
      table: view.schema.name,
      columns: [...on, ...columns],
      text: describeConstraint({ kind: 'dependent', columns, on }),
      confidence: worst === 0 ? 0.9 : 0.7,
      why: `Rows with the same ${on.join(' and ')} have the same ${columns.join(', ')} in ${percent(1 - worst)} of ${rowsText(view)}.`,
    };
  });
}

/** Pairs of text columns of which far fewer combinations occur than would if they were independent. */
async function proposeFixed(
  workspace: Workspace,
  view: TableView,
  columns: readonly ColumnView[],
  known: readonly Dependency[],
): Promise<readonly Proposal[]> {
  const levels = columns.filter(
    ({ type, distinct }) => (type.kind === 'text' || type.kind === 'enum') && distinct >= 3 && distinct <= 1000,
  );
  const proposals: Proposal[] = [];
  for (const [i, first] of levels.entries()) {
    for (const second of levels.slice(i + 1)) {
      const pair = [first.name, second.name];
      // A pair that determines a third column is kept by that rule already.
      if (known.some(({ on, column }) => pair.every((name) => name === column || on.includes(name)))) continue;
      const [a, b] = pair.map((name) => columnRef(name));
      const side = (name: typeof a) => sql`select count(*) / ${sql.lit(view.sampledRows)} as share from
        ${relationRef(view.sample)} group by ${name}`;
      const { rows } = await sql<{ expected: number; actual: number }>`select
        (select cast(sum(1 - pow(1 - x.share * y.share, ${sql.lit(view.sampledRows)})) as double)
          from (${side(a)}) as x, (${side(b)}) as y) as expected,
        (select cast(count(*) as double) from (select distinct ${a}, ${b} from ${relationRef(view.sample)}) as pairs) as actual`.execute(
        workspace.db,
      );
      const { expected = 0, actual = 0 } = rows[0] ?? {};
      if (expected < 20 || actual > 0.35 * expected) continue;
      proposals.push({
        kind: 'fixed',
        table: view.schema.name,
        columns: pair,
        text: describeConstraint({ kind: 'fixed', columns: pair }),
        confidence: actual < 0.1 * expected ? 0.7 : 0.4,
        why: `Only ${percent(actual / expected)} of the combinations occur that chance would give.`,
      });
    }
  }
  return proposals;
}

/** Amounts follow from names rather than names from amounts: they are tried last. */
function isMeasure(column: ColumnView): boolean {
  return column.type.kind === 'integer' && !/id$|code$|key$|year|month/i.test(column.name);
}

export function rowsText(view: TableView): string {
  const rows = view.sampledRows.toLocaleString('en-US');
  return view.sample === view.whole ? `${rows} rows` : `${rows} sampled rows`;
}
