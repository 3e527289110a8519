// Learns how many rows each owner has.
import { displayName } from '../schema.ts';
import { sketchDegrees } from './degrees.ts';
import { type FitOptions, fitModel, transform } from './fit-model.ts';
import { type ParentSide, readChildCounts, readDegrees, readKeyFacts } from './fit-source.ts';
import { CHILDREN, countColumn, ownerContext } from './names.ts';
import type { TablePlan } from './plan.ts';
import { trainOf } from './prepare.ts';
import type { OwnerFit } from './table-fit.ts';

/** Where there is nothing to learn from. */
export function ownerless(owner: ParentSide): OwnerFit {
  return { key: owner.key.index, nullShare: 0, columns: owner.columns, degrees: { shares: [], means: [] } };
}

export async function nullShareOf(table: TablePlan, options: FitOptions, { key }: ParentSide): Promise<number> {
  const sides = [trainOf(options.splits, table.label), trainOf(options.splits, displayName(key.parent))] as const;
  return (await readKeyFacts(options.workspace, key, ...sides)).nullShare;
}

export async function fitOwner(
  table: TablePlan,
  options: FitOptions,
  owner: ParentSide,
  nullShare: number,
  fitRows: number,
  publicLevels: ReadonlyMap<string, readonly string[]>,
): Promise<OwnerFit> {
  const { key, columns } = owner;
  const parent = trainOf(options.splits, displayName(key.parent));
  const degrees = sketchDegrees(await readDegrees(options.workspace, table, key), options.k);
  const fit = { key: key.index, nullShare, columns, degrees };
  const rows = await readChildCounts(options.workspace, table, owner, parent, fitRows, CHILDREN);
  const children = countColumn(CHILDREN, false);
  if (rows.rowCount < 2 * options.k || table.choice.generator.unsupported([children]).length > 0) return fit;
  const own = new Map(columns.map(({ name }) => [name, publicLevels.get(ownerContext(name)) ?? []]));
  const counts = await fitModel(table, options, {
    transformed: transform([children], rows, [], options.k),
    rows,
    context: columns,
    publicLevels: new Map([...own].filter(([, levels]) => levels.length > 0)),
    progress: (share) => options.progress(0.8 + share * 0.2),
  });
  return { ...fit, counts };
}
