// How the command answers before it does anything: help, versions, typos and impossible values.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describeFailure } from '../../cli/failure.ts';
import { SynthError } from '../../core/errors.ts';
import { root, synth } from './support.ts';

describe('the command line', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'synthouse-usage-'));
  });
  after(() => rm(folder, { recursive: true }));

  it('prints help with every command, and the version of the package', async () => {
    const help = await synth(folder, '--help');
    assert.equal(help.code, 0);
    for (const command of ['mirror', 'build', 'plan', 'audit', 'show', 'query', 'ls', 'history', 'debug', 'clean']) {
      assert.match(help.stdout, new RegExp(`^  ${command}\\b`, 'm'));
    }
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    assert.equal((await synth(folder, '--version')).stdout, `${version}\n`);
  });

  it('loads nothing for help but commander', () => {
    const seen = new Set<string>();
    const packages = new Set<string>();
    const visit = (file: string): void => {
      if (seen.has(file)) return;
      seen.add(file);
      const text = readFileSync(file, 'utf8');
      for (const [, type, from] of text.matchAll(/^import (type )?(?:[^']*? from )?'([^']+)';/gm)) {
        if (type !== undefined || from === undefined) continue;
        if (from.startsWith('.')) visit(resolve(dirname(file), from));
        else packages.add(from);
      }
    };
    visit(join(root, 'cli/main.ts'));
    assert.deepEqual(
      [...packages].filter((name) => !name.startsWith('node:')),
      ['commander'],
    );
    assert.ok(seen.size > 5);
  });

  const mistakes: readonly (readonly [args: readonly string[], says: RegExp])[] = [
    [['biuld'], /unknown command 'biuld'\n\(Did you mean build\?\)/],
    [['blend', 't', '--rael', '0.3', '--rows', '5'], /unknown option '--rael'\n\(Did you mean --real\?\)/],
    [['sample', 't', '--where', '--x > 3', '--row', '5'], /unknown option '--row'\n\(Did you mean --rows\?\)/],
    [['build', '--selct', 'a'], /unknown option '--selct'\n\(Did you mean --select\?\)/],
    [['query'], /missing required argument 'sql'/],
    [['query', 'select 1', '--both', '--source'], /'--source' cannot be used with option '--both'/],
    [['show', 'a', '--limit', '0'], /'--limit <n>' argument '0' is invalid\. It must be a whole number above 0/],
    [['ls', '--threads', 'two'], /'--threads <n>' argument 'two' is invalid/],
    [['mirror', 'a.csv'], /required option '--out <file>' not specified/],
    [['mirror', 'a.csv', '--out', 'b.csv', '--rows', '-5'], /argument '-5' is invalid|argument missing/],
    [['mirror', 'a.csv', '--out', 'b.csv', '--set', 'k'], /Write it as option=value/],
    [['mirror', 'a.csv', '--out', 'b.csv', '--generator', 'boost'], /no generator "boost"\.\nDid you mean "boosted"/],
    [['mirror', 'a.csv', '--out', 'b.csv', '--generator', 'reference'], /copies the real rows/],
    [['mirror', 'a.csv', '--out', 'b.csv', '--set', 'round=9'], /no option "round"\.\nDid you mean "rounds"/],
    [['mirror', 'a.csv', '--out', './a.csv'], /would overwrite/],
    [['audit', '--real', 'a.csv', '--synthetic', 'b.csv', '--audit', 'fid.kss'], /no audit 'fid.kss'\.\nDid you mean/],
    [['mirror', 'a.csv', '--out', 'b.csv', '--seed', '1.5'], /whole number from 0/],
    [
      ['audit', '--real', 'a.csv', '--synthetic', 'b.csv', '--tier', 'day'],
      /Allowed choices are run, nightly, release/,
    ],
  ];
  for (const [args, says] of mistakes) {
    it(`refuses synth ${args.join(' ')} in one sentence`, async () => {
      const { code, stdout, stderr } = await synth(folder, ...args);
      assert.deepEqual([code, stdout], [1, '']);
      assert.match(stderr, /^Error: /);
      assert.match(stderr, says);
      assert.ok(stderr.split('\n').length <= 3);
    });
  }

  it('says how to begin where there is no config', async () => {
    const { code, stderr } = await synth(folder, 'ls');
    assert.equal(code, 1);
    assert.match(stderr, /^Error: No synth\.config\.ts .*\n.*synth init/);
  });
});

describe('failures', () => {
  const handled = new SynthError('a.b', 'It is so.', { hint: 'Do this.' });
  const unexpected = new SynthError('a.b', 'It is so.', { kind: 'unexpected' });
  const cases = [
    { it: 'that users can mend have code 1 and a hint', error: handled, code: 1, text: 'Error: It is so.\nDo this.' },
    { it: 'of ours have code 2', error: unexpected, code: 2, text: /^Unexpected error: It is so\.\n.*--debug/ },
    {
      it: 'of libraries have code 2 and one line',
      error: new Error('x\ny'),
      code: 2,
      text: /^Unexpected error: x\n[^\n]*$/,
    },
    {
      it: 'of a full disk, whoever meets it, are for the user to mend',
      error: new Error('x', { cause: Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' }) }),
      code: 1,
      text: /^Error: The disk refused to store more\.\nFree some disk space/,
    },
    {
      it: 'while cleaning up after one are told as that one',
      error: Object.assign(new Error('closed'), { name: 'SuppressedError', suppressed: handled }),
      code: 1,
      text: 'Error: It is so.\nDo this.',
    },
    { it: 'that are no errors have code 2', error: 'secret', code: 2, text: /^(?!.*secret)/s },
  ];
  for (const { it: title, error, code, text } of cases) {
    it(title, () => {
      const failure = describeFailure(error, { interrupted: false });
      assert.equal(failure.exitCode, code);
      if (typeof text === 'string') assert.equal(failure.text, text);
      else assert.match(failure.text, text);
      assert.doesNotMatch(failure.text, /\n\s+at /);
    });
  }

  it('show their stack, and that of their cause, with --debug', () => {
    const error = new SynthError('a.b', 'It is so.', { cause: new Error('below') });
    assert.match(
      describeFailure(error, { interrupted: false, debug: true }).text,
      /\n\s+at [\s\S]*caused by Error: below/,
    );
  });

  it('of a command that does not stop when it is asked to: it is ended, and says so', async () => {
    const script = `
      const { catchSignals } = await import(${JSON.stringify(pathToFileURL(join(root, 'dist/cli/process.js')).href)});
      catchSignals().patience(10);
      setInterval(() => {}, 1000);
      process.stdout.write('ready');`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'pipe'] });
    let told = '';
    child.stderr.on('data', (part: Buffer) => (told += part.toString()));
    child.stdout.once('data', () => child.kill('SIGINT'));
    const [code] = (await once(child, 'close')) as [number | null];
    assert.equal(code, 130);
    assert.match(told, /^Interrupted\. /);
  });

  it('of an interrupted run are told as an interruption, with code 130', () => {
    const failure = describeFailure(new Error('aborted'), { interrupted: true });
    assert.equal(failure.exitCode, 130);
    assert.match(failure.text, /^Interrupted\./);
  });
});
