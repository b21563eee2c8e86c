import type { MeasurementFigures, PanelSnapshot } from '../src/panels/messages';
import { element } from './element';
import { secondsText } from './format';

/** How the numbers were come by: backend, seeds, time, and what was published about them. */
export function provenance({ gradients, spectrum, citations }: PanelSnapshot): HTMLElement {
  const rows = [
    ...(gradients ? measurement('Gradient norms', gradients) : []),
    ...(spectrum ? measurement('Jacobian', spectrum) : []),
  ];
  const notes = [...new Set([...(gradients?.notes ?? []), ...(spectrum?.notes ?? [])])];
  return element(
    'footer',
    { class: 'provenance' },
    ...(rows.length > 0 ? [element('h2', {}, 'How it was measured'), element('dl', {}, ...rows)] : []),
    ...(notes.length > 0 ? [element('ul', {}, ...notes.map((note) => element('li', {}, note)))] : []),
    element(
      'p',
      {},
      'Predictions hold for infinitely wide layers before the first training step, averaged over random draws of the weights; ' +
        'one measurement is one draw.',
    ),
    ...(citations.length > 0
      ? [
          element('h2', {}, 'Literature'),
          element('ul', {}, ...citations.map((citation) => element('li', {}, citation))),
        ]
      : []),
  );
}

function measurement(name: string, { backend, seed, seconds }: MeasurementFigures): readonly HTMLElement[] {
  return [element('dt', {}, name), element('dd', {}, [backend, seed, secondsText(seconds)].join(' · '))];
}
