// fid.kway: total variation distance of sampled triples of columns on the real table's edges, above its noise floor.
import { z } from 'zod';
import type { Audit, AuditContext, AuditInput, Bounds, Measurement } from '../../core/audit.ts';
import { sequence } from '../../core/random.ts';
import { excessDistances } from '../excess.ts';
import { frameOf } from '../frame.ts';
import { boundsShape } from '../options.ts';

interface KwayOptions extends Bounds {
  /** So many triples, drawn with the run's seed; all when the table has no more. */
  readonly triples: number;
}

export const kwayAudit: Audit<KwayOptions> = {
  id: 'fid.kway',
  title: 'Three columns together go as they do in the real table.',
  unit: 'share of rows above noise',
  tier: 'nightly',
  family: 'fidelity',
  scope: 'pair',
  needs: ['aggregates'],
  direction: 'above',
  minRows: 5000,
  options: z.strictObject({
    ...boundsShape(0.08, 0.15),
    triples: z.number().int().positive().default(60),
  }),
  applies: ({ reference, columns }) => !reference && columns.length > 2,
  async run(input: AuditInput, options: KwayOptions, context: AuditContext): Promise<readonly Measurement[]> {
    const { columns } = await frameOf(input);
    // By name: the same triples are drawn whatever the order of the columns.
    const byName = columns.map((_, i) => i).sort((a, b) => compare(columns[a]?.name ?? '', columns[b]?.name ?? ''));
    const triples = drawTriples(columns.length, options.triples, sequence(context.seed, 'fid.kway'));
    return excessDistances(
      input,
      triples.map((triple) => triple.map((i) => byName[i] ?? i).sort((a, b) => a - b)),
    );
  },
};

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** `wanted` of the triples of `0 … width − 1`, each as likely. */
function drawTriples(width: number, wanted: number, draw: () => number): readonly (readonly number[])[] {
  const all = (width * (width - 1) * (width - 2)) / 6;
  if (all <= wanted) {
    const triples: number[][] = [];
    for (let i = 0; i < width; i++)
      for (let j = i + 1; j < width; j++) for (let k = j + 1; k < width; k++) triples.push([i, j, k]);
    return triples;
  }
  const chosen = new Map<string, readonly number[]>();
  while (chosen.size < wanted) {
    const pick = new Set<number>();
    while (pick.size < 3) pick.add(Math.floor(draw() * width));
    const triple = [...pick].sort((a, b) => a - b);
    chosen.set(triple.join(), triple);
  }
  return [...chosen.values()];
}
