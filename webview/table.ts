import type { LayerRow, PanelSnapshot } from '../src/panels/messages';
import { element } from './element';
import { countText } from './format';
import { checkbox } from './toolkit';
import { numberText, type PlainNumber } from '../src/panels/number';

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
    const groups = columnGroups(snapshot);
    const columns = groups.flatMap((group) => group.columns);
    this.table.prepend(head(groups));
    this.body.replaceChildren(...rows.map((row) => this.row(row, columns)));
    const first = [...this.body.rows].find((row) => nodeOf(row) === focused) ?? this.body.rows[0];
    if (!first) return;
    first.tabIndex = 0;
    if (focused !== undefined) first.focus();
  }

  private row(layer: LayerRow, columns: readonly Column[]): HTMLTableRowElement {
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
      element(
        'td',
        { class: 'number muted' },
        layer.file === undefined ? String(layer.line) : `${layer.file}:${layer.line}`,
      ),
      ...columns.map(({ cell, first }) => element('td', { class: numberClass(first) }, ...cell(layer))),
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

/** A column of numbers. */
interface Column {
  readonly title: string;
  readonly first: boolean;
  readonly known: (layer: LayerRow) => boolean;
  readonly cell: (layer: LayerRow) => readonly (string | HTMLElement)[];
}

interface ColumnGroup {
  readonly title: string;
  readonly columns: readonly Column[];
}

/** The columns of which at least one row has a number. */
function columnGroups({ gradientAnchor, layers }: PanelSnapshot): readonly ColumnGroup[] {
  const number = (title: string, value: (layer: LayerRow) => PlainNumber | undefined): Column => ({
    title,
    first: false,
    known: (layer) => value(layer) !== undefined,
    cell: (layer) => [numberText(value(layer))],
  });
  const groups: readonly ColumnGroup[] = [
    {
      title: 'Signal E[z²]',
      columns: [
        number('predicted', ({ predicted }) => predicted?.secondMoment),
        number('measured', ({ measured }) => measured?.secondMoment),
      ],
    },
    {
      title: gradientAnchor === 'measured' ? 'Gradient ‖∂L/∂z‖' : 'Gradient, relative',
      columns: [
        number('predicted', ({ predicted }) => predicted?.gradientNorm),
        number('measured', ({ measured }) => measured?.gradientNorm),
      ],
    },
    { title: 'Gain √χ', columns: [number('predicted', ({ predictedGain }) => predictedGain)] },
    {
      title: 'Gradient of parameters',
      columns: [{ title: 'measured', first: false, known: hasParameterGradients, cell: parameterGradients }],
    },
    {
      title: 'Singular values',
      columns: [
        number('smallest', ({ jacobian }) => jacobian?.smallest),
        number('median', ({ jacobian }) => jacobian?.median),
        number('largest', ({ jacobian }) => jacobian?.largest),
      ],
    },
  ];
  return groups
    .map(({ title, columns }) => ({ title, columns: columns.filter(({ known }) => layers.some(known)) }))
    .filter(({ columns }) => columns.length > 0)
    .map(({ title, columns }) => ({
      title,
      columns: columns.map((column, index) => ({ ...column, first: index === 0 })),
    }));
}

function hasParameterGradients({ parameters }: LayerRow): boolean {
  return parameters.some(({ gradientNorm }) => gradientNorm !== undefined);
}

function parameterGradients(layer: LayerRow): readonly (string | HTMLElement)[] {
  if (!hasParameterGradients(layer)) return ['–'];
  return layer.parameters.map(({ path, gradientNorm }) =>
    element(
      'span',
      { class: 'parameter', title: path },
      element('span', { class: 'muted' }, path.slice(path.lastIndexOf('.') + 1)),
      ` ${numberText(gradientNorm)}`,
    ),
  );
}

function numberClass(first: boolean): string {
  return first ? 'number first' : 'number';
}

function head(groups: readonly ColumnGroup[]): HTMLTableSectionElement {
  const spanning = groups.map(({ title, columns }) =>
    element('th', { scope: 'colgroup', colspan: String(columns.length), class: 'first' }, title),
  );
  const columns = groups
    .flatMap((group) => group.columns)
    .map(({ title, first }) => element('th', { scope: 'col', class: numberClass(first) }, title));
  return element(
    'thead',
    {},
    element(
      'tr',
      {},
      element('th', { scope: 'col', rowspan: '2' }, 'Layer'),
      element('th', { scope: 'col', rowspan: '2', class: 'number' }, 'Line'),
      ...spanning,
    ),
    element('tr', {}, ...columns),
  );
}
