// A rule that data seem to follow, found by `synth init` and proposed to the user as a line of config.
import type { TableName } from '../schema.ts';

export type ProposalKind =
  | 'key'
  | 'unique'
  | 'relation'
  | 'fixed'
  | 'dependent'
  | 'sum'
  | 'ordering'
  /** What puts the rows of one parent in order. */
  | 'order'
  /** A column that looks like personal data. */
  | 'personal';

export interface Proposal {
  readonly kind: ProposalKind;
  readonly table: TableName;
  readonly columns: readonly string[];
  /** The parent, of a relation. */
  readonly references?: TableName;
  /**
   * TypeScript for the table's config: an entry of `constraints` (unique, fixed, dependent, sum, ordering), of `relations`
   * (relation), of `columns` (personal: `email: fake('internet.email')`), or the value of `key` (key) or `order` (order).
   */
  readonly text: string;
  /** 0 to 1: 0.9 and more is as good as certain, below 0.5 is a guess. */
  readonly confidence: number;
  /** One sentence, without a value of the data. */
  readonly why: string;
}

/** What a table's detectors look at: a part of its rows, and the whole when a claim needs it. */
export function percent(share: number): string {
  return `${(Math.floor(share * 1000) / 10).toFixed(1).replace(/\.0$/, '')} %`;
}
