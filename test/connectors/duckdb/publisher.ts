// Publishes releases until it is killed: `node publisher.js FOLDER MIRRORS FIRST`.
import { createStore } from '../../../connectors/duckdb/index.ts';
import { run, workspaceIn } from '../support.ts';

const [folder = '', path = '', first = '1'] = process.argv.slice(2);
const store = createStore({ path });
for (let number = Number(first); ; number++) {
  const release = { id: `r${String(number).padStart(4, '0')}`, createdAt: '' };
  const staged = await store.stage(release);
  {
    await using workspace = await workspaceIn(folder, { path: staged });
    process.stdout.write('staged\n');
    await run(workspace, `create table t as select ${number} as v from range(20000)`);
  }
  await store.publish(release);
}
