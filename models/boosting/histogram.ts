// Sums packed gradients by code: the histograms from which splits are chosen.

/** Rows of a tree's sample, in the order in which they are read. */
export interface RowList {
  readonly rows: Uint32Array;
  /** First cell of each row's leaf in a feature's histogram. */
  readonly cells: Uint32Array;
  readonly gradients: Float64Array;
}

/**
 * Adds listed rows to the histograms of all features.
 * @param sums feature-major: feature f at f · featureCells, in it leaf by leaf, in it code by code
 * @param codes feature-major, one byte each
 */
export function addRows(
  list: RowList,
  count: number,
  codes: Uint8Array,
  stride: number,
  features: number,
  sums: Float64Array,
  featureCells: number,
): void {
  let feature = 0;
  for (; feature + 4 <= features; feature += 4) addFour(list, count, codes, stride, feature, sums, featureCells);
  for (; feature < features; feature++) addOne(list, count, codes, stride, feature, sums, featureCells);
}

function addOne(
  { rows, cells, gradients }: RowList,
  count: number,
  codes: Uint8Array,
  stride: number,
  feature: number,
  sums: Float64Array,
  featureCells: number,
): void {
  const from = feature * stride;
  const into = feature * featureCells;
  for (let i = 0; i < count; i++) {
    const cell = into + (cells[i] as number) + (codes[from + (rows[i] as number)] as number);
    sums[cell] = (sums[cell] as number) + (gradients[i] as number);
  }
}

/** Four features a pass: row, cell and gradient are read once for the four. */
function addFour(
  { rows, cells, gradients }: RowList,
  count: number,
  codes: Uint8Array,
  stride: number,
  feature: number,
  sums: Float64Array,
  featureCells: number,
): void {
  const from0 = feature * stride;
  const from1 = from0 + stride;
  const from2 = from1 + stride;
  const from3 = from2 + stride;
  const into0 = feature * featureCells;
  const into1 = into0 + featureCells;
  const into2 = into1 + featureCells;
  const into3 = into2 + featureCells;
  for (let i = 0; i < count; i++) {
    const row = rows[i] as number;
    const at = cells[i] as number;
    const gradient = gradients[i] as number;
    const cell0 = into0 + at + (codes[from0 + row] as number);
    sums[cell0] = (sums[cell0] as number) + gradient;
    const cell1 = into1 + at + (codes[from1 + row] as number);
    sums[cell1] = (sums[cell1] as number) + gradient;
    const cell2 = into2 + at + (codes[from2 + row] as number);
    sums[cell2] = (sums[cell2] as number) + gradient;
    const cell3 = into3 + at + (codes[from3 + row] as number);
    sums[cell3] = (sums[cell3] as number) + gradient;
  }
}
