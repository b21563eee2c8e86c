import type { PanelSnapshot, ProbeState } from '../src/panels/messages';
import { element } from './element';
import { levelGlyph } from './glyph';
import { button, progressRing } from './toolkit';

/** What the header's buttons do; undefined in a report, where nobody answers. */
export interface HeaderActions {
  readonly probe: (again: boolean) => void;
  readonly cancel: () => void;
  readonly exportReport: () => void;
}

const frameworks: Readonly<Record<string, string>> = { pytorch: 'PyTorch', keras: 'Keras', tfjs: 'TensorFlow.js' };

/** The model's name, the verdict, and the probe's buttons and progress. */
export class Header {
  readonly root = element('header', { class: 'header' });
  private readonly actions = element('div', { class: 'actions' });
  private readonly status = element('div', { class: 'status', role: 'status', 'aria-live': 'polite' });
  private state: ProbeState = { kind: 'idle' };
  private measured = false;

  constructor(private readonly act: HeaderActions | undefined) {}

  update(snapshot: PanelSnapshot): void {
    this.measured = snapshot.gradients !== undefined || snapshot.spectrum !== undefined;
    const { model, file, framework, summary, verdict } = snapshot;
    const facts = [file, frameworks[framework] ?? framework, ...summary.split(' · ')];
    this.root.replaceChildren(
      element(
        'div',
        { class: 'heading' },
        element(
          'div',
          { class: 'name' },
          element('h1', {}, model),
          element('p', { class: 'facts' }, ...facts.map((fact) => element('span', {}, fact))),
        ),
        this.actions,
      ),
      element(
        'p',
        { class: `verdict level-${verdict.level}` },
        levelGlyph(verdict.level),
        element('span', {}, verdict.text),
      ),
      this.status,
    );
    this.showState();
  }

  progress(state: ProbeState): void {
    this.state = state;
    this.showState();
  }

  private showState(): void {
    const { act, state } = this;
    if (!act) return;
    if (state.kind === 'running') {
      const percent = `${Math.round(100 * state.fraction)} %`;
      const bar = element('progress', {
        max: '1',
        value: String(state.fraction),
        'aria-label': 'Progress of the probe',
      });
      this.status.replaceChildren(
        element('div', { class: 'running' }, progressRing(), element('span', {}, state.message), bar, percent),
      );
      this.actions.replaceChildren(button('Cancel', 'secondary', act.cancel));
      return;
    }
    this.status.replaceChildren(
      ...(state.kind === 'failed'
        ? [element('p', { class: 'failed' }, levelGlyph('error'), element('span', {}, state.message))]
        : []),
    );
    const probe = this.measured
      ? [
          button('Probe again', 'primary', () => act.probe(true)),
          button('Export report', 'secondary', act.exportReport),
        ]
      : [button('Probe', 'primary', () => act.probe(false))];
    this.actions.replaceChildren(...probe);
  }
}
