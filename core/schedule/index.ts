// What the CLI uses of schedules.
export { runDue, scheduledJobs } from './due.ts';
export { type Scheduler, schedulerFile } from './print.ts';
export { serve } from './service.ts';
export { runStatus } from './status.ts';
