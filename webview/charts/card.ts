import type { PanelSnapshot } from '../../src/panels/messages';
import { element } from '../element';
import { sourceGlyph } from '../glyph';
import { button } from '../toolkit';
import type { ChartContent, ChartKind } from './content';
import { LogChart } from './log-chart';

/** A chart with its title, what it means, and its legend; or what there would be. */
export class ChartCard {
  readonly root: HTMLElement;
  private readonly body = element('div', { class: 'chart-body' });
  private chart: LogChart | undefined;

  /** @param probe measures; undefined where nothing can be measured */
  constructor(
    private readonly kind: ChartKind,
    private readonly choose: (depth: number) => void,
    private readonly probe: (() => void) | undefined,
  ) {
    const id = `chart-${kind.id}`;
    this.root = element(
      'figure',
      { class: 'card chart', 'aria-labelledby': id },
      element('figcaption', {}, element('h3', { id }, kind.title), element('p', { class: 'meaning' }, kind.meaning)),
      this.body,
    );
  }

  get id(): string {
    return this.kind.id;
  }

  /** How many values are drawn. */
  get points(): number {
    return this.chart?.points ?? 0;
  }

  update(snapshot: PanelSnapshot): void {
    const content = this.kind.content(snapshot);
    this.chart?.dispose();
    this.chart = undefined;
    if (!content) {
      this.body.replaceChildren(this.empty());
      return;
    }
    const canvas = element('canvas');
    this.body.replaceChildren(
      legend(content),
      element('div', { class: 'canvas' }, canvas),
      ...(content.remark === undefined ? [] : [element('p', { class: 'remark' }, content.remark)]),
    );
    this.chart = new LogChart(canvas, content, this.choose);
  }

  mark(depths: readonly number[]): void {
    this.chart?.mark(depths);
  }

  retheme(): void {
    this.chart?.retheme();
  }

  private empty(): HTMLElement {
    const text = element(
      'p',
      {},
      element('strong', {}, 'Not measured yet.'),
      ` A probe measures the ${this.kind.missing}.`,
    );
    return element('div', { class: 'empty' }, text, ...(this.probe ? [button('Probe', 'secondary', this.probe)] : []));
  }
}

function legend({ series, ranges }: ChartContent): HTMLElement {
  const drawn = series.filter(({ samples }) => samples.length > 0);
  const items = drawn.map(({ label, source, form }) =>
    element('li', {}, sourceGlyph(form === 'dashes' ? 'dashes' : source), label),
  );
  if (ranges.length > 0) items.push(element('li', {}, sourceGlyph('range'), 'Measured smallest to largest'));
  return element('ul', { class: 'legend' }, ...items);
}
