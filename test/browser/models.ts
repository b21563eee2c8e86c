import { join, resolve } from 'node:path';
import type { ModelAnalysis } from '../../src/analysis';
import type { Measured } from '../../src/panels/snapshot';
import type { PanelSnapshot } from '../../src/panels/messages';
import { ProbeClient } from '../../src/probes/client';
import { initialProbe } from '../../src/probes/request';
import { judge } from '../../src/rules';
import { propagate } from '../../src/theory';
import { tanhMlp } from '../unit/panels/tanhMlp';

export const hiddenLayers = 12;
const width = 64;

/** A tanh network as theory and rules judge it. */
export function predicted(): ModelAnalysis {
  const network = tanhMlp(hiddenLayers, width);
  const report = propagate(network);
  return { network, report, findings: judge(network, report) };
}

/** What the built probe child measures of it. */
export async function measure({ network }: ModelAnalysis): Promise<Measured> {
  const program = join(resolve(__dirname, '..', '..'), 'dist', 'probe-child.js');
  const client = new ProbeClient({ program, backend: 'wasm' });
  const choices = { seed: 0, batch: 16, shape: [width] };
  try {
    return {
      gradients: await client.probe(initialProbe('gradientNorms', network, choices)),
      spectrum: await client.probe(initialProbe('jacobianSpectrum', network, choices)),
    };
  } finally {
    await client.dispose();
  }
}

/** The same model where gradients vanish to zero, overflow and turn to NaN on the way. */
export function broken(snapshot: PanelSnapshot): PanelSnapshot {
  const bad = ['NaN', 'Infinity', 0] as const;
  return {
    ...snapshot,
    layers: snapshot.layers.map((row) => {
      const value = row.depth <= 9 ? bad[Math.floor((row.depth - 1) / 3)] : undefined;
      return value === undefined ? row : { ...row, measured: { secondMoment: value, gradientNorm: value } };
    }),
  };
}
