// Runs the user's SQL once all mirrors of a release stand: SQL audits on the mirrors, the workload on both sides.

import type { Measured } from '../../audits/judge-run.ts';
import { failure, measured, parseOptions } from '../../audits/run.ts';
import type { AnswerTable } from '../../audits/utility/answers.ts';
import { type QueryOptions, queryAudit } from '../../audits/utility/query.ts';
import { measureQuery } from '../../audits/utility/workload.ts';
import type { Audit, Measurement } from '../audit.ts';
import { severityOf } from '../audit-ids.ts';
import type { LoadedAudits, LoadedConfig } from '../config/loaded.ts';
import { SynthError } from '../errors.ts';
import type { PlannedQuery } from './plan-queries.ts';

/** The audit that one query of `audits.sql` is. */
export type SqlAuditDescription = Pick<Audit, 'id' | 'title' | 'unit' | 'family' | 'direction' | 'minRows'>;

export function sqlAudit(name: string): SqlAuditDescription {
  return {
    id: `sql.${name}`,
    title: `The query "${name}" finds no row.`,
    unit: 'rows',
    family: 'validity',
    direction: 'zero',
    minRows: 0,
  };
}

/** Where queries find their tables; each takes a query as the user wrote it. */
export interface QuerySides {
  mirrors(text: string): Promise<AnswerTable>;
  source(text: string): Promise<AnswerTable>;
  /** Pairs of random halves of the real tables; none when a table that is read cannot be halved. */
  halves(query: PlannedQuery, replicate: number): Promise<readonly [Ask, Ask] | undefined>;
  sizes(query: PlannedQuery): { readonly n: Measurement['n']; readonly scale: number };
  readonly signal: AbortSignal;
}

type Ask = (text: string) => Promise<AnswerTable>;

export async function measureQueries(
  queries: readonly PlannedQuery[],
  config: Pick<LoadedConfig, 'auditDefaults'>,
  sides: QuerySides,
): Promise<readonly Measured[]> {
  const results: Measured[] = [];
  for (const query of queries) {
    sides.signal.throwIfAborted();
    const { auditDefaults } = config;
    results.push(...(await (query.kind === 'audit' ? runSqlAudit : runWorkload)(query, auditDefaults, sides)));
  }
  return results;
}

async function runSqlAudit(
  query: PlannedQuery,
  settings: LoadedAudits,
  sides: QuerySides,
): Promise<readonly Measured[]> {
  const started = performance.now();
  const audit = sqlAudit(query.name);
  if (severityOf(settings.severity, audit.id) === 'off') return [];
  const { n } = sides.sizes(query);
  const finish = (value: number | null): Measured | undefined =>
    measured(audit, {}, laidOver(settings, audit.id, query), query.table, { columns: [], value, n }, since(started));
  const found = await attempt(() => sides.mirrors(counted(query.sql)), sides.signal);
  const result = finish('answer' in found ? Number(found.answer.rows[0]?.[0] ?? 0) : null);
  if (result === undefined) return [];
  return ['answer' in found ? result : { ...result, error: found.message }];
}

/** Only how many rows there are leaves the engine. */
function counted(text: string): string {
  const query = text.replace(/;(?:\s|;|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*$/, '');
  return `select count(*) from (\n${query}\n) as found`;
}

async function runWorkload(
  query: PlannedQuery,
  settings: LoadedAudits,
  sides: QuerySides,
): Promise<readonly Measured[]> {
  const started = performance.now();
  if (severityOf(settings.severity, queryAudit.id) === 'off') return [];
  const options = parseOptions(queryAudit, settings.options[queryAudit.id] ?? {}) as QueryOptions;
  const { n, scale } = sides.sizes(query);
  const finish = (measurement: Measurement, order: boolean): readonly Measured[] => {
    const bounds = order ? { warnAt: options.orderWarnAt, failAt: options.orderFailAt } : options;
    const audit = order ? { ...queryAudit, unit: '1 − rank correlation' } : queryAudit;
    const over = laidOver(settings, queryAudit.id, query, order);
    return [measured(audit, bounds, over, query.table, measurement, since(started)) ?? []].flat();
  };
  const real = await attempt(() => sides.source(query.sql), sides.signal);
  const synthetic = await attempt(() => sides.mirrors(query.sql), sides.signal);
  const about = { columns: [], name: query.name, n };
  if (!('answer' in real) || !('answer' in synthetic)) {
    if (!('answer' in real) && !('answer' in synthetic)) {
      return finish({ ...about, value: null }, false).map((result) => ({ ...result, error: synthetic.message }));
    }
    const reason = `It fails on the ${'answer' in real ? 'mirrors' : 'source'} alone`;
    // Whatever was asked is answered wrongly, however few rows there are.
    return finish({ ...about, value: 1, reason }, false).map((result) => ({
      ...result,
      audit: { ...queryAudit, minRows: 0 },
    }));
  }
  const halves: (readonly [AnswerTable, AnswerTable])[] = [];
  for (let replicate = 0; replicate < options.replicates; replicate++) {
    const pair = await sides.halves(query, replicate);
    if (pair === undefined) break;
    const a = await attempt(() => pair[0](query.sql), sides.signal);
    const b = await attempt(() => pair[1](query.sql), sides.signal);
    if ('answer' in a && 'answer' in b) halves.push([a.answer, b.answer]);
  }
  const { roles, ranked } = query.shape ?? { roles: undefined, ranked: false };
  const compared = {
    name: query.name,
    ...(roles === undefined ? {} : { roles }),
    ...(query.keys === undefined ? {} : { keys: query.keys }),
    ranked: query.orderMatters ?? ranked,
    scale,
    real: real.answer,
    synthetic: synthetic.answer,
    halves,
    n,
  };
  return measureQuery(compared, options.floor).flatMap(({ order, ...measurement }) => finish(measurement, order));
}

/** The query's own bounds come last: they win. Those of its numbers say nothing of its order. */
function laidOver(
  { severity, bounds }: LoadedAudits,
  audit: string,
  { bound }: PlannedQuery,
  order = false,
): Pick<LoadedAudits, 'severity'> & { bounds: LoadedAudits['bounds'] } {
  const { warnAt: _, failAt: __, ...others } = bound;
  return { severity, bounds: [...bounds, { audit, where: '', ...(order ? others : bound) }] };
}

type Attempt = { readonly answer: AnswerTable } | { readonly message: string };

async function attempt(ask: () => Promise<AnswerTable>, signal: AbortSignal): Promise<Attempt> {
  try {
    return { answer: await ask() };
  } catch (error) {
    signal.throwIfAborted();
    const hint = error instanceof SynthError && error.hint !== undefined ? ` ${error.hint}` : '';
    return { message: `${failure(error)}${hint}` };
  }
}

function since(started: number): number {
  return (performance.now() - started) / 1000;
}
