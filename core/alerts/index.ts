// What the CLI uses of alerts.
export { runAlerts, runAlertTest } from './show.ts';
