import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildProbeChild } from '../../scripts/build';
import type { Network } from '../../src/network';
import { ProbeClient } from '../../src/probes/client';
import type { Spectrum } from '../../src/probes/protocol';
import { deepTanhMlp, fixedTanhMlp, heMlp, preLnStack, readExample, resNet, seluMlp, simpleCnn } from './examples';
import { referenceValues, requestOf, type ReferenceNorms, type ReferenceValues } from './reference';

/** On the same weights, the child measures what PyTorch computes in float64. */

const TOLERANCE = 1e-4;

function close(actual: number, expected: number, what: string, tolerance = TOLERANCE): void {
  const error = Math.abs(actual - expected);
  assert.ok(
    error <= tolerance * Math.abs(expected),
    `${what}: ${String(actual)}, and PyTorch says ${String(expected)}`,
  );
}

/**
 * Rounding switches a ReLU here and there, and the gradients of a norm's parameters, which are sums of many terms that
 * cancel, then change by up to a thousandth: PyTorch's own float32 is as far from its float64. For those parameters twice
 * its largest such difference in the network is the bound.
 */
function normTolerance(network: Network, exact: ReferenceNorms, single: ReferenceNorms): number {
  const norms = network.parameters.filter(({ role }) => role === 'normScale' || role === 'normShift');
  const differences = norms.map(({ path }) => Math.abs(single.parameters[path]! / exact.parameters[path]! - 1));
  return Math.max(TOLERANCE, 2 * Math.max(0, ...differences));
}

function closeSpectrum({ singularValues, resolution }: Spectrum, expected: readonly number[], what: string): void {
  assert.equal(singularValues.length, expected.length, what);
  expected.forEach((want, i) => {
    const error = Math.abs(singularValues[i]! - want);
    // Float32 leaves an error that is relative to the largest value: half of what the protocol announces is allowed.
    const bound = TOLERANCE * want + resolution / 2;
    assert.ok(
      error <= bound,
      `${what}, value ${String(i)}: ${String(singularValues[i])}, and PyTorch says ${String(want)}`,
    );
  });
}

describe('probes against PyTorch in float64', () => {
  let directory: string;
  let program: string;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'gradlens-parity-'));
    program = await buildProbeChild(directory);
  });
  after(() => rm(directory, { recursive: true }));

  for (const example of [deepTanhMlp, fixedTanhMlp, heMlp, seluMlp, simpleCnn, resNet, preLnStack])
    describe(example.construct, () => {
      let network: Network;
      let reference: ReferenceValues;
      before(async () => {
        network = await readExample(example);
        reference = await referenceValues(example, network, 1);
      });

      for (const backend of ['tensorflow', 'wasm'] as const)
        describe(`on ${backend}`, () => {
          let client: ProbeClient;
          before(async function () {
            client = new ProbeClient({ program, backend });
            if (backend === 'tensorflow') await client.backend().catch(() => this.skip());
          });
          after(() => client.dispose());

          it('gradient norms', async () => {
            const { gradientNorms, float32 } = reference;
            const result = await client.probe(requestOf('gradientNorms', example, network, reference));
            close(result.loss, gradientNorms.loss, 'loss');
            close(result.activations[0]!.gradientNorm, gradientNorms.input, 'input');
            const unseen = [...result.activations];
            for (const { path, gradientNorm, secondMoment } of gradientNorms.activations) {
              // A module that is called twice is two nodes of one path, in the order of the calls.
              const at = unseen.findIndex((one) => one.path === path);
              assert.ok(at >= 0, `${path} was not measured`);
              const [measured] = unseen.splice(at, 1) as [(typeof unseen)[number]];
              close(measured.gradientNorm, gradientNorm, path);
              close(measured.secondMoment, secondMoment, `second moment of ${path}`);
            }
            const roles = new Map(network.parameters.map(({ path, role }) => [path, role]));
            const ofNorms = normTolerance(network, gradientNorms, float32);
            assert.equal(result.parameters.length, Object.keys(gradientNorms.parameters).length);
            for (const { path, gradientNorm } of result.parameters) {
              const tolerance = roles.get(path)?.startsWith('norm') === true ? ofNorms : TOLERANCE;
              close(gradientNorm, gradientNorms.parameters[path]!, path, tolerance);
            }
          });

          it('singular values', async () => {
            const { spectra } = reference;
            const result = await client.probe(requestOf('jacobianSpectrum', example, network, reference));
            closeSpectrum(result.inputOutput, spectra.inputOutput, 'input to output');
            assert.deepEqual(
              result.layers.map(({ path }) => path),
              spectra.layers.map(({ to }) => to),
            );
            result.layers.forEach(({ spectrum, path }, i) =>
              closeSpectrum(spectrum, spectra.layers[i]!.singularValues, path),
            );
          });
        });
    });
});
