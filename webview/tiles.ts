import type { PanelSnapshot } from '../src/panels/messages';
import { element } from './element';
import { countText } from './format';
import { sourceGlyph } from './glyph';
import { numberText, type PlainNumber } from '../src/panels/number';

/** The few numbers that sum a model up: predicted beside measured. */
export function tiles(snapshot: PanelSnapshot): HTMLElement {
  const { depth, gradients, spectrum } = snapshot;
  const made: HTMLElement[] = [];
  if (depth) {
    const { predictedGainRange: range } = depth;
    const across = range ? `${numberText(range[0])} to ${numberText(range[1])}` : numberText(depth.predictedGain);
    made.push(
      pair(
        'Gradient gain a layer',
        numberText(depth.predictedGainPerLayer),
        depth.measuredGainPerLayer,
        'healthy: near 1',
      ),
      pair(`Gradient gain over ${countText(depth.steps, 'step')}`, across, depth.measuredGain, 'healthy: near 1'),
      tile('Depth scale ξ', [
        figure(undefined, `${numberText(depth.depthScale)} layers`),
        element(
          'p',
          { class: 'hint' },
          `signals can be trained through about ${numberText(trainable(depth.depthScale))} layers`,
        ),
      ]),
    );
  }
  if (gradients)
    made.push(
      tile('Loss at the start', [
        figure('measured', numberText(gradients.loss)),
        element('p', { class: 'hint' }, `${gradients.lossName}, random targets`),
      ]),
    );
  if (spectrum)
    made.push(
      tile('Jacobian’s singular values', [
        figure('measured', numberText(spectrum.singularValues[0]), 'largest'),
        figure('measured', numberText(spectrum.singularValues.at(-1)), 'smallest'),
        element('p', { class: 'hint' }, 'healthy: near 1'),
      ]),
    );
  return element('section', { class: 'tiles', 'aria-label': 'Key figures' }, ...made);
}

const trainable = (depthScale: PlainNumber): PlainNumber =>
  typeof depthScale === 'number' ? 6 * depthScale : depthScale;

function pair(title: string, predicted: string, measured: PlainNumber | undefined, hint: string): HTMLElement {
  const shown = measured === undefined ? [] : [figure('measured', numberText(measured))];
  return tile(title, [figure('predicted', predicted), ...shown, element('p', { class: 'hint' }, hint)]);
}

function tile(title: string, content: readonly HTMLElement[]): HTMLElement {
  return element('div', { class: 'card tile' }, element('h2', {}, title), ...content);
}

function figure(
  source: 'predicted' | 'measured' | undefined,
  text: string,
  word: string | undefined = source,
): HTMLElement {
  const value = element('span', { class: 'value' }, text);
  return source === undefined
    ? element('p', { class: 'figure' }, value)
    : element(
        'p',
        { class: 'figure' },
        value,
        element('span', { class: 'source-name' }, sourceGlyph(source), word ?? source),
      );
}
