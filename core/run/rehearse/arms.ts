// The arms of a rehearsal: of what rows each generation of a loop learns. Pure.
import { SynthError } from '../../errors.ts';

/**
 * - `replace`: of the generation before alone.
 * - `accumulate`: of the real rows and of all generations before.
 * - `blend`: of the generation before, and of a share of real rows, always the same ones.
 * - `independent`: of the real rows alone; what it loses is the generator's fault, not the loop's.
 */
export type Arm =
  | { readonly kind: 'replace' | 'accumulate' | 'independent' }
  | { readonly kind: 'blend'; readonly real: number };

/** Rows of one generation; 0 are the real ones. */
export interface Portion {
  readonly generation: number;
  readonly rows: number;
}

/** @throws SynthError `rehearse.arm` */
export function parseArm(text: string): Arm {
  if (text === 'replace' || text === 'accumulate' || text === 'independent') return { kind: text };
  const real = /^blend=(\d*\.?\d+)$/.exec(text)?.[1];
  if (real !== undefined && Number(real) > 0 && Number(real) < 1) return { kind: 'blend', real: Number(real) };
  throw new SynthError('rehearse.arm', `There is no arm "${text}".`, {
    hint: 'Arms are replace, accumulate, independent, and blend=.38 (the share of real rows, between 0 and 1).',
  });
}

export function armName(arm: Arm): string {
  return arm.kind === 'blend' ? `blend=${arm.real}` : arm.kind;
}

/**
 * What generation 1, 2, … learns from. The first learns from the real rows in every arm.
 * @param n rows of the real table and of each generation
 */
export function portions(arm: Arm, generation: number, n: number): readonly Portion[] {
  if (generation === 1) return [{ generation: 0, rows: n }];
  switch (arm.kind) {
    case 'independent':
      return [{ generation: 0, rows: n }];
    case 'replace':
      return [{ generation: generation - 1, rows: n }];
    case 'accumulate':
      return Array.from({ length: generation }, (_, before) => ({ generation: before, rows: n }));
    case 'blend': {
      const real = Math.max(1, Math.round(arm.real * n));
      return [
        { generation: 0, rows: real },
        { generation: generation - 1, rows: n - real },
      ];
    }
    default:
      throw arm satisfies never;
  }
}
