// `synth ls`: the tables of the config and what is visible of them.
import { runList } from '../../core/run/inspect.ts';
import { exitCodes } from '../failure.ts';
import type { Session } from '../session.ts';
import { textTable } from '../terminal/table.ts';

export async function ls(session: Session, flags: { readonly json?: boolean }): Promise<number> {
  const tables = await runList({ config: await session.config() });
  if (flags.json) {
    session.printJson({ schemaVersion: 1, tables });
    return exitCodes.ok;
  }
  const rows = tables.map(({ name, generator, rows, release }) => [
    name,
    generator,
    rows?.toLocaleString('en') ?? '-',
    release ?? 'not published',
  ]);
  const columns = [
    { title: 'table' },
    { title: 'generator' },
    { title: 'rows', align: 'right' },
    { title: 'release' },
  ] as const;
  session.print(textTable(columns, rows).trimEnd());
  return exitCodes.ok;
}
