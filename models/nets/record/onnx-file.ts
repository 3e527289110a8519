// A graph of operators as the bytes of an ONNX file. Field numbers are those of onnx.proto3.
import { type Message, message } from './protobuf.ts';

export type OnnxType = 'float32' | 'int32' | 'int64' | 'bool';

export interface OnnxNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, number | readonly number[]>>;
}

export interface OnnxValue {
  readonly name: string;
  readonly type: OnnxType;
  readonly shape: readonly number[];
}

export interface OnnxConstant extends OnnxValue {
  /** Little-endian. */
  readonly bytes: Uint8Array;
}

export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly constants: readonly OnnxConstant[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
}

const elementTypes: Readonly<Record<OnnxType, number>> = { float32: 1, int32: 6, int64: 7, bool: 9 };
/** Reductions take their axes as an attribute up to 17, but for ReduceSum. */
const opset = 17;
const irVersion = 8;
const attributeTypes = { int: 2, ints: 7 };

export function onnxBytes(graph: OnnxGraph): Uint8Array {
  const body = message();
  for (const node of graph.nodes) body.message(1, nodeMessage(node));
  body.text(2, 'synthouse');
  for (const constant of graph.constants) body.message(5, tensorMessage(constant));
  for (const input of graph.inputs) body.message(11, valueMessage(input));
  for (const output of graph.outputs) body.message(12, valueMessage(output));
  return message().int(1, irVersion).text(2, 'synthouse').message(7, body).message(8, message().int(2, opset)).done();
}

function nodeMessage({ op, inputs, outputs, attributes }: OnnxNode): Message {
  const node = message();
  for (const input of inputs) node.text(1, input);
  for (const output of outputs) node.text(2, output);
  node.text(4, op);
  for (const [name, value] of Object.entries(attributes)) {
    const attribute = message().text(1, name);
    if (typeof value === 'number') attribute.int(3, value).int(20, attributeTypes.int);
    else {
      for (const entry of value) attribute.int(8, entry);
      attribute.int(20, attributeTypes.ints);
    }
    node.message(5, attribute);
  }
  return node;
}

function tensorMessage({ name, type, shape, bytes }: OnnxConstant): Message {
  const tensor = message();
  for (const length of shape) tensor.int(1, length);
  return tensor.int(2, elementTypes[type]).text(8, name).bytes(9, bytes);
}

function valueMessage({ name, type, shape }: OnnxValue): Message {
  const dimensions = message();
  for (const length of shape) dimensions.message(1, message().int(1, length));
  const tensor = message().int(1, elementTypes[type]).message(2, dimensions);
  return message().text(1, name).message(2, message().message(1, tensor));
}
