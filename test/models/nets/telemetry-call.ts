// A worker call that starts ONNX Runtime: with bytes that are no model, since it reports before it reads them.
import { InferenceSession } from 'onnxruntime-node';

export async function startRuntime(): Promise<boolean> {
  return await InferenceSession.create(new Uint8Array(8)).then(
    () => true,
    () => false,
  );
}
