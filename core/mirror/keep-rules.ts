// Keeps the rules of a drawn table: rows that break one get other values in the columns that the rule is about.
import type { Relation, RuleTarget } from '../audit.ts';
import { enforceRules, expressionColumns, learntColumns, ruleColumns } from '../constraints/index.ts';
import { SynthError } from '../errors.ts';
import type { Links } from './link.ts';
import { bucketColumn, lookupColumn, ROW } from './names.ts';
import { type RedrawOptions, redrawRows } from './redraw.ts';
import type { ColumnPlan } from './roles.ts';
import { finishedRules } from './rules.ts';
import type { DrawnTable } from './sample.ts';

export interface KeepRulesOptions extends RedrawOptions {
  /** Finished rows with the row number and these columns. */
  view(columns: readonly ColumnPlan[]): Promise<Relation>;
  links(): Promise<Links>;
  /** Called when learnt columns have changed: what was made after them must be made anew. */
  changed(): Promise<void>;
  /** Told how it goes. */
  log?(message: string): void;
}

const maxTries = 50;

/**
 * Returns how often rows were drawn again.
 * @throws SynthError `constraint.unsatisfied`, `constraint.fixed` with the rule and how many rows break it
 */
export async function keepRules(drawn: DrawnTable, options: KeepRulesOptions): Promise<number> {
  const { workspace } = options;
  const { table, fit } = drawn;
  const rules = finishedRules(table, fit.keys);
  if (rules.length === 0) return 0;
  const columns = table.columns.filter(({ role }) => role.kind !== 'omitted');
  const names = columns.map(({ schema }) => schema.name);
  const named = new Set<string>();
  for (const rule of rules) {
    for (const name of await ruleColumns(workspace, rule, names)) named.add(name);
    for (const name of rule.dependency?.determinant ?? []) named.add(name);
  }
  const relation = await options.view(columns.filter(({ schema }) => named.has(schema.name)));
  let draws = 0;
  const { redrawn } = await enforceRules({
    workspace,
    relation,
    rowIdColumn: ROW,
    columns: names,
    rules,
    maxTries,
    table: table.label,
    async redraw(rowIds, attempt, about, rule) {
      const parts = await redrawnParts(drawn, about, options);
      if (parts.model.length === 0 && parts.links.length === 0) throw cannotChange(drawn, rule, rowIds.length);
      draws += 1;
      const rows = rowIds.length === 1 ? '1 row' : `${rowIds.length} rows`;
      options.log?.(`draws ${rows} again, ${attempt} of at most ${maxTries}: they break "${rule.title}"`);
      // Another parent is tried first; if that does not help, other values as well.
      const values = parts.model.length > 0 && (parts.links.length === 0 || attempt % 2 === 0);
      const stale = new Set(parts.links);
      if (values) {
        const given = givenColumns(drawn, parts.model, attempt);
        await redrawRows(drawn, options, { rowIds, given, attempt: draws });
        await options.changed();
        for (const { key, learnt } of fit.links) if (learnt && !given.includes(bucketColumn(key))) stale.add(key);
      }
      if (stale.size > 0) await (await options.links()).relink(rowIds, [...stale], draws);
    },
  });
  return redrawn;
}

interface RedrawnParts {
  /** Columns of the generator. */
  readonly model: readonly string[];
  /** Numbers of foreign keys. */
  readonly links: readonly number[];
}

/** What can be drawn again to change these columns. Keys, owners and columns made by fakes and patterns stay. */
async function redrawnParts(
  drawn: DrawnTable,
  columns: readonly string[],
  { workspace }: KeepRulesOptions,
): Promise<RedrawnParts> {
  const { table, fit } = drawn;
  const made = new Set(fit.keys.filter(({ kind }) => kind !== 'distinct').map(({ column }) => column));
  const names = table.columns.filter(({ role }) => role.kind !== 'omitted').map(({ schema }) => schema.name);
  const learnt: string[] = [];
  const links: number[] = [];
  const seen = new Set<string>();
  const visit = async (name: string): Promise<void> => {
    const role = table.columns.find(({ schema }) => schema.name === name)?.role;
    if (role === undefined || seen.has(name)) return;
    seen.add(name);
    if (role.kind === 'learnt' || role.kind === 'key') {
      if (!made.has(name)) learnt.push(name);
    } else if (role.kind === 'rule' && role.rule.kind === 'expression') {
      for (const input of await expressionColumns(workspace, role.rule.sql, names)) await visit(input);
    } else if (role.kind === 'foreign') {
      const key = table.foreignKeys.find(({ index }) => index === role.key);
      if (key?.strategy === 'lookup') learnt.push(key.columns.length === 1 ? name : lookupColumn(key.index));
      if (key?.strategy !== 'link') return;
      if (!key.self) links.push(key.index);
      if (fit.links.some((link) => link.key === key.index && link.learnt) && !key.self)
        learnt.push(bucketColumn(key.index));
    }
  };
  for (const name of columns) await visit(name);
  const drawnColumns = new Set(fit.model?.columns.map(({ name }) => name));
  const model = learntColumns(fit.model?.steps ?? [], [...new Set(learnt)]);
  return { model: model.filter((name) => drawnColumns.has(name)), links: [...new Set(links)] };
}

/**
 * The columns that stay. At first only the last of the columns to change, and what follows it, is drawn again, so that those
 * before keep their distribution; then all of them; at the end whole rows, for beginnings that allow no good end.
 */
function givenColumns({ table, fit }: DrawnTable, columns: readonly string[], attempt: number): readonly string[] {
  const { generator } = table.choice;
  const order = fit.model === undefined ? [] : generator.drawOrder(generator.deserialise(fit.model.bytes));
  const places = columns.map((name) => order.indexOf(name)).filter((place) => place >= 0);
  if (places.length === 0 || attempt > (2 / 3) * maxTries) return [];
  return order.slice(0, attempt <= maxTries / 3 ? Math.max(...places) : Math.min(...places));
}

function cannotChange({ table }: DrawnTable, rule: RuleTarget, count: number): SynthError {
  const rows = count === 1 ? '1 row of' : `${count} rows of`;
  return new SynthError(
    'constraint.fixed',
    `${rows} ${table.label} ${count === 1 ? 'breaks' : 'break'} the rule "${rule.title}", and none of its columns is learnt or linked.`,
    {
      hint: 'Keys, owners, fakes and patterns are not drawn again: make the column by an expression that keeps the rule.',
    },
  );
}
