// How a mirror stands to real rows: known before it is drawn, from its source and from what was blended in.

export interface Origin {
  /** 1: learnt from real rows alone. */
  readonly generation: number;
  /** Share of real rows among those that were learnt, 0 to 1. */
  readonly realShare: number;
}
