// Where in its code a number lies that others nearly give: codes alone would blur what ties it to them.
import { type DrawStream, drawWord } from '../../core/random.ts';
import { encodeNumber, type NumberCodes, placeInCode, rangeOfCode } from '../../models/codes/index.ts';
import { drawWithin, missAt, predict, shareBelow, type Tie, type TieColumn } from '../../models/ties/index.ts';

/** Where misses spread over so many codes, a prediction says nothing of the place inside one. */
const codesOfNoMatter = 4;

/** What a tie says of the rows of a block. */
export interface Tied {
  readonly tie: Tie;
  readonly codes: NumberCodes;
  readonly predicted: Float64Array;
}

export function tiedRows(
  tie: Tie,
  codes: NumberCodes,
  columns: readonly (TieColumn | undefined)[],
  rows: number,
): Tied {
  const predicted = new Float64Array(rows);
  predict(tie, columns, predicted);
  return { tie, codes, predicted };
}

/** Predictions in the codes of the number itself: a cut of its codes is a cut of theirs. */
export function codesOfTie({ codes, predicted }: Tied): Uint16Array {
  const into = new Uint16Array(predicted.length);
  encodeNumber({ values: predicted, origin: codes.grid.origin }, codes, into);
  return into;
}

const values = { room: new Float64Array(0) };

/**
 * Draws how far each row is off its prediction, within the code that it has. Rows drawn together keep the order of these
 * values and spread evenly over the code, so that its values come out as learnt; the others, and those of a number that mostly
 * is what was predicted, lie where their value does.
 * @param order rows with the code
 * @returns false where the code has no values, or predictions say nothing of them
 */
export function placeTied(
  { tie, codes, predicted }: Tied,
  code: number,
  order: Uint32Array,
  way: { readonly kind: 'alone' | 'together'; readonly value: DrawStream },
  hashes: Uint32Array,
  uniforms: Float64Array,
): boolean {
  const range = rangeOfCode(codes, code);
  if (range === undefined || range.high <= range.low) return false;
  const width = range.high - range.low;
  const spread = missAt(tie.misses, 0.75) - missAt(tie.misses, 0.25);
  if (tie.follow === 0 || spread > codesOfNoMatter * width) return false;
  if (values.room.length < hashes.length) values.room = new Float64Array(hashes.length);
  const { room } = values;
  for (const row of order) {
    const share = drawWord(way.value, hashes[row] as number) / 4294967296;
    room[row] =
      share < tie.follow
        ? drawWithin(tie.misses, predicted[row] as number, range, share / tie.follow)
        : range.low + ((share - tie.follow) / (1 - tie.follow)) * width;
  }
  if (way.kind === 'alone' || isExact(tie, codes)) {
    for (const row of order) uniforms[row] = placeInCode(codes, code, room[row] as number);
    return true;
  }
  const place = drawWord(way.value, hashes[order[0] as number] as number) / 4294967296 / order.length;
  const ranks = ranksIn(range, order, room);
  for (const [i, row] of order.entries()) uniforms[row] = (ranks[i] as number) / order.length + place;
  return true;
}

const places = { starts: new Uint32Array(0), cells: new Uint32Array(0) };
/** Cells of a range for each of its values: neighbours that share one keep their order. */
const cellsPerValue = 4;

/** The rank of each row's value, by cells of the range: finer than values lie, so that counting sorts them. */
function ranksIn(
  { low, high }: { readonly low: number; readonly high: number },
  rows: Uint32Array,
  of: Float64Array,
): Uint32Array {
  const cells = cellsPerValue * rows.length;
  if (places.starts.length < cells + 1) {
    places.starts = new Uint32Array(cells + 1);
    places.cells = new Uint32Array(rows.length);
  }
  const starts = places.starts.subarray(0, cells + 1).fill(0);
  const scale = cells / (high - low);
  for (let i = 0; i < rows.length; i++) {
    const cell = Math.max(0, Math.min(cells - 1, Math.floor(((of[rows[i] as number] as number) - low) * scale)));
    places.cells[i] = cell;
    starts[cell + 1] = (starts[cell + 1] as number) + 1;
  }
  for (let cell = 0; cell < cells; cell++) starts[cell + 1] = (starts[cell + 1] as number) + (starts[cell] as number);
  for (let i = 0; i < rows.length; i++) {
    const cell = places.cells[i] as number;
    const rank = starts[cell] as number;
    starts[cell] = rank + 1;
    places.cells[i] = rank;
  }
  return places.cells;
}

/** Half of the predictions are right to the unit. */
function isExact({ misses }: Tie, { grid }: NumberCodes): boolean {
  const unit = grid.step === 0 ? 1e-9 : grid.step / grid.divisor / 2;
  return shareBelow(misses, unit) - shareBelow(misses, -unit) >= 0.5;
}
