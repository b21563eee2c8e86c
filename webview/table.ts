import type { LayerRow, PanelSnapshot } from '../src/panels/messages';
import { element } from './element';
import { countText, numberOrDash } from './format';
import { checkbox } from './toolkit';

/** The layers with all their numbers: what the charts show, for those who read or listen. */
export class LayerTable {
  readonly root = element('section', { class: 'layers', 'aria-labelledby': 'layers-title' });
  private readonly body = element('tbody');
  private readonly table = element('table', { 'aria-labelledby': 'layers-title' });
  private readonly title = element('h2', { id: 'layers-title' });
  private snapshot: PanelSnapshot | undefined;
  private all = false;
  private marked: ReadonlySet<number> = new Set();

  /** @param choose a row was clicked, or Enter pressed on it */
  constructor(
    private readonly choose: (node: number) => void,
    private readonly chooseHint: string,
  ) {
    const toggle = checkbox('All operations', (checked) => {
      this.all = checked;
      this.draw();
    });
    this.table.append(this.body);
    this.root.append(
      element('div', { class: 'section-head' }, this.title, toggle),
      element('div', { class: 'scroller', tabindex: '-1' }, this.table),
    );
    this.body.addEventListener('click', ({ target }) => {
      const row = target instanceof Element ? target.closest('tr') : null;
      if (row) this.choose(nodeOf(row));
    });
    this.body.addEventListener('keydown', (event) => this.key(event));
  }

  update(snapshot: PanelSnapshot): void {
    this.snapshot = snapshot;
    this.draw();
  }

  mark(nodes: readonly number[]): void {
    this.marked = new Set(nodes);
    for (const row of this.body.rows) this.markRow(row);
  }

  private draw(): void {
    const { snapshot } = this;
    if (!snapshot) return;
    const focused = document.activeElement instanceof HTMLTableRowElement ? nodeOf(document.activeElement) : undefined;
    const rows = snapshot.layers.filter((row) => this.all || row.hasWeights);
    this.title.textContent = `Layers (${countText(rows.length, 'row')})`;
    this.table.tHead?.remove();
    this.table.prepend(head(snapshot));
    this.body.replaceChildren(...rows.map((row) => this.row(row)));
    const first = [...this.body.rows].find((row) => nodeOf(row) === focused) ?? this.body.rows[0];
    if (!first) return;
    first.tabIndex = 0;
    if (focused !== undefined) first.focus();
  }

  private row(layer: LayerRow): HTMLTableRowElement {
    const { predicted, measured, jacobian } = layer;
    const number = (text: string, className = ''): HTMLElement => element('td', { class: `number ${className}` }, text);
    const row = element(
      'tr',
      { 'data-node': String(layer.node), tabindex: '-1', title: this.chooseHint },
      element(
        'th',
        { scope: 'row' },
        element('span', { class: 'depth' }, layer.hasWeights ? String(layer.depth) : ''),
        element('code', {}, layer.path || '–'),
        element('span', { class: 'kind' }, layer.kind),
      ),
      number(String(layer.line), 'muted'),
      number(numberOrDash(predicted?.secondMoment), 'first predicted'),
      number(numberOrDash(measured?.secondMoment)),
      number(numberOrDash(predicted?.gradientNorm), 'first predicted'),
      number(numberOrDash(measured?.gradientNorm)),
      number(numberOrDash(layer.predictedGain), 'first predicted'),
      element('td', { class: 'number first' }, ...parameterLines(layer)),
      number(numberOrDash(jacobian?.smallest), 'first'),
      number(numberOrDash(jacobian?.median)),
      number(numberOrDash(jacobian?.largest)),
    );
    this.markRow(row);
    return row;
  }

  private markRow(row: HTMLTableRowElement): void {
    const marked = this.marked.has(nodeOf(row));
    row.classList.toggle('marked', marked);
    if (marked) row.setAttribute('aria-current', 'true');
    else row.removeAttribute('aria-current');
  }

  /** Arrows, Home and End walk the rows; Enter and Space choose. */
  private key(event: KeyboardEvent): void {
    const row = event.target instanceof Element ? event.target.closest('tr') : null;
    if (!row) return;
    const { rows } = this.body;
    const at = [...rows].indexOf(row);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (next !== undefined) {
      const target = rows[Math.min(Math.max(next, 0), rows.length - 1)];
      for (const other of rows) other.tabIndex = other === target ? 0 : -1;
      target?.focus();
    } else if (event.key === 'Enter' || event.key === ' ') this.choose(nodeOf(row));
    else return;
    event.preventDefault();
  }
}

function nodeOf(row: HTMLTableRowElement): number {
  return Number(row.dataset['node']);
}

function parameterLines({ parameters }: LayerRow): readonly HTMLElement[] {
  const measured = parameters.filter(({ gradientNorm }) => gradientNorm !== undefined);
  if (measured.length === 0) return [element('span', {}, '–')];
  return measured.map(({ path, gradientNorm }) =>
    element(
      'span',
      { class: 'parameter', title: path },
      element('span', { class: 'muted' }, path.slice(path.lastIndexOf('.') + 1)),
      ` ${numberOrDash(gradientNorm)}`,
    ),
  );
}

function head({ gradientAnchor }: PanelSnapshot): HTMLTableSectionElement {
  const group = (text: string, columns: number): HTMLElement =>
    element('th', { scope: 'colgroup', colspan: String(columns), class: 'first' }, text);
  const column = (text: string, className = 'number'): HTMLElement =>
    element('th', { scope: 'col', class: className }, text);
  const first = 'number first';
  return element(
    'thead',
    {},
    element(
      'tr',
      {},
      element('th', { scope: 'col', rowspan: '2' }, 'Layer'),
      element('th', { scope: 'col', rowspan: '2', class: 'number' }, 'Line'),
      group('Signal E[z²]', 2),
      group(gradientAnchor === 'measured' ? 'Gradient ‖∂L/∂z‖' : 'Gradient, relative', 2),
      group('Gain √χ', 1),
      group('Gradient of parameters', 1),
      group('Singular values', 3),
    ),
    element(
      'tr',
      {},
      column('predicted', first),
      column('measured'),
      column('predicted', first),
      column('measured'),
      column('predicted', first),
      column('measured', first),
      column('smallest', first),
      column('median'),
      column('largest'),
    ),
  );
}
