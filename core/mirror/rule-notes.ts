// Says how far the source itself is from the rules of the config: the mirror keeps them, and differs there.
import { sql } from 'kysely';
import type { Relation } from '../audit.ts';
import type { Workspace } from '../connector.ts';
import { asSumRule } from '../constraints/index.ts';
import { percent } from '../discover/proposal.ts';
import { relationRef } from '../sql.ts';
import type { TablePlan } from './plan.ts';
import { finishedRules } from './rules.ts';

/**
 * One note for each rule over single rows that the source breaks, and for each that sum() would keep better. Rules that cannot
 * be read are told when rows are checked.
 */
export async function ruleNotes(workspace: Workspace, table: TablePlan, source: Relation): Promise<string[]> {
  const notes: string[] = [];
  for (const rule of table.config.constraints ?? []) {
    const sum = typeof rule === 'string' ? await asSumRule(workspace, rule).catch(() => undefined) : undefined;
    if (sum === undefined) continue;
    notes.push(
      `Rows of ${table.label} that break the rule "${rule}" are drawn again, which few values pass: write ${sum} instead, which adds up.`,
    );
  }
  for (const { expression, title } of finishedRules(table, [])) {
    if (expression === undefined) continue;
    const counted = await sql<{ share: number | null }>`
      select cast(avg(case when not (${sql.raw(expression)}\n) then 1 else 0 end) as double) as share
      from ${relationRef(source)}`
      .execute(workspace.db)
      .catch(() => undefined);
    const share = counted?.rows[0]?.share ?? 0;
    if (share === 0) continue;
    const shown = share < 0.001 ? 'less than .1 %' : percent(share);
    notes.push(`The source breaks the rule "${title}" in ${shown} of ${table.label}'s rows; the mirror keeps it.`);
  }
  return notes;
}
