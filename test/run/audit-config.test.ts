// What a config says of audits and rules is checked when a build is planned, before anything is learnt.
import assert from 'node:assert/strict';
import { loadConfig } from '../../core/config/load.ts';
import { runPlan } from '../../core/run/index.ts';
import { failureOf, inFolder, shop, writeConfig } from './support.ts';

interface Case {
  readonly what: string;
  readonly audits: string;
  readonly code: string;
  readonly says: readonly RegExp[];
}

const cases: readonly Case[] = [
  {
    what: 'an id in severity',
    audits: "severity: { 'fid.kss': 'warn' }",
    code: 'config.unknown-audit',
    says: [/audits\.severity\["fid\.kss"\]: There is no audit "fid\.kss"\. Did you mean "fid\.ks"\?/],
  },
  {
    what: 'a pattern in severity',
    audits: "severity: { 'fidd.*': 'warn' }",
    code: 'config.unknown-audit',
    says: [/audits\.severity\["fidd\.\*"\]: There is no audit "fidd\.\*"\. Did you mean "fid\.\*"\?/],
  },
  {
    what: 'an id in options',
    audits: "options: { 'fid.missng': { failAt: 1 } }",
    code: 'config.unknown-audit',
    says: [/Did you mean "fid\.missing"\?/],
  },
  {
    what: 'an option',
    audits: "options: { 'fid.ks': { failsAt: 1 } }",
    code: 'config.unknown-key',
    says: [/audits\.options\["fid\.ks"\]\.failsAt: .*Did you mean "failAt"\?/],
  },
  {
    what: 'the value of an option',
    audits: "options: { 'prv.exact': { alpha: 2 } }",
    code: 'config.invalid-value',
    says: [/audits\.options\["prv\.exact"\]\.alpha: /],
  },
  {
    what: 'the id of a bound',
    audits: "bounds: [{ audit: 'fix.*', failAt: 1 }]",
    code: 'config.unknown-audit',
    says: [/audits\.bounds\[0\]\.audit: .*Did you mean "fid\.\*"\?/],
  },
  {
    what: 'the column of a bound on one table',
    audits: "bounds: [{ audit: 'fid.ks', table: 'customers', column: ['age', 'spend'], failAt: 1 }]",
    code: 'config.unknown-column',
    says: [/audits\.bounds\[0\]\.column: customers has no column "spend"\. Did you mean "spent"\?/],
  },
  {
    what: 'the column of a bound on all tables',
    audits: "bounds: [{ audit: 'fid.ks', column: 'stauts', failAt: 1 }]",
    code: 'config.unknown-column',
    says: [/No table has a column "stauts"\. Did you mean "status"\?/],
  },
  {
    what: 'the target',
    audits: "target: { customers: 'regoin' }",
    code: 'config.unknown-column',
    says: [/audits\.target\.customers: .*Did you mean "region"\?/],
  },
];

const rules: readonly (readonly [rule: string, code: string, says: RegExp])[] = [
  ['age <= spnt', 'constraint.unknown-column', /tables\.customers\.constraints\[1\]: .*Did you mean "spent"\?/],
  ['age <= ', 'constraint.syntax', /tables\.customers\.constraints\[1\]: /],
  ['age <= (select max(spent) from orders)', 'constraint.not-one-row', /tables\.customers\.constraints\[1\]: /],
];

const plan = async (folder: string) =>
  runPlan({
    config: await loadConfig({ directory: folder }),
    fullRefresh: false,
    threads: 1,
    signal: new AbortController().signal,
    clock: () => new Date(0),
  });

describe('a plan', function () {
  this.timeout(60_000);

  it('names what is wrong about audits, with the nearest right name', () =>
    inFolder(async (folder) => {
      await shop(folder, { customers: 30, orders: 60 });
      const home = process.cwd();
      process.chdir(folder);
      try {
        for (const { what, audits, code, says } of cases) {
          await writeConfig(folder, 'customers: boosted(), orders: boosted()', `audits: { ${audits} },`);
          const error = await failureOf(plan(folder));
          assert.equal(error.code, code, `${what}: ${error.message}`);
          for (const pattern of says) assert.match(error.message, pattern, what);
        }
        for (const [rule, code, says] of rules) {
          await writeConfig(folder, `customers: { generator: boosted(), constraints: ['age > 0', '${rule}'] }`);
          const error = await failureOf(plan(folder));
          assert.equal(error.code, code, `${rule}: ${error.message}`);
          assert.match(error.message, says, rule);
        }
        const right = `audits: { severity: { 'fid.ks': 'warn', 'prv.*': 'error' }, bounds: [{ audit: 'fid.*', column: 'status', failAt: 1 }] },`;
        await writeConfig(folder, 'customers: boosted(), orders: boosted()', right);
        assert.equal((await plan(folder)).steps.length, 5);
      } finally {
        process.chdir(home);
      }
    }));
});
