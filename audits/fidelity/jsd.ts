// fid.jsd: Jensen–Shannon distance of each column: categories as they are, numbers in the real table's deciles.
import type { Audit, AuditInput, Bounds, Measurement } from '../../core/audit.ts';
import { categoryCounts } from '../categories.ts';
import { cellsOf, countCodes } from '../code-counts.ts';
import { codesOf } from '../codes.ts';
import { type Frame, type FrameColumn, frameOf, type Side } from '../frame.ts';
import { noiseFloor } from '../noise.ts';
import { bounds } from '../options.ts';
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

async function compareNumbers({ db }: AuditInput, frame: Frame): Promise<ReadonlyMap<string, Comparison>> {
  const names = frame.columns.filter(({ kind }) => kind === 'number').map(({ value }) => value);
  const codes = await codesOf(db, frame);
  const count = async (side: Side): Promise<Awaited<ReturnType<typeof countCodes>>> => {
    const relation = codes[side];
    if (relation === undefined) return [];
    return countCodes(
      db,
      relation,
      names.map((name) => [name]),
    );
  };
  const [real, synthetic, holdout] = [await count('real'), await count('synthetic'), await count('holdout')];
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

async function compareCategories({ db }: AuditInput, frame: Frame, column: FrameColumn): Promise<Comparison> {
  const counts = await categoryCounts(db, frame, column);
  return {
    against: jensenShannon(counts.map(({ real, synthetic, times }) => ({ a: real, b: synthetic, times }))),
    observed: jensenShannon(counts.map(({ real, holdout, times }) => ({ a: real, b: holdout, times }))),
  };
}
