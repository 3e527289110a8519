// A plan: what a build does, as a plain value. `synth plan` prints it, `synth build` executes the same value.
import type { TableDigests } from '../config/digest.ts';
import type { ForeignKey } from '../schema.ts';
import type { TableState } from '../state/types.ts';

/**
 * - `reference`: copy the source.
 * - `fit`: learn the source, then draw.
 * - `resample`: draw again from the stored fit.
 * - `keep`: take the mirror of the current release as it is.
 */
export type TableAction = 'reference' | 'fit' | 'resample' | 'keep';

/** Why a source that changed is learnt again, where a policy says what is reason enough. */
export type RefitReason = 'source drifted' | 'mirror stale' | 'scheduled' | 'use decayed';

export type PlanReason =
  | RefitReason
  | 'new'
  | 'config changed'
  | 'source changed'
  /** Columns came, went or have another type. */
  | 'schema changed'
  /** By its policy not enough to learn it again; the mirror is held against the source of today. */
  | 'source changed little'
  | 'generator version changed'
  | 'parent rebuilt'
  | 'requested'
  | 'fit missing'
  | 'mirror missing'
  | 'audits changed'
  /** Of `--tier` or `--audit`: whatever changed, they are run now. */
  | 'audits requested'
  | 'unchanged'
  | 'not selected';

export type PlanStep =
  | {
      readonly kind: 'table';
      readonly table: string;
      readonly action: TableAction;
      readonly reasons: readonly PlanReason[];
      readonly generator: string;
      /** Mirrored tables that it refers to and that come before it. */
      readonly parents: readonly string[];
      /** Foreign keys of a cycle, left NULL at first and filled when the parent's rows exist. */
      readonly deferred: readonly ForeignKey[];
      readonly fingerprint: string;
      readonly digests: TableDigests;
    }
  | { readonly kind: 'audit'; readonly table: string }
  | { readonly kind: 'publish'; readonly tables: readonly string[] };

export type TableStep = Extract<PlanStep, { kind: 'table' }>;

export interface Plan {
  readonly schemaVersion: 1;
  readonly seed: number;
  readonly select: readonly string[];
  readonly fullRefresh: boolean;
  /** In the order of execution. No `publish`: nothing changed, and nothing is done. */
  readonly steps: readonly PlanStep[];
  /** Tables of the config that were neither selected nor ever built: not in the release. */
  readonly skipped: readonly string[];
}

/** What is known of a table from earlier builds, and whether its files are still there. */
export interface KnownTable extends TableState {
  /** The current release has its mirror. */
  readonly mirrored: boolean;
  readonly fitAvailable: boolean;
}
