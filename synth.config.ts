// The demo: mirrors real flights, airports and bird strikes. `npm start` loads the data and builds it.
import { boosted, defineConfig, dependent, duckdb, reference, sum } from 'synthouse';

export default defineConfig({
  source: duckdb({ path: 'demo/warehouse.duckdb' }),
  mirrors: duckdb({ path: 'demo/mirrors.duckdb' }),
  seed: 7,
  tables: {
    airports: reference(), // declared public: copied as it is, and marked so
    flights: {
      generator: boosted(),
      constraints: [dependent('distance', { on: ['origin', 'destination'] })],
    },
    birdstrikes: {
      generator: boosted(),
      constraints: [sum('cost_total', ['cost_repair', 'cost_other'])],
    },
  },
});
