// `synth lineage TABLE`: the mirrors that the visible one descends from, and how much of what they learnt was real.
import { formatPercent } from '../../core/report/format.ts';
import { runLineage } from '../../core/run/inspect.ts';
import { exitCodes } from '../failure.ts';
import type { Session } from '../session.ts';
import { textTable } from '../terminal/table.ts';

export async function lineage(session: Session, table: string, flags: { readonly json?: boolean }): Promise<number> {
  const chain = await runLineage({ config: await session.config(), table });
  if (flags.json) {
    session.printJson({ schemaVersion: 1, table, lineage: chain.map(({ fingerprints: _, ...rest }) => rest) });
    return exitCodes.ok;
  }
  const columns = [
    { title: 'release' },
    { title: 'generator' },
    { title: 'generation', align: 'right' },
    { title: 'real share', align: 'right' },
    { title: 'rows learnt', align: 'right' },
    { title: 'learnt also from' },
  ] as const;
  const rows = chain.map(({ release, generator, generation, realShare, learntRows, ancestors, contaminated }) => [
    release,
    generator,
    String(generation),
    formatPercent(realShare),
    learntRows.toLocaleString('en'),
    [...(contaminated === true ? ['a synthetic source'] : []), ...ancestors.map((one) => one.release)].join(', ') ||
      '-',
  ]);
  session.print(textTable(columns, rows).trimEnd());
  return exitCodes.ok;
}
