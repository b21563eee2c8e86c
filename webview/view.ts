import type { PanelSnapshot, ProbeState, WhatIfFigures } from '../src/panels/messages';
import { ChartCard } from './charts/card';
import { gradientChart } from './charts/gradients';
import { layerChart } from './charts/layers';
import { momentChart } from './charts/moments';
import { spectrumChart } from './charts/spectrum';
import { element } from './element';
import { findingList } from './findings';
import { Header, type HeaderActions } from './header';
import { provenance } from './provenance';
import { LayerTable } from './table';
import { tiles } from './tiles';
import { WhatIf, type WhatIfActions } from './whatIf';

/** What the host does for the page; undefined in a report, which only marks what is chosen. */
export interface ViewActions extends HeaderActions, WhatIfActions {
  readonly reveal: (node: number) => void;
  readonly revealFinding: (index: number) => void;
}

/** All that the page shows of one model. */
export class ModelView {
  private readonly header: Header;
  private readonly figures = element('div', { class: 'summary' });
  private readonly findings = element('div', { class: 'summary' });
  private readonly cards: readonly ChartCard[];
  private readonly table: LayerTable;
  private readonly end = element('div');
  /** Undefined in a report, where nobody answers. */
  private readonly whatIf: WhatIf | undefined;
  private snapshot: PanelSnapshot | undefined;

  constructor(
    root: HTMLElement,
    private readonly actions: ViewActions | undefined,
  ) {
    this.header = new Header(actions);
    const choose = (node: number): void => {
      this.mark([node]);
      actions?.reveal(node);
    };
    this.table = new LayerTable(choose, actions ? 'Go to the line of this layer' : 'Mark this layer in the charts');
    const chooseDepth = (depth: number): void => {
      const row = this.snapshot?.layers.find((layer) => layer.hasWeights && layer.depth === depth);
      if (row) choose(row.node);
    };
    const probe = actions && (() => actions.probe(false));
    this.cards = [gradientChart, momentChart, spectrumChart, layerChart].map(
      (kind) => new ChartCard(kind, chooseDepth, probe),
    );
    const charts = element(
      'section',
      { class: 'charts', 'aria-label': 'Charts' },
      ...this.cards.map((card) => card.root),
    );
    this.whatIf = actions && new WhatIf(actions);
    const whatIf = this.whatIf ? [this.whatIf.root] : [];
    root.replaceChildren(this.header.root, this.figures, ...whatIf, charts, this.findings, this.table.root, this.end);
  }

  /** How many values each chart drew. */
  get points(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.cards.map((card) => [card.id, card.points]));
  }

  update(snapshot: PanelSnapshot): void {
    this.snapshot = snapshot;
    this.header.update(snapshot);
    this.figures.replaceChildren(tiles(snapshot));
    this.findings.replaceChildren(findingList(snapshot, this.actions?.revealFinding));
    for (const card of this.cards) card.update(snapshot);
    this.table.update(snapshot);
    this.end.replaceChildren(provenance(snapshot));
    this.whatIf?.update();
  }

  varied(answer: WhatIfFigures | { readonly reason: string }): void {
    this.whatIf?.answer(answer);
  }

  showWhatIf(): void {
    this.whatIf?.show();
  }

  progress(state: ProbeState): void {
    this.header.progress(state);
  }

  /** Marks these operations in the table, and their weight layers in the charts. */
  mark(nodes: readonly number[]): void {
    const chosen = new Set(nodes);
    const depths = (this.snapshot?.layers ?? []).filter(({ node }) => chosen.has(node)).map(({ depth }) => depth);
    for (const card of this.cards) card.mark(depths.filter((depth) => depth > 0));
    this.table.mark(nodes);
  }

  retheme(): void {
    for (const card of this.cards) card.retheme();
    this.whatIf?.retheme();
  }
}
