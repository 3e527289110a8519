// Writes protocol buffer messages: as much of the wire format as an ONNX file needs.

/** A message under construction: fields in the order in which they are added. */
export interface Message {
  int(field: number, value: number | bigint): Message;
  float(field: number, value: number): Message;
  text(field: number, value: string): Message;
  bytes(field: number, value: Uint8Array): Message;
  message(field: number, value: Message): Message;
  /** All bytes of the message. */
  done(): Uint8Array;
}

export function message(): Message {
  const chunks: Uint8Array[] = [];
  const add = (field: number, wireType: number, ...parts: Uint8Array[]): Message => {
    chunks.push(varint(BigInt(field * 8 + wireType)), ...parts);
    return self;
  };
  const block = (field: number, value: Uint8Array): Message => add(field, 2, varint(BigInt(value.length)), value);
  const self: Message = {
    int: (field, value) => add(field, 0, varint(BigInt(value))),
    float: (field, value) => add(field, 5, new Uint8Array(Float32Array.of(value).buffer)),
    text: (field, value) => block(field, new TextEncoder().encode(value)),
    bytes: block,
    message: (field, value) => block(field, value.done()),
    done: () => joinBytes(chunks),
  };
  return self;
}

/** Base 128, low groups first; negative numbers as 64-bit two's complement. */
function varint(value: bigint): Uint8Array {
  let rest = BigInt.asUintN(64, value);
  const bytes: number[] = [];
  do {
    const low = Number(rest & 127n);
    rest >>= 7n;
    bytes.push(rest === 0n ? low : low | 128);
  } while (rest !== 0n);
  return Uint8Array.from(bytes);
}

function joinBytes(chunks: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    joined.set(chunk, at);
    at += chunk.length;
  }
  return joined;
}
