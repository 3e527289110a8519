// A graph under construction: nodes and constants with names, and which tensor of TensorFlow.js stands for which name.
import type { DataId, TensorInfo } from '@tensorflow/tfjs-core';
import { SynthError } from '../../../core/errors.ts';
import type { OnnxConstant, OnnxGraph, OnnxNode, OnnxType, OnnxValue } from './onnx-file.ts';

export type Attributes = Readonly<Record<string, number | readonly number[]>>;

export interface GraphBuilder {
  /** Gives a tensor's data the name of a graph input or of a constant. */
  bind(dataId: DataId, name: string): void;
  nameOf(info: TensorInfo): string;
  input(name: string, type: OnnxType, shape: readonly number[]): void;
  constant(type: OnnxType, shape: readonly number[], bytes: Uint8Array): string;
  /** A one-dimensional constant of 64-bit integers: shapes, axes. */
  integers(values: readonly number[]): string;
  scalar(value: number, type?: 'float32' | 'int32'): string;
  /** Adds a node and returns the name of its result. */
  node(op: string, inputs: readonly string[], attributes?: Attributes): string;
  /** As {@link node}, with several results. */
  nodes(op: string, inputs: readonly string[], results: number, attributes?: Attributes): readonly string[];
  /** A tensor for a name. */
  tensor(name: string, shape: readonly number[], dtype: TensorInfo['dtype']): TensorInfo;
  /** The graph of what the outputs need, and nothing else. */
  finish(outputs: readonly TensorInfo[]): OnnxGraph;
}

export function graphBuilder(): GraphBuilder {
  const nodes: OnnxNode[] = [];
  const constants = new Map<string, OnnxConstant>();
  const known = new Map<string, string>();
  const inputs: OnnxValue[] = [];
  const names = new WeakMap<DataId, string>();
  let counter = 0;
  const fresh = (): string => `t${counter++}`;

  const self: GraphBuilder = {
    bind: (dataId, name) => names.set(dataId, name),
    nameOf({ dataId }) {
      const name = names.get(dataId);
      if (name !== undefined) return name;
      throw new SynthError('nets.foreign-tensor', 'A network uses a tensor that was made outside of its program.', {
        kind: 'unexpected',
      });
    },
    input: (name, type, shape) => inputs.push({ name, type, shape }),
    constant(type, shape, bytes) {
      // Equal constants are one, so that the file stays small.
      const key = `${type} ${shape.join(',')} ${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')}`;
      const found = known.get(key);
      if (found !== undefined) return found;
      const name = fresh();
      known.set(key, name);
      constants.set(name, { name, type, shape, bytes });
      return name;
    },
    integers: (values) =>
      self.constant('int64', [values.length], new Uint8Array(BigInt64Array.from(values, BigInt).buffer)),
    scalar: (value, type = 'float32') =>
      self.constant(type, [], new Uint8Array((type === 'int32' ? Int32Array : Float32Array).of(value).buffer)),
    node: (op, from, attributes = {}) => self.nodes(op, from, 1, attributes)[0] as string,
    nodes(op, from, results, attributes = {}) {
      const outputs = Array.from({ length: results }, fresh);
      nodes.push({ op, inputs: from, outputs, attributes });
      return outputs;
    },
    tensor(name, shape, dtype) {
      const dataId: DataId = {};
      names.set(dataId, name);
      return { dataId, shape: [...shape], dtype };
    },
    finish(outputs) {
      // Results get names of their own: an input or a constant may not be an output, nor one value two.
      const values = outputs.map((info, i): OnnxValue => {
        const name = `out${i}`;
        nodes.push({ op: 'Identity', inputs: [self.nameOf(info)], outputs: [name], attributes: {} });
        return { name, type: info.dtype as OnnxType, shape: info.shape };
      });
      const needed = new Set(values.map(({ name }) => name));
      const used: OnnxNode[] = [];
      for (const node of nodes.toReversed()) {
        if (!node.outputs.some((name) => needed.has(name))) continue;
        used.push(node);
        for (const name of node.inputs) needed.add(name);
      }
      return {
        nodes: used.reverse(),
        constants: [...constants.values()].filter(({ name }) => needed.has(name)),
        inputs,
        outputs: values,
      };
    },
  };
  return self;
}
