import type { RandomAccess } from '../access';
import { CheckpointError } from '../error';
import { limits } from '../limits';

const windowBytes = 2 ** 16;

/** The bytes of a pickle in their order. Large ones are passed over; texts are counted, as they are held. */
export class PickleInput {
  #window: DataView = new DataView(new ArrayBuffer(0));
  #windowStart = 0;
  #textBytes = 0;

  constructor(
    readonly source: RandomAccess,
    public position: number,
  ) {}

  uint8(): number {
    const place = this.#take(1);
    return this.#window.getUint8(place);
  }

  uint16(): number {
    const place = this.#take(2);
    return this.#window.getUint16(place, true);
  }

  uint32(): number {
    const place = this.#take(4);
    return this.#window.getUint32(place, true);
  }

  int32(): number {
    const place = this.#take(4);
    return this.#window.getInt32(place, true);
  }

  uint64(): number {
    const place = this.#take(8);
    return Number(this.#window.getBigUint64(place, true));
  }

  /** Big-endian, unlike all else in a pickle. */
  float64(): number {
    const place = this.#take(8);
    return this.#window.getFloat64(place, false);
  }

  /** A little-endian integer in two's complement. */
  integer(length: number): number | bigint {
    if (length > 1024) throw new CheckpointError(`it claims an integer of ${length} bytes`);
    const bytes = this.source.read(this.position, length);
    this.position += length;
    let value = 0n;
    for (const byte of bytes.toReversed()) value = (value << 8n) | BigInt(byte);
    if ((bytes.at(-1) ?? 0) >= 0x80) value -= 1n << BigInt(8 * length);
    return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  }

  text(length: number, encoding: 'utf-8' | 'latin1' = 'utf-8'): string {
    this.#countText(length);
    const bytes = this.source.read(this.position, length);
    this.position += length;
    return encoding === 'utf-8'
      ? new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  }

  /** Up to the end of the line, which is taken, too. */
  line(): string {
    const start = this.position;
    let length = 1;
    while (this.uint8() !== 10)
      if (++length > limits.index) throw new CheckpointError('its pickle has a line without an end');
    this.position = start;
    return this.text(length).slice(0, -1);
  }

  /** Passes bytes over and says where they are. */
  skip(length: number): { readonly offset: number; readonly length: number } {
    const offset = this.position;
    if (length > this.source.size - offset) throw new CheckpointError(`it claims ${length} bytes, but ends before`);
    this.position += length;
    return { offset, length };
  }

  #countText(length: number): void {
    this.#textBytes += length;
    if (this.#textBytes > limits.index) throw new CheckpointError(`its pickle holds more text than is read`);
  }

  /** Brings the next bytes into the window and passes them over. Answers where they are in it. */
  #take(length: number): number {
    let place = this.position - this.#windowStart;
    if (place < 0 || place + length > this.#window.byteLength) {
      const rest = this.source.size - this.position;
      if (rest < length) throw new CheckpointError('its pickle is cut off');
      const bytes = this.source.read(this.position, Math.min(windowBytes, rest));
      this.#window = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      this.#windowStart = this.position;
      place = 0;
    }
    this.position += length;
    return place;
  }
}
