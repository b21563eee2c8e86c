import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { propagate } from '../../../src/theory';
import { near } from '../moments/expect';
import { mlp } from './build';

const WIDTH = 128;
const LAYERS = 30;
const SEEDS = 10;

/** ‖∂L/∂z₁‖/‖∂L/∂z_L‖ of a tanh MLP on PyTorch's default U(±1/√fan_in) weights and biases, in float64. */
function measuredGain(seed: number): number {
  const random = xoroshiro128plus(seed);
  const bound = 1 / Math.sqrt(WIDTH);
  const uniform = (): number => uniformFloat64(random) * 2 - 1;
  const gaussian = (): number =>
    Math.sqrt(-2 * Math.log(1 - uniformFloat64(random))) * Math.cos(2 * Math.PI * uniformFloat64(random));
  let h = Float64Array.from({ length: WIDTH }, gaussian);
  const weights: Float64Array[] = [];
  const outputs: Float64Array[] = [];
  for (let layer = 0; layer < LAYERS; layer += 1) {
    const weight = Float64Array.from({ length: WIDTH * WIDTH }, () => bound * uniform());
    const z = new Float64Array(WIDTH);
    for (let i = 0; i < WIDTH; i += 1) {
      let sum = bound * uniform();
      for (let j = 0; j < WIDTH; j += 1) sum += weight[i * WIDTH + j]! * h[j]!;
      z[i] = sum;
    }
    weights.push(weight);
    h = z.map(Math.tanh);
    outputs.push(h);
  }
  let delta = Float64Array.from({ length: WIDTH }, gaussian);
  const norm = (vector: Float64Array): number => Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0));
  const last = norm(delta);
  for (let layer = LAYERS - 1; layer > 0; layer -= 1) {
    const before = new Float64Array(WIDTH);
    for (let i = 0; i < WIDTH; i += 1)
      for (let j = 0; j < WIDTH; j += 1) before[j]! += weights[layer]![i * WIDTH + j]! * delta[i]!;
    delta = before.map((x, j) => x * (1 - outputs[layer - 1]![j]! ** 2));
  }
  return norm(delta) / last;
}

describe('against simulation', () => {
  it('the gain a layer of 30 default tanh layers is within 3 % of the mean of 10 seeds', () => {
    const gains = Array.from({ length: SEEDS }, (_, seed) => measuredGain(seed + 1) ** (1 / (LAYERS - 1)));
    const mean = gains.reduce((a, b) => a + b, 0) / SEEDS;
    near(propagate(mlp(LAYERS, WIDTH, { kind: 'tanh' })).depth?.gainPerLayer, mean, 0.03 * mean);
  });
});
