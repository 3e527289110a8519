// The contract of alerts: what is told about a run, and the channels that tell it. Channels are plain objects; users write
// their own in synth.config.ts. A message holds names, verdicts and statistics, never a value of real data.

/** How bad it is: `warn` is to be looked at, `error` stopped a publish (or would have). */
export type AlertLevel = 'ok' | 'warn' | 'error';

/** One change of state of one incident: the same audit of the same columns, or the run as a whole. */
export interface AlertChange {
  /** The same from its opening to its closing message. */
  readonly incident: string;
  readonly from: AlertLevel;
  readonly to: AlertLevel;
  /** The id of an audit, `run` or `review`. */
  readonly about: string;
  readonly table?: string;
  readonly columns: readonly string[];
  /** What was measured when it is no column: a query or a rule of the user's. */
  readonly name?: string;
  /** One sentence. */
  readonly reason: string;
  readonly owner?: string;
  /** When it was first seen bad; ISO 8601, UTC. */
  readonly since: string;
}

/** All changes that one run brought to one channel. */
export interface AlertMessage {
  readonly schemaVersion: 1;
  /** The same when a delivery is tried again: receivers can drop repeats. */
  readonly id: string;
  /** The name of the project's folder. */
  readonly project: string;
  readonly run: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** One sentence that says it all. */
  readonly summary: string;
  /** Worst first. */
  readonly opened: readonly AlertChange[];
  readonly closed: readonly AlertChange[];
}

export interface AlertChannel {
  readonly kind: 'alert-channel';
  /** Under which deliveries are remembered; unique in a config. */
  readonly name: string;
  /** Least level that it tells. */
  readonly severity: 'warn' | 'error';
  /** Only what these answer for; everything when left out. */
  readonly owners?: readonly string[];
  /** Only of these tables; of all, and of runs as a whole, when left out. */
  readonly tables?: readonly string[];
  /** Resolves when the message was taken. Whatever it throws is tried again later; the signal ends an attempt. */
  send(message: AlertMessage, signal: AbortSignal): Promise<void>;
}

/** What is not told, until a day. */
export interface Silence {
  /** An id as `fid.ks`, all of a family as `fid.*`, or `run`; everything when left out. */
  readonly audit?: string;
  readonly table?: string;
  readonly column?: string;
  /** `2026-12-31` (its end, UTC) or a time in ISO 8601. For good when left out. */
  readonly until?: string;
  readonly because: string;
}
