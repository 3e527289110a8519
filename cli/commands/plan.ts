// `synth plan`: what a build would do now, and why.
import type { Tier } from '../../core/audit.ts';
import { describePlan } from '../../core/plan/index.ts';
import { runPlan } from '../../core/run/index.ts';
import { exitCodes } from '../failure.ts';
import type { Session } from '../session.ts';

export interface PlanFlags {
  readonly select?: readonly string[];
  readonly fullRefresh?: boolean;
  readonly tier?: Tier;
  readonly audit?: readonly string[];
  readonly json?: boolean;
}

export async function plan(session: Session, flags: PlanFlags): Promise<number> {
  const made = await runPlan({
    config: await session.config(),
    ...(flags.select === undefined ? {} : { select: flags.select }),
    fullRefresh: flags.fullRefresh ?? false,
    ...(flags.tier === undefined ? {} : { tier: flags.tier }),
    ...(flags.audit === undefined ? {} : { also: flags.audit }),
    ...(session.threads === undefined ? {} : { threads: session.threads }),
    signal: session.signal,
    clock: session.clock,
  });
  if (flags.json) session.printJson(made);
  else session.print(describePlan(made).join('\n'));
  return exitCodes.ok;
}
