import type { PanelSnapshot } from '../src/panels/messages';
import { element } from './element';
import { levelGlyph } from './glyph';

/** The tabs of a report that holds more than one model. */
export function modelTabs(snapshots: readonly PanelSnapshot[], choose: (snapshot: PanelSnapshot) => void): HTMLElement {
  const tabs = snapshots.map(({ model, file, verdict }) =>
    element(
      'button',
      { type: 'button', role: 'tab', class: 'tab', 'aria-controls': 'gradlens', title: file },
      levelGlyph(verdict.level),
      element('span', {}, model),
    ),
  );
  const select = (at: number): void => {
    const snapshot = snapshots[at];
    if (!snapshot) return;
    tabs.forEach((tab, index) => {
      tab.setAttribute('aria-selected', String(index === at));
      tab.tabIndex = index === at ? 0 : -1;
    });
    choose(snapshot);
  };
  tabs.forEach((tab, index) => {
    tab.addEventListener('click', () => select(index));
    tab.addEventListener('keydown', ({ key }) => {
      const next = { ArrowRight: index + 1, ArrowLeft: index - 1, Home: 0, End: tabs.length - 1 }[key];
      if (next === undefined) return;
      const at = (next + tabs.length) % tabs.length;
      select(at);
      tabs[at]?.focus();
    });
  });
  select(0);
  return element('div', { class: 'tabs', role: 'tablist', 'aria-label': 'Models' }, ...tabs);
}
