// What audits that attack a mirror have in common: when they run, on what, and the bounds of a risk.
import { z } from 'zod';
import type { Audit, Bounds } from '../../core/audit.ts';
import { type BoundsShape, boundsShape } from '../options.ts';

export interface AttackOptions extends Bounds {
  /** People attacked, of train and of the holdout each, at most; fewer, but 2000, where that takes too long. */
  readonly attacks: number;
}

export interface SecretOptions {
  /** Columns that the attacker guesses from all others; by default the target and columns named like a secret. */
  readonly secrets?: readonly string[] | undefined;
}

type Common = 'tier' | 'family' | 'needs' | 'direction' | 'minRows' | 'applies';

export const attackAudit: Pick<Audit, Common> = {
  tier: 'nightly',
  family: 'privacy',
  needs: ['rows', 'holdout'],
  direction: 'above',
  minRows: 2000,
  applies: ({ reference, columns }) => !reference && columns.length > 1,
};

/** Bounds of a risk: how many more of the people learnt from an attack succeeds on. */
export const riskShape: BoundsShape = boundsShape(0.05, 0.09);

export const attacksOption = (most: number): z.ZodDefault<z.ZodNumber> => z.number().int().min(100).default(most);

export const secretsOption: z.ZodOptional<z.ZodArray<z.ZodString>> = z.array(z.string()).min(1).optional();
