// Dense numbers for 64-bit keys, in the order in which they are first seen.

/**
 * A class, since methods of one are compiled once: functions made anew for each column would start slow each time.
 * Open addressing: a slot holds the code + 1, and the key of a code lies beside it.
 */
export class HashCodes {
  #slots: Uint32Array;
  #keys: Uint32Array;
  #count = 0;

  /** @param expected different keys for which there is room from the start */
  constructor(expected = 2048) {
    this.#slots = new Uint32Array(1 << Math.max(4, 33 - Math.clz32(Math.max(1, expected - 1))));
    this.#keys = new Uint32Array(this.#slots.length);
  }

  get count(): number {
    return this.#count;
  }

  /** The words of each code's key, low before high. */
  keys(): Uint32Array<ArrayBuffer> {
    return this.#keys.slice(0, 2 * this.#count) as Uint32Array<ArrayBuffer>;
  }

  /** The code of a key, given as two 32-bit words; a new one when it was not seen before. */
  codeOf(low: number, high: number): number {
    const slot = this.#slotOf(low, high);
    const known = this.#slots[slot] as number;
    if (known !== 0) return known - 1;
    const code = this.#count++;
    this.#keys[2 * code] = low;
    this.#keys[2 * code + 1] = high;
    this.#slots[slot] = code + 1;
    if (this.#count * 2 >= this.#slots.length) this.#grow();
    return code;
  }

  #slotOf(low: number, high: number): number {
    const [slots, keys] = [this.#slots, this.#keys];
    const mask = slots.length - 1;
    // Doubles of small numbers have all their bits at the high end: mixed, and the upper half brought down.
    const mixed = Math.imul(low ^ Math.imul(high, 0x9e3779b1), 0x85ebca6b);
    let slot = (mixed ^ (mixed >>> 16)) & mask;
    for (;;) {
      const code = slots[slot] as number;
      if (code === 0 || (keys[2 * code - 2] === low && keys[2 * code - 1] === high)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #grow(): void {
    const grown = new Uint32Array(this.#keys.length * 2);
    grown.set(this.#keys);
    this.#keys = grown;
    this.#slots = new Uint32Array(this.#slots.length * 2);
    for (let code = 0; code < this.#count; code++) {
      this.#slots[this.#slotOf(grown[2 * code] as number, grown[2 * code + 1] as number)] = code + 1;
    }
  }
}
