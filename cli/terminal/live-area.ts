// The last lines of a terminal that are drawn again and again, while finished lines scroll up above them.
import type { Output } from './text.ts';

export interface LiveArea {
  /**
   * Replaces the area's lines, none of which may be wider than the terminal, and prints `line` above them for good.
   * Without lines the area is gone.
   */
  show(lines: readonly string[], line?: string): void;
}

const ESCAPE = '\u001b[';

/** The cursor stays visible below the area: nothing has to be put right when the process is killed. */
export function createLiveArea(output: Output): LiveArea {
  let shown: readonly string[] = [];
  return {
    show: (lines, line) => {
      const same = lines.length === shown.length && lines.every((text, index) => text === shown[index]);
      if (same && line === undefined) return;
      const erase = shown.length === 0 ? '' : `${ESCAPE}${shown.length}A\r${ESCAPE}0J`;
      const paint = [...(line === undefined ? [] : [line]), ...lines].map((text) => `${text}\n`).join('');
      // One write: the terminal never shows a half-drawn area.
      output.write(erase + paint);
      shown = lines;
    },
  };
}
