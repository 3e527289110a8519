// fid.jsd: Jensen–Shannon distance of each column: categories as they are, numbers in the real table's deciles.
import type { Audit, AuditInput, Bounds, Measurement } from '../../core/audit.ts';
import { categoryCounts } from '../categories.ts';
import { cellsOf } from '../code-counts.ts';
import { type Frame, type FrameColumn, frameOf } from '../frame.ts';
import { noiseFloor } from '../noise.ts';
import { bounds } from '../options.ts';
import { countSides } from '../side-counts.ts';
import { type JensenShannon, jensenShannon } from '../statistics/jensen-shannon.ts';

export const jsdAudit: Audit<Bounds> = {
  id: 'fid.jsd',
  title: 'Each column divides its rows among values as the real one does.',
  unit: 'Jensen–Shannon distance',
  tier: 'nightly',
  family: 'fidelity',
  scope: 'column',
  needs: ['aggregates'],
  direction: 'above',
  minRows: 1000,
  options: bounds(0.1, 0.2),
  applies: ({ reference, columns }) => !reference && columns.length > 0,
  async run(input: AuditInput): Promise<readonly Measurement[]> {
    const frame = await frameOf(input);
    const { n } = frame;
    const numbers = await compareNumbers(input, frame);
    const measurements: Measurement[] = [];
    for (const column of frame.columns) {
      const { against, observed } = numbers.get(column.value) ?? (await compareCategories(input, frame, column));
      const columns = [column.name];
      if (against === undefined) measurements.push({ columns, value: null, reason: 'One side has no rows.', n });
      else {
        measurements.push({
          columns,
          value: against.value,
          null: noiseFloor(against.null, observed?.value, n),
          n,
        });
      }
    }
    return measurements;
  },
};

interface Comparison {
  readonly against: JensenShannon | undefined;
  readonly observed: JensenShannon | undefined;
}

async function compareNumbers(input: AuditInput, frame: Frame): Promise<ReadonlyMap<string, Comparison>> {
  const names = frame.columns.filter(({ kind }) => kind === 'number').map(({ value }) => value);
  const { real, synthetic, holdout } = await countSides(
    input,
    frame,
    names.map((name) => [name]),
  );
  return new Map(
    names.map((name, i) => [
      name,
      {
        against: jensenShannon(cellsOf(real[i], synthetic[i])),
        observed: jensenShannon(cellsOf(real[i], holdout[i])),
      },
    ]),
  );
}

async function compareCategories(input: AuditInput, frame: Frame, column: FrameColumn): Promise<Comparison> {
  const counts = await categoryCounts(input, frame, column);
  return {
    against: jensenShannon(counts.map(({ real, synthetic, times }) => ({ a: real, b: synthetic, times }))),
    observed: jensenShannon(counts.map(({ real, holdout, times }) => ({ a: real, b: holdout, times }))),
  };
}
