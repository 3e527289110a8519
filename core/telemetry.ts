// Libraries that report home are told not to.

/**
 * ONNX Runtime (from 1.30 on) sends who uses it and how to its makers, and keeps a number for the machine, unless this is set before
 * it starts. Set in the main thread: workers have a copy of the environment that native code does not see.
 */
export function refuseTelemetry(): void {
  process.env.ORT_DISABLE_TELEMETRY ??= '1';
}
