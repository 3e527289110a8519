// The targets of a scenario as features of a row, in SQL: numbers whose mean over the scenario's rows is 0.
import { type RawBuilder, sql } from 'kysely';
import type { Relation } from '../../audit.ts';
import type { ScenarioTable } from '../../config/types.ts';
import type { Workspace } from '../../connector.ts';
import { nearestName, SynthError } from '../../errors.ts';
import { columnRef, doubleLiteral, relationRef } from '../../sql.ts';
import type { TablePlan } from '../plan.ts';
import type { ColumnPlan } from '../roles.ts';
import { fulfils } from './condition.ts';

export interface Feature {
  /** Over a row with the table's columns; never NULL. */
  readonly value: RawBuilder<unknown>;
}

/** What a scenario promises, as it will be checked. */
export interface Target {
  readonly title: string;
  readonly before: number;
  readonly wanted: number;
  /** An aggregate over rows. */
  readonly measure: RawBuilder<unknown>;
}

export interface Targets {
  readonly features: readonly Feature[];
  readonly promises: readonly Target[];
}

/** Columns of the scenario that a table does not have or leaves out, or that are made after rows are picked, are refused. */
export function scenarioColumns(table: TablePlan, scenario: ScenarioTable): readonly ColumnPlan[] {
  const known = table.columns.filter(({ role }) => role.kind !== 'omitted').map(({ schema }) => schema.name);
  const named = [
    ...Object.keys(scenario.shift ?? {}),
    ...Object.keys(scenario.share ?? {}),
    ...(scenario.freeze ?? []),
  ];
  return [...new Set(named)].map((name) => {
    const found = table.columns.find(({ schema, role }) => schema.name === name && role.kind !== 'omitted');
    if (found === undefined && table.columns.some(({ schema }) => schema.name === name)) {
      throw new SynthError('scenario.omitted', `A scenario names "${name}", which ${table.label} leaves out.`, {
        hint: 'Name columns that the mirror has.',
      });
    }
    if (found === undefined) {
      const near = nearestName(name, known);
      throw new SynthError(
        'scenario.unknown-column',
        `A scenario names "${name}", but ${table.label} has no such column.`,
        {
          hint: near === undefined ? `Its columns: ${known.join(', ')}.` : `Did you mean "${near}"?`,
        },
      );
    }
    if ((scenario.freeze ?? []).includes(name) && (name in (scenario.shift ?? {}) || name in (scenario.share ?? {}))) {
      throw new SynthError('scenario.contradiction', `A scenario moves "${name}" of ${table.label} and freezes it.`, {
        hint: 'Decide for one.',
      });
    }
    return found;
  });
}

/** @throws SynthError `scenario.unknown-column`, `scenario.contradiction`, `scenario.no-number` */
export function checkScenarioTable(table: TablePlan, scenario: ScenarioTable): void {
  for (const { schema } of scenarioColumns(table, scenario)) {
    const { name, type } = schema;
    if (!(name in (scenario.shift ?? {})) || ['integer', 'decimal', 'float', 'wide'].includes(type.kind)) continue;
    throw new SynthError(
      'scenario.no-number',
      `A scenario shifts the mean of "${name}" of ${table.label}, which is no number.`,
      { hint: 'Set the share of its values with share.' },
    );
  }
}

/** More levels of a frozen column are frozen together. */
const mostLevels = 40;
const numberBins = 10;

/** @param rows a pool of rows as they are learnt */
export async function targetsOf(
  workspace: Workspace,
  table: TablePlan,
  scenario: ScenarioTable,
  rows: Relation,
): Promise<Targets> {
  const features: Feature[] = [];
  const promises: Target[] = [];
  const scope = scenario.where === undefined ? sql`true` : fulfils(scenario.where);
  const within = (value: RawBuilder<unknown>): RawBuilder<unknown> =>
    sql`case when ${scope} then ${value} else 0.0 end`;
  const one = async (expression: RawBuilder<unknown>): Promise<number | null> => {
    const found = await sql<{
      v: unknown;
    }>`select cast(${expression} as double) as v from ${relationRef(rows)}`.execute(workspace.db);
    const value = found.rows[0]?.v;
    return value === null || value === undefined ? null : Number(value);
  };
  const indicator = (is: RawBuilder<unknown>, share: number): RawBuilder<unknown> => {
    // Rare kinds weigh as much as frequent ones in what is solved for.
    const unit = Math.max(0.05, Math.sqrt(share * (1 - share)));
    return sql`((case when ${is} then 1.0 else 0.0 end) - ${doubleLiteral(share)}) / ${doubleLiteral(unit)}`;
  };
  const freeze = async (is: RawBuilder<unknown>): Promise<void> => {
    const share = (await one(sql`avg(case when ${is} then 1.0 else 0.0 end)`)) ?? 0;
    if (share > 0 && share < 1) features.push({ value: indicator(is, share) });
  };

  if (scenario.where !== undefined) await freeze(scope);
  for (const [name, { mean }] of Object.entries(scenario.shift ?? {})) {
    const column = sql`cast(${columnRef(name)} as double)`;
    const before = await one(sql`avg(${column}) filter (where ${scope})`);
    const spread = await one(sql`stddev_pop(${column}) filter (where ${scope})`);
    if (before === null || spread === null || spread === 0) throw nothingThere(table, name);
    const wanted = shifted(before, mean);
    // Else rows without a value, which any mean allows, would take all the weight.
    await freeze(sql`${scope} and ${columnRef(name)} is null`);
    features.push({
      value: within(sql`coalesce((${column} - ${doubleLiteral(wanted)}) / ${doubleLiteral(spread)}, 0.0)`),
    });
    promises.push({ title: `mean of ${name}`, before, wanted, measure: sql`avg(${column}) filter (where ${scope})` });
  }
  for (const [name, shares] of Object.entries(scenario.share ?? {})) {
    for (const [value, wanted] of Object.entries(shares)) {
      const is = sql`coalesce(cast(${columnRef(name)} as varchar) = ${sql.lit(value)}, false)`;
      const measure = sql`avg(case when ${is} then 1.0 else 0.0 end) filter (where ${scope})`;
      const before = await one(measure);
      if (before === null || before === 0 || (before === 1 && wanted < 1)) throw nothingThere(table, name);
      features.push({ value: within(indicator(is, wanted)) });
      promises.push({ title: `share of ${name} = ${value}`, before, wanted, measure });
    }
  }
  for (const name of scenario.freeze ?? []) {
    const { schema } = table.columns.find((column) => column.schema.name === name) as ColumnPlan;
    const column = columnRef(name);
    await freeze(sql`${column} is null`);
    if (['text', 'enum', 'boolean', 'uuid'].includes(schema.type.kind)) {
      const levels = await sql<{ level: string }>`
        select cast(${column} as varchar) as level from ${relationRef(rows)} where ${column} is not null
        group by 1 order by count(*) desc, 1 limit ${sql.lit(mostLevels)}`.execute(workspace.db);
      // The last one follows from the others.
      for (const { level } of levels.rows.slice(0, levels.rows.length < mostLevels ? -1 : undefined)) {
        await freeze(sql`coalesce(cast(${column} as varchar) = ${sql.lit(level)}, false)`);
      }
      continue;
    }
    const cuts = Array.from({ length: numberBins - 1 }, (_, i) => (i + 1) / numberBins);
    const found = await sql<Record<string, unknown>>`select ${sql.join(
      cuts.map((cut, i) => sql`cast(quantile_disc(${column}, ${sql.lit(cut)}) as varchar) as ${sql.id(`q${i}`)}`),
    )} from ${relationRef(rows)}`.execute(workspace.db);
    const borders = [...new Set(cuts.map((_, i) => found.rows[0]?.[`q${i}`]).filter((border) => border !== null))];
    for (const border of borders) {
      await freeze(sql`coalesce(${column} <= cast(${sql.lit(String(border))} as ${sql.raw(schema.sqlType)}), false)`);
    }
  }
  return { features, promises };
}

/** `'-20%'` of what it is, `'+4'` more, or a number as it is. */
function shifted(before: number, mean: number | string): number {
  if (typeof mean === 'number') return mean;
  const amount = Number.parseFloat(mean);
  return mean.trim().endsWith('%') ? before * (1 + amount / 100) : before + amount;
}

function nothingThere(table: TablePlan, name: string): SynthError {
  return new SynthError(
    'scenario.nothing-learnt',
    `A scenario moves "${name}" of ${table.label} to what no row that was learnt holds.`,
    { hint: 'Ask for values that occur (at least k times) in the source.' },
  );
}
