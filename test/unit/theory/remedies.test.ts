import {
  decreasingBranchScale,
  deepScaleEmbeddingDeviation,
  deepScaleFeedForwardDeviation,
  feedForwardStretch,
  fixupFactor,
  maxoutWeightVariance,
  smallDeviation,
  stableBranchScale,
} from '../../../src/theory';
import { near } from '../moments/expect';

describe('scales of remedies (methods B0.5, B1)', () => {
  it('Fixup: L^(−1/(2m − 2)) (golden 10)', () => {
    near(fixupFactor(16, 2), 0.25, 1e-12);
    near(fixupFactor(64, 2), 0.125, 1e-12);
    near(fixupFactor(16, 3), 0.5, 1e-12);
    near(fixupFactor(64, 3), 0.353553, 6e-7);
  });

  it('Stable ResNet: (1 + 1/L)^L, and the decreasing scales, which stay bounded', () => {
    const uniform = (blocks: number): number => (1 + stableBranchScale(blocks) ** 2) ** blocks;
    near(uniform(10), 2.593742, 6e-7);
    near(uniform(50), 2.691588, 6e-7);
    near(uniform(100), 2.704814, 6e-7);
    const decreasing = (blocks: number): number => {
      let product = 1;
      for (let block = 1; block <= blocks; block += 1) product *= 1 + decreasingBranchScale(block) ** 2;
      return product;
    };
    near(decreasing(100), 8.371, 6e-4);
    near(decreasing(10_000), 9.328, 6e-4);
  });

  it('maxout: 1/E[max²] (golden 8)', () => {
    const table = [
      1, 0.7839052, 0.64460863, 0.55554925, 0.49462367, 0.45038875, 0.41674742, 0.39022602, 0.36871745,
    ] as const;
    for (const [index, expected] of table.entries()) near(maxoutWeightVariance(index + 2), expected, 6e-9);
    near(1 / maxoutWeightVariance(3), 1 + Math.sqrt(3) / (2 * Math.PI), 1e-12);
    near(1 / maxoutWeightVariance(4), 1 + Math.sqrt(3) / Math.PI, 1e-12);
    // He weights in front of five pieces: each layer grows by this.
    near(2 / maxoutWeightVariance(5), 3.6, 1e-3);
  });

  it('small initialisation and a large shortcut (golden 20)', () => {
    near(smallDeviation(768), 0.0228218, 6e-8);
    near(smallDeviation(1024), 0.0197642, 6e-8);
    near(smallDeviation(2048), 0.0139754, 6e-8);
    const small = smallDeviation(768);
    const stretch = (shortcutDeviation: number, deviation = small): number =>
      feedForwardStretch({
        features: 768,
        hidden: 3072,
        firstDeviation: deviation,
        secondDeviation: deviation / Math.sqrt(24),
        shortcutDeviation,
      });
    near(stretch(small), 33.2, 0.06);
    near(stretch(1), 1.735, 6e-4);
    near(stretch(0.0282843, 0.02), 20.95, 6e-3);
  });

  it('DeepScaleLM (golden 21)', () => {
    near(deepScaleEmbeddingDeviation(0.1), 0.547723, 6e-7);
    // 0.0255951 in methods.md, which does not solve its own 4·d²·s⁴/2/(1 − p) = 1.
    near(deepScaleFeedForwardDeviation(1024, 0.1), 0.0255949, 6e-8);
    near((2 * 1024 ** 2 * deepScaleFeedForwardDeviation(1024, 0.1) ** 4) / 0.9, 1, 1e-12);
  });
});
