// One line of text for each step of a plan: what `synth plan` prints.
import type { Plan, PlanStep, TableAction } from './types.ts';

const verbs: Readonly<Record<TableAction, string>> = {
  reference: 'copy',
  fit: 'learn and draw',
  resample: 'draw again',
  keep: 'keep',
};

export function describeStep(step: PlanStep): string {
  switch (step.kind) {
    case 'table':
      return `${verbs[step.action]} ${step.table} (${step.reasons.join(', ')})`;
    case 'audit':
      return `audit ${step.table}`;
    case 'publish':
      return `publish ${step.tables.length} ${step.tables.length === 1 ? 'table' : 'tables'}`;
    default:
      throw step satisfies never;
  }
}

export function describePlan(plan: Plan): readonly string[] {
  const lines = plan.steps.map(describeStep);
  const skipped = plan.skipped.map((table) => `leave out ${table} (not selected, never built)`);
  return [...lines, ...skipped];
}
