import type { FindingRow, PanelSnapshot } from '../src/panels/messages';
import { element } from './element';
import { countText } from './format';
import { levelGlyph } from './glyph';

/** What is wrong and how sure that is; with `reveal`, a click or Enter goes to the line. */
export function findingList(
  { findings, notes }: PanelSnapshot,
  reveal: ((index: number) => void) | undefined,
): HTMLElement {
  const section = element('section', { class: 'findings', 'aria-labelledby': 'findings-title' });
  if (findings.length > 0)
    section.append(
      element('h2', { id: 'findings-title' }, 'Findings ', badge(findings.length, 'finding')),
      element('ul', {}, ...findings.map((finding, index) => item(finding, reveal && (() => reveal(index))))),
    );
  if (notes.length > 0)
    section.append(
      element('h2', {}, 'Not judged or assumed ', badge(notes.length, 'note')),
      element(
        'ul',
        { class: 'notes' },
        ...notes.map(({ message, line }) =>
          element('li', {}, element('span', { class: 'line' }, `line ${line}`), element('span', {}, message)),
        ),
      ),
    );
  return section;
}

function badge(count: number, what: string): HTMLElement {
  return element('span', { class: 'badge', 'aria-label': countText(count, what) }, String(count));
}

function item(finding: FindingRow, reveal: (() => void) | undefined): HTMLElement {
  const { rule, severity, line, message, evidence, citation, fixes } = finding;
  const place = `line ${line}`;
  const to = reveal
    ? element('button', { class: 'link', type: 'button', title: 'Go to the line' }, place)
    : element('span', { class: 'line' }, place);
  if (reveal) to.addEventListener('click', reveal);
  return element(
    'li',
    { class: 'card finding' },
    levelGlyph(severity),
    element(
      'div',
      {},
      element('p', { class: 'finding-head' }, element('strong', {}, severity), element('code', {}, rule), to),
      element('p', { class: 'message' }, message),
      ...fixes.map((fix) => element('p', { class: 'fix' }, element('span', { class: 'tag' }, 'Fix'), fix)),
      element('p', { class: 'source-note' }, `${evidence} · ${citation}`),
    ),
  );
}
