// Shows a run's progress on stderr: a live view on a terminal, plain lines elsewhere, warnings only when quiet.
import type { ProgressEvent, ProgressSink } from '../../core/progress.ts';
import { createLiveArea } from './live-area.ts';
import { advance, clock, endedText, type RunningStep, runningText, shareDone, stepKey, tableOf } from './step-line.ts';
import { type Colours, coloursFor, cut, lengthOf, type Output, printable, widthOf } from './text.ts';

export type ProgressMode = 'live' | 'lines' | 'quiet';

export interface ProgressOptions {
  /** Default: stderr, so that stdout holds results only. */
  readonly output?: Output;
  /** Default: live on a terminal, lines elsewhere. */
  readonly mode?: ProgressMode;
  /** Milliseconds since 1970-01-01. */
  readonly now?: () => number;
  readonly colours?: Colours;
  /** Tables of the run, so that lines are aligned from the first one on. */
  readonly tables?: readonly string[];
}

type NoteEvent = Extract<ProgressEvent, { kind: 'note' | 'warning' }>;

export interface TerminalProgress extends Disposable {
  readonly sink: ProgressSink;
  /** Prints a line among the progress lines without breaking the live view. */
  log(line: string): void;
  /** Removes the live view. Events after it are printed as lines. */
  stop(): void;
}

// Without a terminal a long step says every so often that it is alive.
const HEARTBEAT_MS = 10_000;
const FRAME_MS = 100;
const MOST_NAME = 32;
const STEP_WIDTH = 7;
const BAR_WIDTH = 20;
// More lines than the terminal has could not be drawn again.
const MOST_LIVE = 8;

export function createProgress(options: ProgressOptions = {}): TerminalProgress {
  const output = options.output ?? process.stderr;
  const mode = options.mode ?? (output.isTTY === true && process.env.CI === undefined ? 'live' : 'lines');
  const colours = options.colours ?? coloursFor(output);
  const now = options.now ?? Date.now;
  const running = new Map<string, RunningStep>();
  const lastLine = new Map<string, number>();
  const area = mode === 'live' ? createLiveArea(output) : undefined;
  let nameWidth = Math.min(MOST_NAME, Math.max(10, ...(options.tables ?? []).map((name) => lengthOf(printable(name)))));

  const label = (table: string, step: string): string => {
    nameWidth = Math.min(MOST_NAME, Math.max(nameWidth, lengthOf(table)));
    const name = cut(table, nameWidth);
    return `${name}${' '.repeat(nameWidth - lengthOf(name))}  ${step.padEnd(STEP_WIDTH)}`;
  };
  const stamped = (text: string): string => `${colours.dim(clock(now()))}  ${text}`;
  const draw = (line?: string): void => {
    if (area !== undefined) area.show(liveLines([...running.values()], now(), widthOf(output), colours, label), line);
    else if (line !== undefined) output.write(`${line}\n`);
  };
  // Never keeps the process alive: a run that ended without stop() still exits.
  const timer = area === undefined ? undefined : setInterval(() => draw(), FRAME_MS).unref();

  const note = ({ kind, table, message }: NoteEvent): void => {
    const mark = kind === 'warning' ? `${colours.yellow('warning')}  ` : '';
    const where = table === undefined ? '' : `${printable(table)}: `;
    draw(stamped(`${mark}${where}${printable(message)}`));
  };
  const goOn = (event: Extract<ProgressEvent, { kind: 'step-start' | 'step-progress' }>): void => {
    const key = stepKey(event);
    const step = advance(running.get(key), event, now());
    running.set(key, step);
    if (area !== undefined || now() - (lastLine.get(key) ?? step.startedMs) < HEARTBEAT_MS) return;
    lastLine.set(key, now());
    draw(stamped(`${label(step.table, step.step)}  ${runningText(step, now()).trimStart()}`));
  };
  const end = (event: Extract<ProgressEvent, { kind: 'step-end' }>): void => {
    running.delete(stepKey(event));
    lastLine.delete(stepKey(event));
    draw(stamped(`${label(tableOf(event), event.step)}${endedText(event)}`));
  };
  const sink = (event: ProgressEvent): void => {
    if (mode === 'quiet' && event.kind !== 'warning') return;
    if ('message' in event) note(event);
    else if (event.kind === 'step-end') end(event);
    else goOn(event);
  };
  const stop = (): void => {
    clearInterval(timer);
    running.clear();
    draw();
  };
  return { sink, log: draw, stop, [Symbol.dispose]: stop };
}

function liveLines(
  running: readonly RunningStep[],
  nowMs: number,
  width: number,
  colours: Colours,
  label: (table: string, step: string) => string,
): readonly string[] {
  return running.slice(0, MOST_LIVE).map((step) => {
    const share = shareDone(step);
    const filled = share === undefined ? 0 : Math.round(share * BAR_WIDTH);
    const bar = '━'.repeat(filled);
    const rest = '─'.repeat(BAR_WIDTH - filled);
    const name = label(step.table, step.step);
    // Cut before colouring: an escape sequence must stay whole, and a wrapped line could not be redrawn.
    const room = width - 1 - lengthOf(name) - BAR_WIDTH - 14;
    if (room < 8) return cut(`${name} ${runningText(step, nowMs).trimStart()}`, width - 1);
    return `${' '.repeat(8)}  ${name}  ${colours.cyan(bar)}${colours.dim(rest)} ${cut(runningText(step, nowMs), room)}`;
  });
}
