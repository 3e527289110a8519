// Small results and models for the tests of reports and of the terminal.
import type { AuditResult } from '../../../core/audit.ts';
import { type ColumnDistribution, pairsOf, type ReportModel } from '../../../core/report/model.ts';

export function result(changes: Partial<AuditResult> = {}): AuditResult {
  return {
    id: 'fid.ks',
    table: 'flights',
    columns: ['delay'],
    value: 0.0219,
    unit: 'D',
    verdict: 'pass',
    reason: 'Inside the bound.',
    severity: 'error',
    seconds: 0.25,
    warnAt: 0.05,
    failAt: 0.1,
    null: { q50: 0.004, q99: 0.012 },
    n: { real: 400_000, synthetic: 500_000, holdout: 100_000 },
    ...changes,
  };
}

export function numbers(column: string, bins = 40): ColumnDistribution {
  return {
    kind: 'number',
    column,
    unit: 'number',
    bins: Array.from({ length: bins }, (_, i) => ({
      from: i * 10,
      to: (i + 1) * 10,
      real: 1000 + ((i * 37) % 500),
      synthetic: 1000 + ((i * 41) % 500),
    })),
    missing: { real: 40, synthetic: 30 },
    notFinite: { real: 0, synthetic: 0 },
    pooledMissing: false,
  };
}

export function categories(column: string, labels: readonly string[] = ['ORD', 'ATL']): ColumnDistribution {
  return {
    kind: 'category',
    column,
    levels: labels.map((label, i) => ({ label, real: 500 - i, synthetic: 480 + i })),
    other: { real: 100, synthetic: 110 },
    missing: { real: 0, synthetic: 0 },
    otherHasMissing: false,
  };
}

export function model(changes: Partial<ReportModel['tables'][number]> = {}): ReportModel {
  const audits = [
    result(),
    result({ id: 'fid.pair', columns: ['delay', 'origin'], value: 0.11, verdict: 'fail', reason: 'Beyond the bound.' }),
  ];
  return {
    schemaVersion: 1,
    title: 'Mirrors of the warehouse',
    createdAt: '2026-01-02T03:04:05.000Z',
    release: { id: 'r1', published: false },
    tables: [
      {
        name: 'flights',
        generator: 'boosted',
        rows: { real: 400_000, synthetic: 500_000, holdout: 100_000 },
        seconds: 14.2,
        audits,
        distributions: [numbers('delay'), categories('origin')],
        pairs: pairsOf(audits),
        notes: ['One reference leads nowhere.'],
        ...changes,
      },
    ],
    audits: [
      { id: 'fid.ks', title: 'Numbers are spread as in the real table.', family: 'fidelity', direction: 'above' },
    ],
    facts: [{ name: 'Seed', value: '7' }],
  };
}
