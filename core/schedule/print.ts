// Ready files for those who let another scheduler call `synth run --due`: the schedules themselves stay in the config.
import type { LoadedConfig } from '../config/loaded.ts';

export type Scheduler = 'systemd' | 'kubernetes' | 'github-actions' | 'crontab';

/** The text of one file (for systemd of two, each under a comment with its path). Every 5 minutes; what is not due costs a second. */
export function schedulerFile(kind: Scheduler, config: Pick<LoadedConfig, 'directory'>): string {
  switch (kind) {
    case 'systemd':
      return systemd(config.directory);
    case 'kubernetes':
      return kubernetes;
    case 'github-actions':
      return githubActions;
    case 'crontab':
      return `*/5 * * * * cd ${shellQuoted(config.directory)} && npx synth --quiet run --due\n`;
    default:
      throw kind satisfies never;
  }
}

function systemd(directory: string): string {
  return `# /etc/systemd/system/synth.service
[Unit]
Description=Synthetic mirrors that are due

[Service]
Type=oneshot
WorkingDirectory=${directory.replaceAll('%', '%%')}
ExecStart=/usr/bin/env npx synth run --due
KillSignal=SIGTERM
TimeoutStopSec=30

# /etc/systemd/system/synth.timer
[Unit]
Description=Looks every 5 minutes for synthetic mirrors that are due

[Timer]
OnCalendar=*:0/5
Persistent=true

[Install]
WantedBy=timers.target
`;
}

const kubernetes = `apiVersion: batch/v1
kind: CronJob
metadata:
  name: synth
spec:
  schedule: '*/5 * * * *'
  concurrencyPolicy: Forbid
  jobTemplate:
    spec:
      backoffLimit: 0
      template:
        spec:
          restartPolicy: Never
          terminationGracePeriodSeconds: 30
          containers:
            - name: synth
              image: REPLACE_WITH_YOUR_IMAGE # Node 20.19 or later, the project installed with npm ci in /project
              workingDir: /project
              command: ['npx', 'synth', 'run', '--due']
              volumeMounts:
                - { name: project, mountPath: /project/.synth, subPath: state } # must outlive the job
          volumes:
            - name: project
              persistentVolumeClaim: { claimName: synth }
`;

const githubActions = `name: synth
on:
  schedule:
    - cron: '*/15 * * * *' # when to look; the config says when to run
  workflow_dispatch:
concurrency: synth
jobs:
  due:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with: { node-version: 22, cache: npm }
      - run: npm ci
      - uses: actions/cache@v4 # what was learnt, run and published, from one job to the next
        with:
          path: |
            .synth
            mirrors.duckdb
            .mirrors.duckdb.releases
          key: synth-\${{ github.run_id }}
          restore-keys: synth-
      - run: npx synth run --due
`;

function shellQuoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
