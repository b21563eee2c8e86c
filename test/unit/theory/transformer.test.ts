import type { Distribution, Network } from '../../../src/network';
import { covariance, derivativeCovariance, moments } from '../../../src/network/moments';
import { propagate } from '../../../src/theory';
import { gelu, near } from '../moments/expect';
import { Draft, scaled } from './build';

const normal = (std: number): Distribution => ({ kind: 'normal', mean: 0, std });
const relu = { kind: 'relu' } as const;

/** The feed-forward branches of GPT-2 small on a residual stream of this variance: 12 of x + W₂ gelu(W₁ LN(x)), d = 768. */
function feedForward(embedding: number, outDeviation: number): Network {
  const draft = new Draft();
  let x = draft.linear(draft.input(768), 768, 768, scaled(embedding), 'none');
  for (let block = 0; block < 12; block += 1) {
    const normed = draft.op({ kind: 'layerNorm', normalizedShape: [768], center: true, epsilon: 0 }, x);
    const hidden = draft.act(draft.linear(normed, 768, 3072, normal(0.02), 'none'), gelu);
    x = draft.add(x, draft.linear(hidden, 3072, 768, normal(outDeviation), 'none'));
  }
  return draft.build(x);
}

describe('GPT-2 small (methods B0.9, golden 20)', () => {
  const scaledOut = 0.02 / Math.sqrt(24);

  it('q₁ = 0.3072, M2, D2 and what a feed-forward branch adds', () => {
    const q = 768 * 4e-4;
    near(moments(gelu, q).secondMoment, 0.10648459, 6e-9);
    near(moments(gelu, q).derivativeSecondMoment, 0.37046505, 6e-9);
    const { signals } = propagate(feedForward(1, scaledOut));
    near(signals[3]?.secondMoment, q, 1e-12);
    near(signals[5]?.secondMoment, 0.005452011, 6e-10);
  });

  it('small embeddings make the squared gradient grow by 100.7, large ones by 1.07', () => {
    const growth = (embedding: number, deviation: number): number => {
      const { signals } = propagate(feedForward(embedding, deviation));
      return (signals[1]?.gradient ?? NaN) / (signals.at(-1)?.gradient ?? NaN);
    };
    near(growth(8e-4, scaledOut), 100.729, 6e-4);
    near(growth(1, scaledOut), 1.070064, 6e-8);
    near(growth(8e-4, 0.02), 2420.64, 6e-3);
  });

  it('attention adds 0.003932 of equal tokens, and 3.84e-6 of an average over 1024 independent ones', () => {
    const added = (correlation: number): number => {
      const draft = new Draft();
      const x = draft.input(1024, 768);
      const [q, k, v] = [0, 1e-9, 0.02].map((std) => draft.linear(x, 768, 768, normal(std), 'none')) as [
        number,
        number,
        number,
      ];
      const y = draft.op({ kind: 'attention', causal: false, dropout: 0, mask: 'none' }, q, k, v);
      const out = draft.linear(y, 768, 768, normal(scaledOut), 'none');
      return propagate(draft.build(out), { correlation }).signals[out]?.secondMoment ?? NaN;
    };
    near(added(1), 0.003932, 6e-7);
    near(added(0), 3.84e-6, 6e-9);
  });
});

describe('attention scores at the start', () => {
  it('have the variance σ_q²·σ_k²: GPT-2 0.0944, packed Xavier 1/4, nn.Linear 1/9, Xavier 1', () => {
    for (const [gain, variance] of [
      [0.3072, 0.0944],
      [0.5, 0.25],
      [1 / 3, 0.1111],
      [1, 1],
    ] as const) {
      const draft = new Draft();
      const x = draft.input(32, 768);
      const [q, k, v] = [0, 1, 2].map(() => draft.linear(x, 768, 768, scaled(gain), 'none')) as [
        number,
        number,
        number,
      ];
      const y = draft.op({ kind: 'attention', causal: false, dropout: 0, mask: 'none' }, q, k, v);
      const [attention] = propagate(draft.build(y)).attention;
      near(attention?.scoreVariance, variance, 6e-5);
      near(attention?.scoreSpread, attention?.scoreVariance ?? NaN, 1e-12);
    }
  });
});

describe('moments of components (Kedia et al. 2024; methods B0.9, golden 21)', () => {
  it('ReLU at r = 1/2: covariance 0.145344, variance 0.340845, gradients correlate by 1/3', () => {
    const { mean, secondMoment } = moments(relu, 1);
    near(covariance(relu, 1, 0.5) - mean ** 2, 0.145344, 6e-7);
    near(secondMoment - mean ** 2, 0.340845, 6e-7);
    near(derivativeCovariance(relu, 1, 0.5), 1 / 3, 1e-12);
  });

  it("GELU's variance: (q/2π)(π − a − acos a + 2a√((1 − a)/(1 + a)))", () => {
    for (const q of [0.1, 1, 7]) {
      const a = q / (1 + q);
      const { mean, secondMoment } = moments(gelu, q);
      const said = (q / (2 * Math.PI)) * (Math.PI - a - Math.acos(a) + 2 * a * Math.sqrt((1 - a) / (1 + a)));
      near(secondMoment - mean ** 2, said, 1e-12 * q);
    }
  });

  it('a layer norm hands back g²/σ², and dropout (σ² + p·μ²)/(1 − p)', () => {
    const draft = new Draft();
    const x = draft.linear(draft.input(256), 256, 256, scaled(4), 'none');
    const normed = draft.layerNorm(x, 256);
    near(propagate(draft.build(normed)).signals[x]?.gradient, 1 / 4, 1e-5);
    const other = new Draft();
    const rectified = other.act(other.linear(other.input(64), 64, 64, scaled(1), 'none'), relu);
    const dropped = other.op({ kind: 'dropout', rate: 0.1, variant: 'element' }, rectified);
    const signal = propagate(other.build(dropped)).signals[dropped];
    const [mean, variance] = [1 / Math.sqrt(2 * Math.PI), 0.5 - 1 / (2 * Math.PI)];
    near((signal?.secondMoment ?? NaN) - (signal?.mean ?? NaN) ** 2, (variance + 0.1 * mean ** 2) / 0.9, 1e-12);
  });
});
