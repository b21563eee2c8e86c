import { propagate } from '../../src/theory';
import { preNormBlocks, resNet } from '../unit/theory/zoo';

/** Time for predicting a network of about a thousand nodes, the first time and again. Goal: under 20 ms. */
for (const [name, network] of [
  ['ResNet of 98 blocks', resNet([24, 25, 25, 24], true)],
  ['198 pre-norm blocks', preNormBlocks(198)],
] as const) {
  const times = Array.from({ length: 21 }, () => {
    const start = performance.now();
    propagate(network);
    return performance.now() - start;
  });
  const [first = NaN, ...again] = times;
  const median = again.sort((a, b) => a - b)[10] ?? NaN;
  console.log(`${name}, ${network.nodes.length} nodes: first ${first.toFixed(0)} ms, again ${median.toFixed(1)} ms`);
}
