// What a run tells its watcher while it works: events as plain values. Who prints them, and how, is the watcher's business.

export type ProgressStep = 'split' | 'read' | 'fit' | 'sample' | 'write' | 'record' | 'audit' | 'publish';

interface StepEvent {
  /** As the user writes it, `table` or `schema.table`. Absent when the step is about the whole release. */
  readonly table?: string;
  readonly step: ProgressStep;
}

export type ProgressEvent =
  | (StepEvent & { readonly kind: 'step-start'; readonly totalRows?: number })
  /** `share` (0 to 1) when the step does not count rows, as fitting. */
  | (StepEvent & {
      readonly kind: 'step-progress';
      readonly rows?: number;
      readonly totalRows?: number;
      readonly share?: number;
      /** How it goes, in words. */
      readonly detail?: string;
      readonly ratePerSecond?: number;
    })
  | (StepEvent & {
      readonly kind: 'step-end';
      readonly seconds: number;
      readonly rows?: number;
      readonly ratePerSecond?: number;
    })
  /** Something worth knowing; never with a value of the data. */
  | { readonly kind: 'note' | 'warning'; readonly message: string; readonly table?: string };

export type ProgressSink = (event: ProgressEvent) => void;

/** A sink for callers who do not watch. */
export const silent: ProgressSink = () => {};
