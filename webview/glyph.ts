import type { FindingRow, Verdict } from '../src/panels/messages';

type Level = Verdict['level'] | FindingRow['severity'];

const svg = 'http://www.w3.org/2000/svg';

type Shape = readonly [tag: 'path' | 'circle', attributes: Readonly<Record<string, string>>];

function drawing(viewBox: string, className: string, shapes: readonly Shape[]): SVGSVGElement {
  const root = document.createElementNS(svg, 'svg');
  root.setAttribute('viewBox', viewBox);
  root.setAttribute('class', className);
  root.setAttribute('aria-hidden', 'true');
  for (const [tag, attributes] of shapes) {
    const shape = document.createElementNS(svg, tag);
    for (const [name, value] of Object.entries(attributes)) shape.setAttribute(name, value);
    root.append(shape);
  }
  return root;
}

const levels: Readonly<Record<Level, readonly Shape[]>> = {
  good: [
    ['circle', { cx: '8', cy: '8', r: '6.5' }],
    ['path', { d: 'M5 8.2l2.1 2.2L11 6' }],
  ],
  information: [
    ['circle', { cx: '8', cy: '8', r: '6.5' }],
    ['path', { d: 'M8 7.2v3.8M8 4.8v.6' }],
  ],
  warning: [['path', { d: 'M8 1.8l6.6 12H1.4zM8 6.2v3.8M8 11.6v.6' }]],
  error: [
    ['circle', { cx: '8', cy: '8', r: '6.5' }],
    ['path', { d: 'M5.6 5.6l4.8 4.8M10.4 5.6l-4.8 4.8' }],
  ],
  unknown: [
    ['circle', { cx: '8', cy: '8', r: '6.5', 'stroke-dasharray': '2.2 1.8' }],
    ['path', { d: 'M5.5 8h5' }],
  ],
};

/** A sign with a shape of its own for each level, so that colour is never alone. */
export function levelGlyph(level: Level): SVGSVGElement {
  return drawing('0 0 16 16', `glyph level-${level}`, levels[level]);
}

/** What stands in charts for a prediction and for a measurement. */
export function sourceGlyph(source: 'predicted' | 'measured' | 'dashes' | 'range'): SVGSVGElement {
  const shapes: Readonly<Record<typeof source, readonly Shape[]>> = {
    predicted: [
      ['path', { d: 'M0 5h7M17 5h7', 'stroke-dasharray': '4 2.5' }],
      ['path', { d: 'M12 1.4l3.8 6.4H8.2z', class: 'hollow' }],
    ],
    measured: [
      ['path', { d: 'M0 5h24' }],
      ['circle', { cx: '12', cy: '5', r: '3', class: 'full' }],
    ],
    dashes: [['path', { d: 'M7 5h10' }]],
    range: [['path', { d: 'M12 .5v9M9 .5h6M9 9.5h6' }]],
  };
  return drawing('0 0 24 10', `glyph source source-${source}`, shapes[source]);
}
