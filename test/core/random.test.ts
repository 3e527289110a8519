import assert from 'node:assert/strict';
import { drawStream, drawUniform, drawWord, hashText, mix32, rowHash, sequence } from '../../core/random.ts';

describe('core/random', () => {
  it('mixes so that one input bit flips each output bit about half of the time', () => {
    for (let bit = 0; bit < 32; bit++) {
      const flips = new Float64Array(32);
      for (let i = 0; i < 4096; i++) {
        const difference = mix32(i * 2654435761) ^ mix32((i * 2654435761) ^ (1 << bit));
        for (let out = 0; out < 32; out++) flips[out] = (flips[out] as number) + ((difference >>> out) & 1);
      }
      for (const count of flips) assert.ok(Math.abs(count / 4096 - 0.5) < 0.06, `bit ${bit}: ${count / 4096}`);
    }
  });

  it('draws uniformly in 64 cells for neighbouring rows (chi-square)', () => {
    const stream = drawStream(7, 'main.flights', 'delay');
    const cells = new Float64Array(64);
    const rows = 256_000;
    const hashes = Uint32Array.from({ length: rows }, (_, row) => rowHash(row, stream.rowSalt));
    const draws = new Float64Array(rows);
    drawUniform(stream, hashes, draws);
    for (const draw of draws) cells[Math.floor(draw * 64)] = (cells[Math.floor(draw * 64)] as number) + 1;
    const chiSquare = cells.reduce((sum, count) => sum + (count - rows / 64) ** 2 / (rows / 64), 0);
    assert.ok(chiSquare < 113, `chi-square with 63 degrees of freedom: ${chiSquare}`); // p = 1e-4
  });

  it('draws independently for two columns of one table (chi-square on 16 × 16 cells)', () => {
    const a = drawStream(7, 'main.flights', 'a');
    const b = drawStream(7, 'main.flights', 'b');
    const cells = new Float64Array(256);
    for (let row = 0; row < 256_000; row++) {
      const hash = rowHash(row, a.rowSalt);
      const cell = (drawWord(a, hash) >>> 28) * 16 + (drawWord(b, hash) >>> 28);
      cells[cell] = (cells[cell] as number) + 1;
    }
    const chiSquare = cells.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    assert.ok(chiSquare < 347, `chi-square with 255 degrees of freedom: ${chiSquare}`);
  });

  it('tells rows beyond 2^32 apart from their low words', () => {
    assert.notEqual(rowHash(5, 1), rowHash(5 + 4294967296, 1));
  });

  it('gives stable values, so that a mirror can be made again by a later version', () => {
    assert.equal(mix32(1), 2_261_973_619);
    assert.equal(hashText('flights'), hashText('flights'));
    assert.notEqual(hashText('flights'), hashText('flight'));
  });

  it('gives sequences that depend on seed and purpose alone', () => {
    const first = sequence(3, 'trees');
    const again = sequence(3, 'trees');
    const other = sequence(4, 'trees');
    const values = Array.from({ length: 5 }, () => first());
    assert.deepEqual(
      values,
      Array.from({ length: 5 }, () => again()),
    );
    assert.notDeepEqual(
      values,
      Array.from({ length: 5 }, () => other()),
    );
  });
});
