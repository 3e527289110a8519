// Channels against servers on this machine: what they send, and what a server that refuses, hangs or is gone does to a run.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AlertChange, AlertChannel, AlertMessage } from '../../../core/alert.ts';
import { command, email, slack, webhook } from '../../../core/alerts/channels/index.ts';
import { deliverPending } from '../../../core/alerts/deliver.ts';
import { tellRun } from '../../../core/alerts/tell.ts';
import type { AuditResult } from '../../../core/audit.ts';
import { SynthError } from '../../../core/errors.ts';
import { readOutbox } from '../../../core/state/alerts.ts';
import { openState, type State } from '../../../core/state/index.ts';

const change: AlertChange = {
  ...{ incident: 'k', from: 'ok', to: 'error', about: 'fid.ks', table: 'orders', columns: ['<b>&'] },
  ...{ reason: 'The distance is above its bound.', owner: 'ops', since: '2026-01-01T00:00:00.000Z' },
};
const message: AlertMessage = {
  ...{ schemaVersion: 1, id: 'id1', project: 'shop', run: 'r1', at: '2026-01-01T00:00:00.000Z' },
  ...{ summary: 'Mirrors of shop: 1 failure.', opened: [change], closed: [] },
};
const never = new AbortController().signal;

interface Got {
  readonly body: string;
  readonly headers: NodeJS.Dict<string | string[]>;
}

/** A web server that answers with the given statuses in turn; 0 never answers. */
async function webServer(...statuses: readonly number[]): Promise<{ url: string; got: Got[]; server: Server }> {
  const got: Got[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    got.push({ body, headers: request.headers });
    const status = statuses[Math.min(got.length, statuses.length) - 1] ?? 200;
    if (status !== 0) response.writeHead(status).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, got, server };
}

/** As much of SMTP (RFC 5321) as one message needs. */
async function mailServer(): Promise<{ url: string; mails: string[]; server: Server }> {
  const mails: string[] = [];
  const server = createTcpServer((socket: Socket) => {
    let data: string | undefined;
    const say = (text: string): void => void socket.write(`${text}\r\n`);
    say('220 test');
    let rest = '';
    socket.on('error', () => {});
    socket.on('data', (part) => {
      rest += part.toString();
      for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
        const line = rest.slice(0, end);
        rest = rest.slice(end + 2);
        if (data !== undefined) {
          if (line !== '.') data += `${line}\n`;
          else {
            mails.push(data);
            data = undefined;
            say('250 taken');
          }
        } else if (line === 'DATA') {
          data = '';
          say('354 go on');
        } else if (line === 'QUIT') {
          say('221 bye');
          socket.end();
        } else say('250 ok');
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`, mails, server };
}

function close(server: Server): void {
  (server as { closeAllConnections?: () => void }).closeAllConnections?.();
  server.close();
}

describe('alert channels', () => {
  it('post JSON with a signature', async () => {
    const { url, got, server } = await webServer(204);
    await webhook({ url, secret: 'hush', headers: { 'x-team': 'data' } }).send(message, never);
    close(server);
    const [first] = got;
    assert.deepEqual(JSON.parse(first?.body ?? ''), message);
    assert.equal(first?.headers['x-team'], 'data');
    const signature = createHmac('sha256', 'hush')
      .update(first?.body ?? '')
      .digest('hex');
    assert.equal(first?.headers['x-synthouse-signature'], `sha256=${signature}`);
  });

  it('post what Slack understands, with names escaped', async () => {
    const { url, got, server } = await webServer(200);
    await slack({ url }).send(message, never);
    close(server);
    const body = JSON.parse(got[0]?.body ?? '') as { text: string; blocks: { text?: { text: string } }[] };
    assert.equal(body.text, 'Mirrors of shop: 1 failure.');
    assert.match(body.blocks[1]?.text?.text ?? '', /:red_circle: \*orders: fid\.ks of &lt;b&gt;&amp; \(ops\)\*/);
  });

  it('send mail by SMTP', async () => {
    const { url, mails, server } = await mailServer();
    await email({ smtp: url, from: 'synth@example.org', to: ['a@example.org', 'b@example.org'] }).send(message, never);
    close(server);
    assert.equal(mails.length, 1);
    assert.match(mails[0] ?? '', /^To: a@example\.org, b@example\.org$/m);
    assert.match(mails[0] ?? '', /^Subject: Mirrors of shop: 1 failure\.$/m);
    assert.match(mails[0] ?? '', /orders: fid\.ks/);
  });

  it('run a command with the message on its standard input, and say how it ended', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'synth-alert-'));
    const out = join(folder, 'got.json');
    const copy = "require('fs').writeFileSync(process.argv[1], require('fs').readFileSync(0))";
    await command({ run: [process.execPath, '-e', copy, out] }).send(message, never);
    assert.deepEqual(JSON.parse(readFileSync(out, 'utf8')), message);
    rmSync(folder, { recursive: true });
    await assert.rejects(command({ run: [process.execPath, '-e', 'process.exit(3)'] }).send(message, never), /code 3/);
    await assert.rejects(command({ run: ['no-such-program-anywhere'] }).send(message, never), { code: 'ENOENT' });
    await assert.rejects(
      command({ run: [process.execPath, '-e', 'setInterval(() => {}, 1000)'] }).send(message, AbortSignal.timeout(50)),
      /did not end in time/,
    );
  });

  const bad: readonly [string, () => AlertChannel][] = [
    ['a URL of another kind', () => slack({ url: 'hooks/secret' })],
    ['an SMTP URL of another kind', () => email({ smtp: 'https://secret', from: 'a@b', to: 'c@d' })],
    ['no address', () => email({ smtp: 'smtp://host', from: 'secret', to: [] })],
    ['a header in an address', () => email({ smtp: 'smtp://host', from: 'a@b\r\nBcc: secret@x', to: 'c@d' })],
    ['no program', () => command({ run: [] })],
  ];
  for (const [title, make] of bad) {
    it(`refuse ${title}, without repeating it`, () => {
      assert.throws(
        make,
        (error) => error instanceof SynthError && !`${error.message}${error.hint}`.includes('secret'),
      );
    });
  }
});

describe('deliveries', () => {
  let folder: string;
  let state: State;
  let now = Date.UTC(2026, 0, 1);
  let notes: string[] = [];
  const clock = (): Date => new Date(now);
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'synth-alert-'));
    state = await openState(join(folder, 'state.db'));
    notes = [];
  });
  afterEach(async () => {
    await state[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  const result = (verdict: AuditResult['verdict']): AuditResult => ({
    ...{ id: 'val.key', table: 'orders', unit: 'rows', verdict, reason: 'Keys repeat.', severity: 'error', seconds: 0 },
    ...{ columns: ['id'], value: 1, warnAt: null, failAt: 0, n: { real: 9, synthetic: 9, holdout: 9 } },
  });
  const tell = (run: string, verdict: AuditResult['verdict'], channels: readonly AlertChannel[]): Promise<void> =>
    tellRun(
      state,
      { run, results: [result(verdict)], blocks: (one) => one.verdict === 'fail' },
      {
        config: {
          alerts: { channels, silence: [] },
          tables: [{ name: 'orders' }] as never,
          directory: '/somewhere/shop',
        },
        ...{ clock, signal: never, note: (text: string) => void notes.push(text), timeoutMillis: 10_000 },
      },
    );

  it('are made once per change of state', async () => {
    const { url, got, server } = await webServer(200);
    for (const [i, verdict] of (['pass', 'fail', 'fail', 'pass', 'pass'] as const).entries()) {
      await tell(`r${i}`, verdict, [webhook({ url })]);
    }
    close(server);
    const messages = got.map(({ body }) => JSON.parse(body) as AlertMessage);
    assert.deepEqual(
      messages.map(({ run, opened, closed }) => [run, opened.length, closed.length]),
      [
        ['r1', 1, 0],
        ['r3', 0, 1],
      ],
    );
    assert.equal(messages[0]?.project, 'shop');
    assert.deepEqual(await readOutbox(state), []);
  });

  it('that fail or hang are noted, kept, and tried again when their time has come, with the same id', async () => {
    const { url, got, server } = await webServer(500, 0, 200);
    const channels = [webhook({ url: `${url}?token=secret` })];
    const again = (): Promise<void> =>
      deliverPending(state, {
        channels,
        clock,
        signal: never,
        note: (text) => void notes.push(text),
        timeoutMillis: 1_000,
      });
    await tell('r1', 'fail', channels);
    await again(); // not yet
    assert.equal(got.length, 1);
    now += 61_000;
    await again();
    assert.equal(got.length, 2);
    now += 301_000;
    await again();
    close(server);
    assert.equal(got.length, 3);
    assert.equal(new Set(got.map(({ body }) => (JSON.parse(body) as AlertMessage).id)).size, 1);
    assert.deepEqual(await readOutbox(state), []);
    assert.deepEqual(notes, [
      'The alert channel webhook failed (answered with status 500); it is tried again by the next run.',
      'The alert channel webhook failed (no answer within 1 s); it is tried again by the next run.',
    ]);
  });

  it('are given up after nine attempts, and forgotten with their channel', async () => {
    const { url, server } = await webServer(200);
    close(server); // nobody listens there
    const channels = [webhook({ url })];
    const again = (own: readonly AlertChannel[]): Promise<void> =>
      deliverPending(state, { channels: own, clock, signal: never, note: (text) => void notes.push(text) });
    await tell('r1', 'fail', channels);
    for (let day = 0; day < 8; day++) {
      now += 86_400_001;
      await again(channels);
    }
    assert.match(notes.at(-1) ?? '', /failed 9 times \(ECONNREFUSED\); the message is given up/);
    assert.deepEqual(await readOutbox(state), []);
    await tell('r2', 'pass', channels);
    now += 86_400_001;
    await again([]);
    assert.deepEqual(await readOutbox(state), []);
  });
});
