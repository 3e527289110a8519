// Checks `alerts` of the config: channels with names of their own, and silences that say why.
import type { AlertChannel, Silence } from '../alert.ts';
import type { LoadedAlerts } from './loaded.ts';
import { check, type Problem, pathOf, suggestion } from './problems.ts';
import { type AlertsShape, alertChannelSchema, alertsSchema, silenceSchema } from './schema/index.ts';

export function checkAlerts(value: unknown, tables: readonly string[], problems: Problem[]): LoadedAlerts {
  const none: LoadedAlerts = { channels: [], silence: [] };
  if (value === undefined) return none;
  const shape = check<AlertsShape>(
    alertsSchema,
    Array.isArray(value) ? { channels: value } : value,
    'alerts',
    problems,
  );
  if (shape === undefined) return none;
  const refuse = (where: string, message: string): void => {
    problems.push({ code: 'config.invalid-value', where, message });
  };
  const channels = shape.channels.flatMap((entry, i): readonly AlertChannel[] => {
    if (alertChannelSchema.safeParse(entry).success) return [entry as AlertChannel];
    const where = Array.isArray(value) ? pathOf('alerts', i) : pathOf('alerts', 'channels', i);
    refuse(where, 'This is not an alert channel: use slack(…), webhook(…), email(…) or command(…).');
    return [];
  });
  for (const [i, { name }] of channels.entries()) {
    if (channels.findIndex((other) => other.name === name) === i) continue;
    refuse('alerts', `Two channels are called "${name}". Give one a name, as { name: '${name} of the data team' }.`);
  }
  const unknown = (where: string, table: string): void => {
    const message = `"${table}" is not a table of this config.${suggestion(table, tables)}`;
    problems.push({ code: 'config.unknown-table', where, message });
  };
  for (const { name, tables: own } of channels) {
    for (const table of own ?? []) if (!tables.includes(table)) unknown(`alerts (tables of ${name})`, table);
  }
  const silence = shape.silence.flatMap((entry, i) => {
    const where = pathOf('alerts', 'silence', i);
    const one = check<Silence>(silenceSchema, entry, where, problems);
    if (one?.table !== undefined && !tables.includes(one.table)) unknown(pathOf(where, 'table'), one.table);
    return one ?? [];
  });
  return Object.freeze({ channels: Object.freeze(channels), silence: Object.freeze(silence) });
}
