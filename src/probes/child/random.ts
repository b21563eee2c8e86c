import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Random numbers in float64 from a seed: the same on every backend and machine. */
export class Random {
  private readonly generator;
  private spare: number | undefined;

  /** Each `stream` of a seed is independent: one parameter more or less does not change what the others are drawn as. */
  constructor(seed: number, stream: string) {
    this.generator = xoroshiro128plus(hash(`${String(seed)}/${stream}`));
  }

  /** Uniform in [0, 1). */
  uniform(): number {
    return uniformFloat64(this.generator);
  }

  /** N(0, 1), by Marsaglia's polar method. */
  normal(): number {
    if (this.spare !== undefined) {
      const { spare } = this;
      this.spare = undefined;
      return spare;
    }
    for (;;) {
      const x = 2 * this.uniform() - 1;
      const y = 2 * this.uniform() - 1;
      const square = x * x + y * y;
      if (square === 0 || square >= 1) continue;
      const factor = Math.sqrt((-2 * Math.log(square)) / square);
      this.spare = y * factor;
      return x * factor;
    }
  }

  /** A standard normal under the condition that it lies in [low, high]; by rejection (Robert 1995). */
  truncatedNormal(low: number, high: number): number {
    const nearest = Math.min(Math.max(0, low), high);
    const inTail = nearest !== 0;
    if (!inTail && high - low > 2) {
      for (;;) {
        const x = this.normal();
        if (x >= low && x <= high) return x;
      }
    }
    // Beyond this distance from the nearest point the density is below e⁻⁴⁰ of its maximum.
    const reach = inTail ? 40 / Math.abs(nearest) : 9;
    const from = Math.max(low, nearest - reach);
    const to = Math.min(high, nearest + reach);
    for (;;) {
      const x = from + (to - from) * this.uniform();
      if (this.uniform() <= Math.exp((nearest * nearest - x * x) / 2)) return x;
    }
  }

  /** 0 … count−1, uniformly. */
  index(count: number): number {
    return Math.floor(this.uniform() * count);
  }
}

/** FNV-1a, 32 bit. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value | 0;
}
