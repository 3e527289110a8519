// Benchmark: a year of weekly snapshots of real flights with planted events, and years without, through the real scheduler.
// node dist/bench/planted-year.js [--rows 4000] [--weeks 52] [--control 20] [--control-weeks 52] [--verbose]
// Prints in which week each event was told and as what, and every false alarm of the control years (one seed each).
import { parseArgs } from 'node:util';
import { year } from './planted-year/events.ts';
import { falseAlarms, findings } from './planted-year/findings.ts';
import { playYear, type Week } from './planted-year/year.ts';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '4000' },
    weeks: { type: 'string', default: '52' },
    seed: { type: 'string', default: '1' },
    control: { type: 'string', default: '20' },
    'control-weeks': { type: 'string', default: '52' },
    verbose: { type: 'boolean', default: false },
  },
});
const rows = Number(values.rows);
const say = ({ week, status, reasons, drifted, notes, alerts }: Week): void => {
  if (!values.verbose) return;
  const told = [...drifted, ...notes, ...alerts.map(({ about, columns }) => `alert ${about} ${columns.join(' × ')}`)];
  console.log(`  week ${week}: ${status} (${reasons.join(', ')}) ${told.join(' | ')}`);
};

if (Number(values.weeks) > 0) {
  const started = performance.now();
  const weeks = await playYear({ seed: Number(values.seed), weeks: Number(values.weeks), rows, calendar: year }, say);
  console.log('event             planted  told  as');
  for (const { event, told, early, as } of findings(weeks, year)) {
    console.log(
      `${event.name.padEnd(17)} ${String(event.week).padStart(7)}  ${String(told ?? '–').padStart(4)}  ${as}${early ? ' (and before it was there)' : ''}`,
    );
  }
  console.log(`${weeks.length} weeks of ${rows} rows in ${((performance.now() - started) / 1000).toFixed(0)} s`);
}
let alarms = 0;
for (let seed = 1; seed <= Number(values.control); seed++) {
  const found = falseAlarms(await playYear({ seed, weeks: Number(values['control-weeks']), rows }, say));
  alarms += found.length;
  for (const alarm of found) console.log(`control, seed ${seed}: ${alarm}`);
}
if (Number(values.control) > 0) {
  console.log(`${alarms} false alarms in ${values.control} control years of ${values['control-weeks']} weeks`);
}
