import './style.css';
import { element } from './element';
import { connectHost, embeddedSnapshots, type HostChannel } from './host';
import { modelTabs } from './models';
import { followSystemTheme, onThemeChange } from './theme';
import { registerToolkit } from './toolkit';
import { ModelView } from './view';

/** The panel: shows what the host sends and says what the user wants. */
function showPanel(root: HTMLElement, host: HostChannel): ModelView {
  const view = new ModelView(root, {
    probe: (again) => host.post({ kind: 'probe', again }),
    cancel: () => host.post({ kind: 'cancel' }),
    exportReport: () => host.post({ kind: 'export' }),
    reveal: (node) => host.post({ kind: 'reveal', node }),
    revealFinding: (index) => host.post({ kind: 'revealFinding', index }),
    vary: (variation) => host.post({ kind: 'vary', variation }),
    write: (variation) => host.post({ kind: 'write', variation }),
  });
  host.onMessage((message) => {
    switch (message.kind) {
      case 'snapshot':
        view.update(message.snapshot);
        host.post({ kind: 'rendered', model: message.snapshot.model, points: view.points });
        break;
      case 'progress':
        view.progress(message.state);
        break;
      case 'mark':
        view.mark(message.nodes);
        break;
      case 'varied':
        view.varied(message.answer);
        break;
      case 'showWhatIf':
        view.showWhatIf();
        break;
    }
  });
  host.post({ kind: 'ready' });
  return view;
}

/** The report: the models that the file brings with it. */
function showReport(root: HTMLElement): ModelView {
  followSystemTheme();
  const view = new ModelView(root, undefined);
  const snapshots = embeddedSnapshots();
  const show = modelTabs(snapshots, (snapshot) => {
    view.update(snapshot);
    view.mark([]);
  });
  if (snapshots.length > 1) root.before(show);
  if (snapshots.length === 0) root.replaceChildren(element('p', {}, 'This report holds no model.'));
  return view;
}

function main(): void {
  const root = document.getElementById('gradlens');
  if (!root) throw new Error('The page has no place for GradLens.');
  registerToolkit();
  const host = connectHost();
  const view = host ? showPanel(root, host) : showReport(root);
  onThemeChange(() => view.retheme());
}

main();
