// Writes a batch as CSV, for judges in other languages.
import { writeFileSync } from 'node:fs';
import type { ColumnBatch, ColumnVector } from '../core/batch.ts';

export function writeCsv(path: string, batch: ColumnBatch): void {
  const columns = [...batch.columns];
  const lines = [columns.map(([name]) => quote(name)).join(',')];
  for (let row = 0; row < batch.rowCount; row++) lines.push(columns.map(([, vector]) => field(vector, row)).join(','));
  writeFileSync(path, `${lines.join('\n')}\n`);
}

function field(vector: ColumnVector, row: number): string {
  if (vector.kind === 'text') return quote(vector.values[row] ?? '');
  if (vector.valid?.[row] === 0) return '';
  return vector.kind === 'category' ? quote(vector.labels[vector.codes[row] ?? 0] ?? '') : String(vector.values[row]);
}

function quote(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
