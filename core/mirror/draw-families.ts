// Draws the children of a block of parents in waves: the first of all parents, the second ones, …, each knowing those before. Pure.
import type { ColumnBatch, ColumnVector } from '../batch.ts';
import { takeRows } from '../batch.ts';
import type { ColumnSchema } from '../schema.ts';
import { vectorOf } from './buckets.ts';
import type { FamilySizes } from './counts.ts';
import { keepDistinct } from './distinct.ts';
import { type Block, drawPinned, drawRows, type Samplers } from './draw.ts';
import { ELDER, elderContext, GAP, NUMBER, OWNER, ownerContext, POSITION, SIBLINGS, START, WEIGHT } from './names.ts';
import { createMemories, type Memories } from './sequence/remember.ts';
import { gapsOf, notBefore, placeTimes, scaled } from './sequence/time.ts';
import { createFilling, type Filling, integers, nulls, takeOptional } from './vectors.ts';

export interface Family extends FamilySizes {
  /** The owners' row number of the first one. */
  readonly firstOwner: number;
  /** Their learnt columns, by their own names. */
  readonly owners: ColumnBatch;
}

/** Waves after which the children of one owner are drawn side by side: of sets, and of rows in an order. */
const setLength = 32;
const chainLength = 1024;

/** The columns of a block and, per row, its owner, its number, its position, how many siblings there are and its elder. */
export function drawFamilies(block: Block, family: Family, samplers: Samplers): ColumnBatch {
  const { usual, counts } = family;
  if (block.sequence?.chained !== true || usual === undefined) return drawCounted(block, family, samplers);
  const { usual: _, ...plain } = family;
  if (total(usual.counts) <= total(counts)) return drawCounted(block, plain, samplers);
  // Part of a sequence is one that was drawn whole: what comes before what is not to be learnt from those that are left.
  return pickRows(drawCounted(block, { ...plain, counts: usual.counts }, samplers), family, usual, block.firstRow);
}

function drawCounted(block: Block, family: Family, samplers: Samplers): ColumnBatch {
  const { counts, firstOwner, usual } = family;
  const siblings = usual?.counts ?? counts;
  const rows = total(counts);
  const length = block.sequence?.chained === true ? chainLength : setLength;
  const { owner, number, elder } = kinship(counts, length);
  const position = usual?.places ?? number;
  const fillings = (names: readonly string[]): Map<string, Filling> =>
    new Map(names.map((name) => [name, createFilling(rows)]));
  // What is pinned is drawn beside the rows as learnt, which those after them know.
  const filled = fillings(block.columns.filter((name) => name !== WEIGHT));
  const asked = block.pinned === undefined ? filled : fillings(block.columns);
  const kept = fillings((block.sequence?.kept ?? []).map(({ name }) => name));
  if (samplers.main !== undefined) {
    const wave = createWaves(block, family, samplers, { owner, position, elder, siblings }, { filled, asked, kept });
    for (const at of waves(number, length)) wave(at);
  }
  const columns = new Map([...asked, ...kept].map(([name, filling]) => [name, filling.vector()]));
  columns.set(OWNER, integers(Float64Array.from(owner, (parent) => firstOwner + parent)));
  columns.set(NUMBER, integers(number));
  columns.set(POSITION, integers(position));
  columns.set(SIBLINGS, integers(owner.map((parent) => siblings[parent] as number)));
  columns.set(ELDER, elderNumbers(elder, block.firstRow));
  return { rowCount: rows, columns };
}

interface Kinship {
  readonly owner: Uint32Array;
  readonly position: Uint32Array;
  readonly elder: Int32Array;
  /** Per owner. */
  readonly siblings: Uint32Array;
}

/** Per row: its owner, its number among siblings, and its elder sibling's row or −1. */
function kinship(counts: Uint32Array, length: number): { owner: Uint32Array; number: Uint32Array; elder: Int32Array } {
  const rows = total(counts);
  const owner = new Uint32Array(rows);
  const number = new Uint32Array(rows);
  const elder = new Int32Array(rows);
  let row = 0;
  for (let parent = 0; parent < counts.length; parent++) {
    const first = row;
    for (let child = 0; child < (counts[parent] as number); child++, row++) {
      owner[row] = parent;
      number[row] = child + 1;
      const before = elderOf(child, length);
      elder[row] = before < 0 ? -1 : first + before;
    }
  }
  return { owner, number, elder };
}

/** Whom a child comes after, among its siblings: the one before; the first of a later chain follows the first chain's last. */
function elderOf(child: number, length: number): number {
  return child % length === 0 ? Math.min(child, length) - 1 : child - 1;
}

/** Rows that can be drawn together, in turn: the first children of all owners, the second ones, …; then later chains. */
function waves(number: Uint32Array, length: number): Uint32Array[] {
  const rows: number[][] = [];
  for (const [row, at] of number.entries()) {
    const wave = at <= length ? at - 1 : length + ((at - 1) % length);
    rows[wave] ??= [];
    rows[wave].push(row);
  }
  return rows.filter((wave) => wave !== undefined).map((wave) => Uint32Array.from(wave));
}

interface Fillings {
  /** Rows as learnt. */
  readonly filled: ReadonlyMap<string, Filling>;
  /** Rows as asked for: the same where nothing is pinned. */
  readonly asked: ReadonlyMap<string, Filling>;
  readonly kept: ReadonlyMap<string, Filling>;
}

/** What draws one wave after the other into the fillings. */
function createWaves(
  block: Block,
  { owners, usual }: Family,
  samplers: Samplers,
  kin: Kinship,
  { filled, asked, kept }: Fillings,
): (wave: Uint32Array) => void {
  const memories = createMemories(block.sequence?.memory ?? [], filled, kin.owner, owners.rowCount);
  const seen = new Map<number, Set<string>>();
  const elderColumns = new Map(block.columns.map((name) => [elderContext(name), name]));
  const stratum = block.asLearnt === true && usual === undefined ? POSITION : undefined;
  const inOrder = (drawn: ColumnBatch, rows: Uint32Array): ColumnBatch => {
    const direct = block.sequence?.direct;
    if (direct === undefined || !isLater(rows, kin.elder)) return drawn;
    const ordered = notBefore(vectorOf(drawn, direct), elderVector(direct, rows, kin.elder, filled));
    return { ...drawn, columns: new Map([...drawn.columns, [direct, ordered]]) };
  };
  const draw = (rows: Uint32Array, attempt: number): ColumnBatch => {
    const rowIds = Float64Array.from(rows, (row) => block.firstRow + row);
    const known = contextOf(owners, kin, rows, elderColumns, filled, memories);
    const ask = (context: readonly ColumnSchema[]): ColumnBatch => ({
      rowCount: rows.length,
      columns: new Map(context.map((schema) => [schema.name, known(schema)])),
    });
    const times = drawTimes(block, samplers, rowIds, attempt, known, ask);
    const context = ask(block.context.filter(({ name }) => !times.has(name)));
    for (const [name, vector] of times) (context.columns as Map<string, ColumnVector>).set(name, vector);
    const given = sharedColumns(block, rows, kin.elder, filled);
    const main = samplers.main as NonNullable<Samplers['main']>;
    const drawn = drawRows(block, main, rowIds, context, attempt, given, stratum);
    if (block.pinned !== undefined && attempt === 0) {
      const pinned = inOrder(drawPinned(block, block.pinned, main, rowIds, context, given, stratum), rows);
      for (const [name, filling] of asked) filling.fill(vectorOf(pinned, name), rows);
    }
    const columns = new Map(inOrder(drawn, rows).columns);
    for (const { name } of block.sequence?.kept ?? []) columns.set(name, vectorOf(context, name));
    return { rowCount: rows.length, columns };
  };
  return (wave) => {
    const every = Uint32Array.from(wave.keys());
    const drawn =
      block.distinct.length === 0
        ? draw(wave, 0)
        : keepDistinct(
            (attempt, at) => draw(takeNumbers(wave, at), attempt),
            every,
            block.distinct,
            takeNumbers(kin.owner, wave),
            seen,
          );
    for (const [name, filling] of [...filled, ...kept]) filling.fill(vectorOf(drawn, name), wave);
    memories.add(wave);
  };
}

/** The time of each row and how long it is after its elder sibling, as context of everything else. */
function drawTimes(
  { sequence }: Block,
  samplers: Samplers,
  rowIds: Float64Array,
  attempt: number,
  known: (schema: Pick<ColumnSchema, 'name'> & Partial<ColumnSchema>) => ColumnVector,
  ask: (context: readonly ColumnSchema[]) => ColumnBatch,
): ReadonlyMap<string, ColumnVector> {
  const { time } = sequence ?? {};
  const { start, gap } = samplers;
  if (time === undefined || start === undefined || gap === undefined) return new Map();
  const elders = known({ name: elderContext(time.column) });
  const isFirst = elders.kind === 'text' || elders.valid?.[0] === 0;
  if (isFirst) {
    const drawn = start({ rowIds, attempt, context: ask(time.start) });
    const from =
      time.base === undefined ? undefined : scaled(known({ name: ownerContext(time.base.column) }), time.base.scale);
    const times = placeTimes(time, from, vectorOf(drawn, START));
    return new Map([
      [time.column, times],
      [GAP, integers(new Uint8Array(rowIds.length), () => true)],
    ]);
  }
  const drawn = gap({ rowIds, attempt, context: ask(time.gap) });
  const times = placeTimes(time, elders, vectorOf(drawn, GAP));
  return new Map([
    [time.column, times],
    [GAP, gapsOf(times, elders)],
  ]);
}

/** What siblings share, as the elder one has it; undefined for first ones. */
function sharedColumns(
  { sequence }: Block,
  rows: Uint32Array,
  elder: Int32Array,
  filled: ReadonlyMap<string, Filling>,
): ColumnBatch | undefined {
  const constants = sequence?.constants ?? [];
  if (constants.length === 0 || !isLater(rows, elder)) return undefined;
  return {
    rowCount: rows.length,
    columns: new Map(constants.map((name) => [name, elderVector(name, rows, elder, filled)])),
  };
}

/** All rows of a wave have an elder sibling, or none has. */
function isLater(rows: Uint32Array, elder: Int32Array): boolean {
  return rows.length > 0 && (elder[rows[0] as number] as number) >= 0;
}

function elderVector(
  name: string,
  rows: Uint32Array,
  elder: Int32Array,
  filled: ReadonlyMap<string, Filling>,
): ColumnVector {
  const elders = Int32Array.from(rows, (row) => elder[row] as number);
  return takeOptional((filled.get(name) as Filling).vector(), elders);
}

/** Any column of the context of these rows. */
function contextOf(
  owners: ColumnBatch,
  { owner, position, elder, siblings }: Kinship,
  rows: Uint32Array,
  elderColumns: ReadonlyMap<string, string>,
  filled: ReadonlyMap<string, Filling>,
  memories: Memories,
): (schema: Pick<ColumnSchema, 'name'> & Partial<ColumnSchema>) => ColumnVector {
  const parents = takeNumbers(owner, rows);
  const started = isLater(rows, elder);
  const ofOwner = new Map([...owners.columns.keys()].map((name) => [ownerContext(name), name]));
  return (schema) => {
    const { name } = schema;
    if (name === POSITION) return integers(takeNumbers(position, rows));
    if (name === SIBLINGS) return integers(parents.map((parent) => siblings[parent] as number));
    const owned = ofOwner.get(name);
    if (owned !== undefined) return takeRows(vectorOf(owners, owned), parents);
    const before = elderColumns.get(name);
    if (before !== undefined && started) return elderVector(before, rows, elder, filled);
    const remembered = memories.recall(name, rows);
    if (remembered !== undefined) return remembered;
    return nulls({ sqlType: '', type: { kind: 'text' }, nullable: true, ...schema }, rows.length);
  };
}

/** The rows of the children at the kept places; their numbers and elders are those among the ones that are left. */
function pickRows(
  drawn: ColumnBatch,
  { counts }: Family,
  usual: NonNullable<Family['usual']>,
  firstRow: number,
): ColumnBatch {
  const rows = new Uint32Array(total(counts));
  let at = 0;
  let first = 0;
  for (let parent = 0; parent < counts.length; parent++) {
    for (let child = 0; child < (counts[parent] as number); child++, at++) {
      rows[at] = first + (usual.places[at] as number) - 1;
    }
    first += usual.counts[parent] as number;
  }
  const { number, elder } = kinship(counts, Number.MAX_SAFE_INTEGER);
  const columns = new Map([...drawn.columns].map(([name, vector]) => [name, takeRows(vector, rows)]));
  columns.set(NUMBER, integers(number));
  columns.set(ELDER, elderNumbers(elder, firstRow));
  return { rowCount: rows.length, columns };
}

function elderNumbers(elder: Int32Array, firstRow: number): ColumnVector {
  return integers(
    Float64Array.from(elder, (at) => (at < 0 ? 0 : firstRow + at)),
    (at) => (elder[at] as number) < 0,
  );
}

function takeNumbers(values: Uint32Array, rows: Uint32Array): Uint32Array {
  return Uint32Array.from(rows, (row) => values[row] as number);
}

function total(counts: Uint32Array): number {
  let sum = 0;
  for (const count of counts) sum += count;
  return sum;
}
