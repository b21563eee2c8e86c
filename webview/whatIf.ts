import type { VariationFields, WhatIfFigures } from '../src/panels/messages';
import { numberText } from '../src/panels/number';
import { PhaseMapChart } from './charts/phase-map';
import { element } from './element';
import { countText } from './format';
import { levelGlyph } from './glyph';
import { Slider } from './slider';
import { button } from './toolkit';

/** What the host does for *What if*. */
export interface WhatIfActions {
  readonly vary: (variation: VariationFields) => void;
  readonly write: (variation: VariationFields) => void;
}

type NumberField = Exclude<keyof VariationFields, 'activation'>;

/** Sliders over the hidden layers, what theory says of them at once, and the order-to-chaos map. Closed until somebody asks. */
export class WhatIf {
  readonly root = element('details', { class: 'card what-if' });
  private readonly body = element('div', { class: 'what-if-body' });
  private readonly result = element('div', { class: 'what-if-result', role: 'status' });
  private readonly canvas = element('canvas');
  private readonly controls = element('div', { class: 'what-if-controls' });
  private readonly choice = element('select', { id: 'what-if-activation' });
  private readonly buttons = element('div', { class: 'actions' });
  private variation: VariationFields = {};
  /** Undefined while the sliders are not made yet: they begin where the source stands. */
  private sliders: ReadonlyMap<NumberField, Slider> | undefined;
  private map: PhaseMapChart | undefined;
  private waiting: 'nothing' | 'answer' | 'answerThenAsk' = 'nothing';
  private figures: WhatIfFigures | undefined;
  /** The next source that comes is the one that was written: the sliders stand as they are in it. */
  private isWritten = false;

  constructor(private readonly actions: WhatIfActions) {
    this.root.append(
      element(
        'summary',
        {},
        element('h3', {}, 'What if'),
        element('span', { class: 'meaning' }, 'other weights, activation, depth or width: by theory, nothing is run'),
      ),
      this.body,
    );
    this.root.addEventListener('toggle', () => {
      if (this.root.open) this.ask();
    });
    this.choice.addEventListener('change', () => {
      const others: VariationFields = Object.fromEntries(
        Object.entries(this.variation).filter(([field]) => field !== 'activation'),
      );
      this.vary(this.choice.value === '' ? others : { ...others, activation: this.choice.value });
    });
  }

  show(): void {
    this.root.open = true;
    this.root.scrollIntoView({ block: 'start' });
  }

  /** The model of the source may be another now. */
  update(): void {
    if (this.isWritten) {
      this.variation = {};
      this.sliders = undefined;
      this.isWritten = false;
    }
    // Of the model before, there may come no answer any more.
    this.waiting = 'nothing';
    if (this.root.open) this.ask();
  }

  answer(answer: WhatIfFigures | { readonly reason: string }): void {
    const again = this.waiting === 'answerThenAsk';
    this.waiting = 'nothing';
    if ('reason' in answer) {
      this.close();
      this.body.replaceChildren(element('p', {}, answer.reason));
      return;
    }
    this.showFigures(answer);
    if (again) this.ask();
  }

  retheme(): void {
    this.map?.retheme();
  }

  private close(): void {
    this.map?.dispose();
    this.map = undefined;
    this.sliders = undefined;
  }

  /** One question at a time: what has changed meanwhile is asked with the next. */
  private ask(): void {
    if (this.waiting !== 'nothing') {
      this.waiting = 'answerThenAsk';
      return;
    }
    this.waiting = 'answer';
    this.actions.vary(this.variation);
  }

  private vary(variation: VariationFields): void {
    this.variation = variation;
    this.ask();
  }

  private showFigures(figures: WhatIfFigures): void {
    const made = this.sliders === undefined || !sameSource(this.figures, figures);
    this.figures = figures;
    if (made) this.build(figures);
    this.result.replaceChildren(...resultOf(figures));
    const changed = Object.keys(this.variation).length > 0;
    this.buttons.replaceChildren(
      ...(changed ? [button('Reset', 'secondary', () => this.reset())] : []),
      ...(changed && figures.cannotWrite === undefined
        ? [button('Write into the source', 'primary', () => this.write())]
        : []),
      ...(changed && figures.cannotWrite !== undefined ? [element('p', { class: 'hint' }, figures.cannotWrite)] : []),
    );
    if (this.map) this.map.update(figures);
    else this.map = new PhaseMapChart(this.canvas, figures);
  }

  private write(): void {
    this.isWritten = true;
    this.actions.write(this.variation);
  }

  private reset(): void {
    this.vary({});
    this.choice.value = '';
    if (this.figures) this.place(this.figures);
  }

  private build(figures: WhatIfFigures): void {
    const { source, activations } = figures;
    const slider = (
      field: NumberField,
      label: string,
      [min, max, step]: readonly [number, number, number],
      text: (value: number) => string,
    ): readonly [NumberField, Slider] => {
      const changed = (value: number): void => this.vary({ ...this.variation, [field]: value });
      return [field, new Slider({ label, min, max, step, text, changed })];
    };
    const decimals = (value: number): string => value.toFixed(2);
    const sliders = new Map<NumberField, Slider>([
      slider(
        'weightDeviation',
        'σ_w, deviation of the weights times √fan-in',
        [0.05, figures.map.largest.weightDeviation, 0.01],
        decimals,
      ),
      ...(source.hasBiases
        ? [
            slider(
              'biasDeviation',
              'σ_b, deviation of the biases',
              [0, figures.map.largest.biasDeviation, 0.01],
              decimals,
            ),
          ]
        : []),
      slider('steps', 'Depth', [1, Math.max(100, 4 * source.steps), 1], (value) => countText(value, 'step')),
      slider('width', 'Width', [8, Math.max(2048, 4 * source.width), 8], (value) => countText(value, 'unit')),
      ...(source.hasBranches ? [slider('branchScale', 'Scale of residual branches', [0, 1.5, 0.01], decimals)] : []),
    ]);
    this.sliders = sliders;
    this.choice.replaceChildren(
      element('option', { value: '' }, `${source.activation} (as written)`),
      ...activations.map(({ id, name }) => element('option', { value: id }, name)),
    );
    this.choice.value = this.variation.activation ?? '';
    this.controls.replaceChildren(
      ...[...sliders.values()].map(({ root }) => root),
      element('label', { class: 'slider' }, element('span', {}, 'Activation'), this.choice),
      this.buttons,
    );
    this.place(figures);
    this.body.replaceChildren(
      element('div', { class: 'what-if-side' }, this.controls, this.result),
      element(
        'figure',
        { class: 'what-if-map' },
        element('div', { class: 'canvas' }, this.canvas),
        element(
          'figcaption',
          { class: 'hint' },
          'Blue: ordered, gradients vanish. Red: chaotic, they explode. On the line χ₁ = 1 they are kept. Triangles: layers as the sliders have them; ring: as written.',
        ),
      ),
    );
    this.map?.dispose();
    this.map = undefined;
  }

  private place({ source }: WhatIfFigures): void {
    const { weightDeviation, biasDeviation, steps, width } = source;
    const written: Readonly<Record<NumberField, number>> = {
      weightDeviation,
      biasDeviation,
      steps,
      width,
      branchScale: 1,
    };
    for (const [field, slider] of this.sliders ?? []) slider.set(this.variation[field] ?? written[field]);
  }
}

const sameSource = (before: WhatIfFigures | undefined, now: WhatIfFigures): boolean =>
  JSON.stringify(before?.source) === JSON.stringify(now.source);

function resultOf({ verdict, gain, gainPerLayer, spread, depthScale, source }: WhatIfFigures): readonly HTMLElement[] {
  const row = (name: string, text: string): HTMLElement =>
    element('div', { class: 'row' }, element('dt', {}, name), element('dd', {}, text));
  return [
    element(
      'p',
      { class: `verdict level-${verdict.level}` },
      levelGlyph(verdict.level),
      element('span', {}, verdict.text),
    ),
    element(
      'dl',
      {},
      row('Gradient over the depth', `${numberText(source.gain)} → ${numberText(gain)}`),
      row('A layer', numberText(gainPerLayer)),
      row('Between seeds', `× or ÷ ${numberText(spread)}`),
      row('Depth scale ξ', `${numberText(depthScale)} layers`),
    ),
  ];
}
