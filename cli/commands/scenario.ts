// `synth build --scenario NAME`: what-if mirrors, what was asked of them, and what else moved.
import { runScenario, type ScenarioResult } from '../../core/run/scenario.ts';
import { exitCodes } from '../failure.ts';
import { watchRun } from '../progress.ts';
import type { Session } from '../session.ts';
import { formatTable } from '../table.ts';
import { printAudits } from '../terminal/summary.ts';

export async function buildScenario(
  session: Session,
  scenario: string,
  flags: { readonly wait?: boolean; readonly json?: boolean },
): Promise<number> {
  const config = await session.config();
  using progress = watchRun(session);
  const result = await runScenario({
    config,
    scenario,
    wait: flags.wait ?? false,
    ...(session.threads === undefined ? {} : { threads: session.threads }),
    signal: session.signal,
    progress: progress.sink,
    clock: session.clock,
  });
  progress.stop();
  if (flags.json) session.printJson(result);
  else print(session, result, config.mirrors.location);
  return result.published ? exitCodes.ok : exitCodes.handled;
}

function print(session: Session, result: ScenarioResult, mirrors: string): void {
  printAudits(result.tables.flatMap(({ audits }) => audits));
  const short = (value: number): string =>
    Number(value.toPrecision(4)).toLocaleString('en', { maximumFractionDigits: 6 });
  const targets = result.tables.flatMap(({ name, targets: met }) => met.map((one) => ({ name, ...one })));
  session.print(
    `\n${formatTable(
      ['table', 'asked of', 'before', 'asked', 'got'],
      targets.map(({ name, title, before, wanted, got }) => [name, title, short(before), short(wanted), short(got)]),
    )}`,
  );
  const moved = result.tables.flatMap(({ name, moved: columns = [] }) =>
    columns
      .slice(0, 8)
      .map(({ column, kind, by, before, after }) => [
        name,
        column,
        kind === 'mean' ? `mean ${by > 0 ? '+' : ''}${short(by)} sd` : `${short(100 * by)} % of rows`,
        before === undefined ? '' : short(before),
        after === undefined ? '' : short(after),
      ]),
  );
  session.print(`\n${formatTable(['table', 'what moved', 'by', 'before', 'after'], moved)}`);
  for (const { name, pool, effective, rows } of result.tables) {
    if (pool === undefined || effective === undefined) continue;
    const many = (n: number): string => n.toLocaleString('en');
    session.print(
      `${name}: ${many(rows)} rows picked from ${many(pool)}, of which ${many(effective)} carry the weight.`,
    );
  }
  session.print(
    result.published
      ? `\nPublished release ${result.release} as ${mirrors}, with the schema ${result.scenario}.`
      : `\nNothing was published: an audit of ${result.scenario} failed.`,
  );
  session.print(`${result.seconds.toFixed(1)} s`);
}
