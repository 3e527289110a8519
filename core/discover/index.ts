// Finds rules in data, for `synth init` to propose: all by SQL, on all rows or on a part picked by hash.
import type { Relation } from '../audit.ts';
import type { Workspace } from '../connector.ts';
import type { TableSchema } from '../schema.ts';
import { proposeArithmetic } from './arithmetic-rules.ts';
import { proposeDependencies } from './dependencies.ts';
import { proposeKeys } from './keys.ts';
import { proposeOrder } from './orders.ts';
import { proposePersonal } from './personal.ts';
import type { Proposal } from './proposal.ts';
import { proposeRelations } from './relations.ts';
import { closeView, type TableView, viewTable } from './sample.ts';

export type { Proposal, ProposalKind } from './proposal.ts';

export interface DiscoverOptions {
  readonly workspace: Workspace;
  readonly tables: readonly { readonly schema: TableSchema; readonly relation: Relation }[];
  /** How many rows of a table are looked at. Default 200,000. */
  readonly maxRows?: number;
}

/** What the tables' data propose, table by table, surest first. */
export async function discover(options: DiscoverOptions): Promise<readonly Proposal[]> {
  const { workspace, tables, maxRows = 200_000 } = options;
  const views: TableView[] = [];
  try {
    for (const [i, { schema, relation }] of tables.entries()) {
      views.push(await viewTable(workspace, schema, relation, maxRows, `discover_${i}`));
    }
    const keys: Proposal[] = [];
    for (const view of views) keys.push(...(await proposeKeys(workspace, view)));
    const relations = await proposeRelations(workspace, views, keys);
    const proposals = [...keys, ...relations];
    for (const view of views) {
      workspace.signal.throwIfAborted();
      const arithmetic = await proposeArithmetic(workspace, view);
      const sums = arithmetic.filter(({ kind }) => kind === 'sum');
      // Two columns of a sum tell the third, and say much about it alone: that rule is said already.
      const dependencies = (await proposeDependencies(workspace, view)).filter(
        ({ columns }) => !sums.some((sum) => columns.filter((column) => sum.columns.includes(column)).length > 1),
      );
      const personal = await proposePersonal(workspace, view);
      proposals.push(...dependencies, ...arithmetic, ...personal);
      proposals.push(...(await proposeOrder(workspace, view, relations, personal)));
    }
    return tables.flatMap(({ schema }) =>
      proposals.filter(({ table }) => table === schema.name).sort((a, b) => b.confidence - a.confidence),
    );
  } finally {
    for (const view of views) await closeView(workspace, view);
  }
}
