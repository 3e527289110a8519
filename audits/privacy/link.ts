// prv.link: whether the mirror tells that two halves of a record belong to one person.
import { z } from 'zod';
import type { Audit, AuditContext, AuditInput, Measurement } from '../../core/audit.ts';
import { frameOf } from '../frame.ts';
import { nearestDistances, spaceOf } from '../neighbours.ts';
import type { RowSample } from '../rows.ts';
import { type AttackOptions, attackAudit, attacksOption, riskShape } from './attack-audit.ts';
import { attackRows, attackSizes, onePerPerson, pickColumns } from './attack-rows.ts';
import { attackMeasurement, noVerdict } from './attack-verdict.ts';
import { checkedColumns } from './chosen.ts';

interface LinkOptions extends AttackOptions {
  /** What each of the two files of the attacker holds; by default all columns, dealt out by how much they tell. */
  readonly columns?: readonly [readonly string[], readonly string[]] | undefined;
}

/** Sums of the two halves and of all columns are rounded differently. */
const slack = 1e-9;

export const linkAudit: Audit<LinkOptions> = {
  ...attackAudit,
  id: 'prv.link',
  title: 'The mirror does not tell that two records of different files are of one person.',
  advice: 'Leave out (omit()) a column of one of the two files, or coarsen it in a view of the source.',
  unit: 'risk',
  scope: 'table',
  options: z.strictObject({
    ...riskShape,
    attacks: attacksOption(8000),
    columns: z
      .tuple([z.array(z.string()).min(1), z.array(z.string()).min(1)])
      .refine(([first, second]) => !first.some((name) => second.includes(name)), 'no column may be in both files')
      .optional(),
  }),
  /**
   * Anonymeter's linkability (Giomi et al. 2023): one half of the columns is in one file of the attacker, the other half in
   * another. A person is linked when one mirror row is nearest to both halves. Among rows at the same least distance
   * Anonymeter looks at one, here all are looked at, so that coarse columns hide no copy. Guessing: any mirror row.
   */
  async run(input: AuditInput, options: LinkOptions, { seed, signal }: AuditContext): Promise<readonly Measurement[]> {
    const frame = await frameOf(input);
    const rows = await attackRows(input, frame, seed);
    if (typeof rows === 'string') return [{ columns: [], ...noVerdict, reason: rows, n: frame.n }];
    const { mirror } = rows;
    const halves = halvesOf(input, options, mirror);
    const attacks = Math.min(options.attacks, rows.affordable);
    const members = onePerPerson(rows.members, attacks);
    const others = onePerPerson(rows.others, attacks);
    const linked = [0, 0];
    const inHalf = [halves[0], halves[1], new Set([...halves[0], ...halves[1]])].map((half) => {
      signal.throwIfAborted();
      const pick = (sample: RowSample): RowSample => pickColumns(sample, (name) => half.has(name));
      const space = spaceOf([mirror, members, others].map(pick));
      const near = (sample: RowSample): Float64Array =>
        nearestDistances(space, space.of(pick(sample)), space.of(pick(mirror)));
      return [near(members), near(others)];
    });
    for (const side of [0, 1]) {
      const [first, second, both] = inHalf.map((distances) => distances[side] as Float64Array);
      if (first === undefined || second === undefined || both === undefined) continue;
      // One row is nearest to both halves exactly when the nearest to all columns is no further than the halves' together.
      linked[side] = both.filter(
        (distance, i) => distance <= (first[i] as number) + (second[i] as number) + slack,
      ).length;
    }
    const outcome = {
      attack: { hits: linked[0] as number, n: members.rowCount },
      control: { hits: linked[1] as number, n: others.rowCount },
      baseline: 1 / mirror.rowCount,
    };
    return [attackMeasurement(outcome, { columns: [], n: attackSizes(rows) })];
  },
};

type Half = ReadonlySet<string>;

/** Columns with most distinct values first, dealt out as 1, 2, 2, 1, 1, …: both halves tell about as much. */
function halvesOf(input: AuditInput, { columns }: LinkOptions, mirror: RowSample): readonly [Half, Half] {
  if (columns !== undefined) {
    const [first, second] = columns.map((names) => new Set(checkedColumns(input, linkAudit.id, names)));
    return [first as Half, second as Half];
  }
  const ranked = mirror.columns
    .map((column) => ({
      name: column.name,
      distinct: new Set(column.kind === 'number' ? column.values : column.codes).size,
    }))
    .sort((a, b) => b.distinct - a.distinct || (a.name < b.name ? -1 : 1));
  const half = (wanted: number): Half =>
    new Set(ranked.filter((_, i) => (((i + 1) >> 1) & 1) === wanted).map(({ name }) => name));
  return [half(0), half(1)];
}
