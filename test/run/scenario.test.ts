// What-if mirrors: targets met, children that follow, a schema of their own that later builds keep.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { loadConfig } from '../../core/config/load.ts';
import { runBuild } from '../../core/run/index.ts';
import { runScenario } from '../../core/run/scenario.ts';
import { failureOf, inFolder, one, shop, writeConfig } from './support.ts';

const tables = 'customers: { generator: boosted(), rows: 2000 }, orders: boosted()';
const scenarios = `audits: { bounds: [{ audit: 'prv.*', severity: 'warn' }] },
  scenarios: {
    older: { tables: { customers: {
      shift: { age: { mean: '+6' } }, share: { region: { north: 0.4 } }, freeze: ['spent'],
    } } },
    far: { tables: { customers: { shift: { age: { mean: 200 } } } } },
    absent: { tables: { customers: { share: { region: { nowhere: 0.4 } } } } },
    text: { tables: { customers: { shift: { region: { mean: 3 } } } } },
    frozen: { tables: { customers: { shift: { age: { mean: 40 } }, freeze: ['age'] } } },
    thirty: { tables: { customers: { share: { age: { 30: 0.5 } } } } },
    typo: { tables: { customers: { shift: { agee: { mean: 40 } } } } },
    key: { tables: { customers: { shift: { id: { mean: 40 } } } } },
  },`;

describe('synth build --scenario', function () {
  this.timeout(60_000);
  const common = {
    wait: false,
    threads: 1,
    signal: new AbortController().signal,
    progress: () => {},
    clock: () => new Date(),
  };

  it('meets its targets within 1 %, lets children follow, and stays when mirrors are built again', () =>
    inFolder(async (folder) => {
      const home = process.cwd();
      await shop(folder, { customers: 4000, orders: 6000 });
      await writeConfig(folder, tables, scenarios);
      process.chdir(folder);
      try {
        const build = async (fullRefresh: boolean) =>
          runBuild({ ...common, config: await loadConfig({ directory: folder }), fullRefresh });
        const scenario = async (name: string) =>
          runScenario({ ...common, config: await loadConfig({ directory: folder }), scenario: name });
        assert.equal((await failureOf(scenario('older'))).code, 'mirrors.none');
        assert.equal((await build(false)).published, true);
        const made = await scenario('older');
        assert.equal(made.published, true, JSON.stringify(made.tables));
        const figures = `select count(*)::int as n, (select avg(age) from main.customers) + 6 as wanted, avg(age) as age,
          avg((region = 'north')::int) as north,
          (select count(*)::int from older.orders where customer_id not in (select id from older.customers)) as orphans
          from older.customers`;
        const found = await one(figures, join(folder, 'mirrors.duckdb'));
        assert.equal(found.n, 2000);
        assert.equal(found.orphans, 0);
        assert.ok(Math.abs(Number(found.age) / Number(found.wanted) - 1) < 0.01, JSON.stringify(found));
        assert.ok(Math.abs(Number(found.north) - 0.4) < 0.004, JSON.stringify(found));
        const customers = made.tables.find(({ name }) => name === 'older.customers');
        assert.deepEqual(customers?.moved?.map(({ column }) => column).sort(), ['age', 'region']);
        const orders = made.tables.find(({ name }) => name === 'older.orders');
        assert.ok(
          orders?.moved?.every(({ column }) => !['id', 'customer_id'].includes(column)),
          'no keys',
        );
        assert.ok(customers?.audits.some(({ id }) => id === 'fid.ks'));
        assert.ok(made.tables.flatMap(({ audits }) => audits).every(({ id }) => !/^(col|drf)\./.test(id)));
        assert.equal((await build(true)).published, true);
        assert.equal((await one(figures, join(folder, 'mirrors.duckdb'))).n, 2000);

        // No row of the first pool comes twice: a larger one has enough others.
        const thirty = (await scenario('thirty')).tables.find(({ name }) => name === 'thirty.customers');
        assert.ok(Math.abs((thirty?.targets[0]?.got ?? 0) - 0.5) < 0.005, JSON.stringify(thirty?.targets));

        const refused: readonly (readonly [name: string, code: string])[] = [
          ['far', 'scenario.unreachable'],
          ['absent', 'scenario.nothing-learnt'],
          ['text', 'scenario.no-number'],
          ['frozen', 'scenario.contradiction'],
          ['typo', 'scenario.unknown-column'],
          ['key', 'condition.made-later'],
          ['oldest', 'scenario.unknown'],
        ];
        for (const [name, code] of refused) assert.equal((await failureOf(scenario(name))).code, code, name);
      } finally {
        process.chdir(home);
      }
    }));
});
