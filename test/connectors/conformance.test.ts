import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { duckdb } from '../../connectors/duckdb/index.ts';
import { files } from '../../connectors/files/index.ts';
import { type ConnectorFixture, connectorChecks } from '../conformance/connector.ts';
import { run, workspaceIn } from './support.ts';

const fixtures: Readonly<Record<string, ConnectorFixture>> = {
  duckdb: {
    async create(folder) {
      const path = join(folder, 'warehouse.duckdb');
      await using workspace = await workspaceIn(folder, { path });
      await run(workspace, `create table "select" ("a""b" integer primary key, ü varchar)`);
      await run(workspace, `insert into "select" select i, 'v' || i % 5 from range(5000) t(i)`);
      await run(
        workspace,
        `create table child (parent integer references "select" ("a""b"), "at" timestamp, list integer[])`,
      );
      await run(
        workspace,
        `insert into child select i, timestamp '2020-01-01' + to_days(i::int), [i] from range(100) t(i)`,
      );
      return duckdb({ path });
    },
  },
  files: {
    async create(folder) {
      await writeFile(join(folder, 'a.csv'), 'x,day,"with ""quotes"""\n1,2020-02-29,a\n2,,"b, c"\n');
      await writeFile(join(folder, 'b.jsonl'), '{"x": 1.5, "nested": {"y": [1, 2]}}\n{"x": null}\n');
      return files({ folder });
    },
  },
};

for (const [name, fixture] of Object.entries(fixtures)) {
  describe(`the ${name} connector`, () => {
    for (const { title, run: check } of connectorChecks(fixture)) it(title, check);
  });
}
