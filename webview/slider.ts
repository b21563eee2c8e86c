import { element } from './element';

/** A labelled slider with its number. */
export class Slider {
  readonly root: HTMLElement;
  private readonly input: HTMLInputElement;
  private readonly output = element('output');

  /** @param changed is told the value at every move */
  constructor(
    private readonly settings: {
      readonly label: string;
      readonly min: number;
      readonly max: number;
      readonly step: number;
      readonly text: (value: number) => string;
      readonly changed: (value: number) => void;
    },
  ) {
    const { label, min, max, step, text, changed } = settings;
    this.input = element('input', { type: 'range', min: String(min), max: String(max), step: String(step) });
    this.input.addEventListener('input', () => {
      this.output.textContent = text(this.input.valueAsNumber);
      changed(this.input.valueAsNumber);
    });
    this.root = element('label', { class: 'slider' }, element('span', {}, label), this.input, this.output);
  }

  set(value: number): void {
    // The slider ends where it ends; what is beyond is told all the same.
    this.input.value = String(value);
    this.output.textContent = this.settings.text(value);
  }
}
