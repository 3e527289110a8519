// `synth review`: walks through mirrors that wait for a person, the worst audits first, and records what is decided.
import { relative } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { SynthError } from '../../core/errors.ts';
import { measuredName } from '../../core/report/verdicts.ts';
import { type Decided, type Decision, decide, type ReviewItem, runReviews } from '../../core/review/decide.ts';
import { exitCodes } from '../failure.ts';
import type { Session } from '../session.ts';
import { verdictStyle } from '../terminal/summary.ts';
import { coloursFor } from '../terminal/text.ts';

export interface ReviewFlags {
  readonly approve?: string;
  readonly reject?: string;
  readonly because?: string;
  readonly by?: string;
  readonly list?: boolean;
  readonly json?: boolean;
}

export async function review(session: Session, table: string | undefined, flags: ReviewFlags): Promise<number> {
  const config = await session.config();
  const { clock, signal } = session;
  const { approve, reject, because, by } = flags;
  const conclude = (decision: Decision): Promise<Decided> => decide({ config, clock, signal }, decision);
  const digest = approve ?? reject;
  if (digest !== undefined) {
    if (approve !== undefined && reject !== undefined) {
      throw new SynthError('review.both', 'A mirror is approved or rejected, not both.', { hint: 'Leave one out.' });
    }
    const decision = approve === undefined ? 'reject' : 'approve';
    const done = await conclude({ decision, digest, because: because ?? '', ...(by === undefined ? {} : { by }) });
    if (flags.json) session.printJson({ schemaVersion: 1, decision, ...done });
    else session.print(decidedText(decision, done));
    return exitCodes.ok;
  }
  const items = (await runReviews({ config, clock })).filter((item) => table === undefined || item.table === table);
  if (flags.json) {
    session.printJson({ schemaVersion: 1, items });
    return exitCodes.ok;
  }
  const open = items.filter(({ place, decided, expired }) => (place === 'waiting' && !decided) || expired);
  for (const { table: name, decided, expired } of items) {
    if (decided === undefined) continue;
    const what = decided.decision === 'approve' ? 'Approved' : 'Rejected';
    session.print(
      `${name} ${decided.digest.slice(0, 8)}: ${what.toLowerCase()} by ${decided.by} on ${decided.at.slice(0, 10)}${expired ? ', and the approval has expired' : ''}: ${decided.because}`,
    );
  }
  if (open.length === 0)
    session.note(table === undefined ? 'Nothing waits for a look.' : `Nothing of ${table} waits for a look.`);
  const asks = process.stdin.isTTY && process.stdout.isTTY && flags.list !== true;
  for (const item of open) {
    if (asks) await walk(session, item, conclude, by);
    else printItem(session, item);
  }
  return exitCodes.ok;
}

function heading({ table, release, why, place, digest }: ReviewItem): string {
  const where = place === 'visible' ? 'visible' : 'not visible yet';
  return `${table} of release ${release} (${where}), digest ${digest.slice(0, 8)}${why === '' ? '' : `: ${why}`}.`;
}

function resultText(result: ReviewItem['results'][number]): string {
  const colours = coloursFor(process.stdout);
  const { id, verdict, reason } = result;
  return `${verdictStyle(verdict, colours)(verdict.padEnd(12))} ${id} of ${measuredName(result)}: ${reason}`;
}

function printItem(session: Session, item: ReviewItem): void {
  session.print(`\n${heading(item)}`);
  for (const result of item.results) session.print(`  ${resultText(result)}`);
  session.print(`  Pictures: ${relative(session.directory, item.pictures)}`);
  session.print(`  synth review --approve ${item.digest.slice(0, 8)} --because "…", or --reject`);
}

/** One audit at a time, then the decision. */
async function walk(
  session: Session,
  item: ReviewItem,
  conclude: (decision: Decision) => Promise<Decided>,
  by: string | undefined,
): Promise<void> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const ask = (text: string): Promise<string> => terminal.question(text, { signal: session.signal });
  try {
    session.print(`\n${heading(item)}`);
    session.print(`Pictures: ${relative(session.directory, item.pictures)}`);
    for (const [i, result] of item.results.entries()) {
      session.print(`${i + 1}/${item.results.length} ${resultText(result)}`);
      if (i + 1 < item.results.length && /^q/i.test(await ask('Enter for the next, q to decide: '))) break;
    }
    const answer = (await ask('approve, reject or later? ')).trim().toLowerCase();
    const decision = answer.startsWith('a') ? 'approve' : answer.startsWith('r') ? 'reject' : undefined;
    if (decision === undefined) return;
    const because = await ask('Because: ');
    const done = await conclude({ decision, digest: item.digest, because, ...(by === undefined ? {} : { by }) });
    session.print(decidedText(decision, done));
  } finally {
    terminal.close();
  }
}

function decidedText(
  decision: Decision['decision'],
  { table, release, published, waiting, withdrawnNext }: Decided,
): string {
  if (decision === 'reject') {
    return withdrawnNext
      ? `Rejected ${table}. Readers see it until the next publish, which leaves it out.`
      : `Rejected ${table}: release ${release} is dropped, and readers see what they saw.`;
  }
  if (published) return `Approved ${table}. Published release ${release}.`;
  return waiting.length > 0 ? `Approved ${table}. Still to look at: ${waiting.join(', ')}.` : `Approved ${table}.`;
}
