import { type LayerRow, type PanelSnapshot } from '../../src/panels/messages';
import type { Series } from './series';
import { numberText, plainNumber } from '../../src/panels/number';

/** The weight layers, which stand on the charts' x axis in their order. */
export function weightLayers({ layers }: PanelSnapshot): readonly LayerRow[] {
  return layers.filter((row) => row.hasWeights);
}

/** Names the weight layer at `x`. */
export function layerTitle(snapshot: PanelSnapshot): (x: number) => string {
  const rows = weightLayers(snapshot);
  return (x) => {
    const row = rows[Math.round(x) - 1];
    return row ? [`Layer ${row.depth}`, row.path, row.kind].filter(Boolean).join(' · ') : '';
  };
}

/** `measured 0.01 at layer 1 to 2.1 at layer 30; predicted …` */
export function fromFirstToLast(series: readonly Series[]): string {
  return series
    .flatMap(({ label, samples }) => {
      const [first, last] = [samples[0], samples.at(-1)];
      if (!first || !last) return [];
      const ends = [first, last].map(({ x, value }) => `${numberText(plainNumber(value))} at layer ${x}`);
      return [`${label}: ${ends.join(' to ')}`];
    })
    .join('; ');
}
