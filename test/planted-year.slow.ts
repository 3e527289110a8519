// A small planted year: real flights, week by week, through the scheduler; every event is told in time and by its name.
import assert from 'node:assert/strict';
import { months } from '../bench/planted-year/events.ts';
import { falseAlarms, findings } from '../bench/planted-year/findings.ts';
import { playYear } from '../bench/planted-year/year.ts';

describe('a planted year', function () {
  this.timeout(900_000);

  it('tells each event in time, by its name, and none before it is there', async () => {
    const found = findings(await playYear({ seed: 1, weeks: 8, rows: 3000, calendar: months }), months);
    for (const { event, told, early, as } of found) {
      assert.ok(told !== undefined && told <= event.by && !early, `${event.name}: told in week ${told} as ${as}`);
    }
  });

  it('tells nothing where there is only a season', async () => {
    assert.deepEqual(falseAlarms(await playYear({ seed: 2, weeks: 7, rows: 3000, season: 6 })), []);
  });
});
