import assert from 'node:assert/strict';
import { sequence } from '../../../core/random.ts';
import {
  addByCode,
  carry,
  codeSums,
  enterScores,
  gatherBits,
  gatherCodes,
  mapCodes,
  partCodes,
  probabilityUnit,
  reserveRows,
  type ScoringSpace,
  scoreEntries,
  scoreOfEntry,
  scoreUnit,
} from '../../../models/boosting/index.ts';

const counts = [1, 7, 8, 15, 16, 17, 100, 4099];

/** Six planes of random codes, and scores of both signs, some beyond ±16 logits. */
function filled(rows: number): ScoringSpace {
  const next = sequence(rows, 'rows');
  const space = reserveRows(rows, 16);
  for (let i = 0; i < 6 * space.stride; i++) space.codes[i] = Math.floor(next() * 256);
  for (let i = 0; i < rows; i++) space.scores[i] = Math.floor((next() - 0.5) * 40 * scoreUnit);
  return space;
}

describe('models/boosting/rows', () => {
  for (const rows of counts) {
    it(`maps the codes of ${rows} rows by tables of any length`, () => {
      for (const codeCount of [1, 16, 17, 256]) {
        const { codes, stride } = filled(rows);
        const at = stride + 3;
        for (let i = 0; i < rows; i++) codes[at + i] = (codes[at + i] as number) % codeCount;
        const table = Uint8Array.from({ length: codeCount }, (_, code) => (code * 37 + 5) & 127);
        mapCodes(table, codeCount, at, 3 * stride, rows);
        for (let i = 0; i < rows; i++) assert.equal(codes[3 * stride + i], table[codes[at + i] as number]);
      }
    });

    it(`parts ${rows} rows in place, in their order, and touches none beside them`, () => {
      const { codes, stride } = filled(rows);
      const parting = { isRight: 5 * stride, bits: 7 * stride, spare: 8 * stride };
      for (let i = 0; i < rows; i++) codes[parting.isRight + i] = (codes[parting.isRight + i] as number) & 1;
      const at = stride + 5;
      const before = codes.slice(0, 3 * stride);
      gatherBits(parting, rows);
      partCodes(parting, at, rows);
      const here = [...before.subarray(at, at + rows)];
      const goesRight = (i: number): boolean => codes[parting.isRight + i] === 1;
      const wanted = [...here.filter((_, i) => !goesRight(i)), ...here.filter((_, i) => goesRight(i))];
      assert.deepEqual([...codes.subarray(at, at + rows)], wanted);
      assert.deepEqual(codes.subarray(0, at), before.subarray(0, at));
      assert.deepEqual(codes.subarray(at + rows, 3 * stride), before.subarray(at + rows));
    });

    it(`moves the scores of ${rows} rows and sums probabilities, slopes and rows by code`, () => {
      const { codes, stride, scores } = filled(rows);
      const { cells, moves } = codeSums();
      cells.fill(0);
      for (let code = 0; code < 256; code++) moves[code] = (code - 128) * 40;
      const before = scores.slice();
      addByCode(0, stride, rows);
      const sums = Array.from({ length: 256 }, () => ({ p: 0, slope: 0, rows: 0 }));
      for (let i = 0; i < rows; i++) {
        const score = (before[i] as number) + ((codes[i] as number) - 128) * 40;
        assert.equal(scores[i], score);
        const p = 1 / (1 + Math.exp(-Math.max(-16, Math.min(16, score / scoreUnit))));
        const sum = sums[codes[stride + i] as number];
        if (sum === undefined) continue;
        sum.p += p;
        sum.slope += p * (1 - p);
        sum.rows++;
      }
      for (const [code, sum] of sums.entries()) {
        assert.equal(cells[4 * code + 2], sum.rows);
        // Scores are told apart to 1/32 logit: at most 1/64 off, at a slope of at most ¼.
        assert.ok(Math.abs((cells[4 * code] as number) / probabilityUnit - sum.p) <= sum.rows / 256 + 1e-9);
        assert.ok(Math.abs((cells[4 * code + 1] as number) / probabilityUnit - sum.slope) <= sum.rows / 600 + 1e-4);
      }
    });

    it(`enters ${rows} scores, counts them, and carries what their steps add up to`, () => {
      const { codes, stride, scores } = filled(rows);
      codeSums().moves.fill(0);
      const before = scores.slice();
      enterScores(0, rows);
      const { counts: entered, sums } = scoreEntries();
      assert.equal(
        entered.reduce((sum, count) => sum + count, 0),
        rows,
      );
      for (let i = 0; i < rows; i++) {
        const score = Math.max(-16, Math.min(16, (before[i] as number) / scoreUnit));
        assert.ok(Math.abs(scoreOfEntry(scores[i] as number) / scoreUnit - score) <= 1 / 64 + 1e-9);
      }
      // Every row adds ¾: in any entry, three of four rows carry.
      for (let entry = 0; entry < entered.length; entry++) {
        sums[2 * entry] = 0;
        sums[2 * entry + 1] = 0.75 * 2 ** 31;
      }
      const seen = new Map<number, number>();
      carry(rows, 2 * stride);
      for (let i = 0; i < rows; i++) {
        const nth = seen.get(scores[i] as number) ?? 0;
        seen.set(scores[i] as number, nth + 1);
        assert.equal(codes[2 * stride + i], nth % 4 === 0 ? 0 : 1);
      }
    });

    it(`gathers the codes of ${rows} rows in any order`, () => {
      const { codes, stride } = filled(rows);
      const at = 8 * stride;
      const order = new Uint32Array(codes.buffer, codes.byteOffset + at, rows);
      for (let i = 0; i < rows; i++) order[i] = (i * 7919) % rows;
      gatherCodes(stride, at, rows, 2 * stride);
      for (let i = 0; i < rows; i++) assert.equal(codes[2 * stride + i], codes[stride + (order[i] as number)]);
    });
  }
});
