// Audits mirrors with planted failures as a nightly build would, and says which audits saw what.
import { judgeRun, type Measured } from '../../audits/judge-run.ts';
import { type AuditSettings, gate, measureAudits } from '../../audits/run.ts';
import type { Audit, AuditResult } from '../../core/audit.ts';
import type { Workspace } from '../../core/connector.ts';
import type { Failure } from './failures.ts';
import { plant } from './tables.ts';

/** What an audit said of a mirror: the worst of its verdicts that is one. `silent`: it had nothing to decide. */
export type Cell = 'fail' | 'warn' | 'pass' | 'silent' | 'error';

export interface Row {
  readonly failure: string;
  /** By id, of all audits that were run. */
  readonly cells: ReadonlyMap<string, Cell>;
  /** Ids of the audits that stop the mirror; none: it would be published. */
  readonly stoppedBy: readonly string[];
  readonly results: readonly AuditResult[];
}

/**
 * One row of the matrix: the verdicts that both tables get in one run of tier `nightly`. What is as in the fresh draw is not
 * measured again: a table whose rows are, and audits that do not look at another history.
 */
export async function auditPlanted(
  workspace: Workspace,
  failure: Failure,
  pick: (audit: Audit) => boolean = () => true,
): Promise<Row> {
  const { history, target, mirror } = failure;
  const sameRows = (history ?? target) !== undefined && mirror === undefined;
  const sameCustomers = mirror?.orders !== undefined && mirror.customers === undefined;
  const settings: AuditSettings = {
    tier: 'nightly',
    pick: (audit) => pick(audit) && (!sameRows || audit.needs.includes('history')),
  };
  const inputs = await plant(workspace, failure);
  const measured: Measured[] = [];
  for (const input of sameCustomers ? inputs.slice(1) : inputs) {
    measured.push(...(await measureAudits(input, settings, { seed: 7, signal: workspace.signal })));
  }
  const results = judgeRun(measured);
  const cells = new Map<string, Cell>();
  for (const { id, verdict } of results) cells.set(id, worse(cells.get(id), verdict));
  const stoppedBy = new Set(gate(results).blocking.map(({ id }) => id));
  return { failure: failure.name, cells, stoppedBy: [...stoppedBy], results };
}

const order: readonly Cell[] = ['silent', 'pass', 'warn', 'fail', 'error'];

function worse(known: Cell | undefined, verdict: AuditResult['verdict']): Cell {
  const cell = verdict === 'inconclusive' ? 'silent' : verdict;
  return known !== undefined && order.indexOf(known) > order.indexOf(cell) ? known : cell;
}
