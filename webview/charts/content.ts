import type { PanelSnapshot } from '../../src/panels/messages';
import type { Range, Series } from './series';

/** What one chart shows; the page draws all of them alike, on a logarithmic axis. */
export interface ChartContent {
  readonly xAxis: string;
  readonly yAxis: string;
  readonly series: readonly Series[];
  readonly ranges: readonly Range[];
  /** Values up to it are not told from zero. */
  readonly resolution?: number;
  /** Where the mark of the cursor's layers belongs on the x axis: at weight layers. */
  readonly byDepth: boolean;
  /** What stands at `x`: the tooltip's title. */
  readonly titleAt: (x: number) => string;
  /** The chart in a sentence, with its numbers, for those who do not see it. */
  readonly summary: string;
  /** What the reader of the numbers must know. */
  readonly remark?: string;
}

/** A chart of the page. */
export interface ChartKind {
  /** Its name in the message `rendered`. */
  readonly id: string;
  readonly title: string;
  /** One sentence: what it means and what is normal. */
  readonly meaning: string;
  /** What measures it, where it has not been measured. */
  readonly missing: string;
  /** Undefined where there is nothing to draw yet. */
  readonly content: (snapshot: PanelSnapshot) => ChartContent | undefined;
}
