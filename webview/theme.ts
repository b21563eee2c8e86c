/** The colours of charts, from the theme's own variables. */
export interface ChartColors {
  readonly foreground: string;
  readonly muted: string;
  readonly grid: string;
  readonly background: string;
  readonly measured: string;
  readonly predicted: string;
  readonly mark: string;
  readonly alarm: string;
}

export interface Theme {
  readonly colors: ChartColors;
  readonly fontFamily: string;
  readonly highContrast: boolean;
}

export function readTheme(): Theme {
  const style = getComputedStyle(document.body);
  const variable = (...names: readonly string[]): string => {
    for (const name of names) {
      const value = style.getPropertyValue(`--vscode-${name}`).trim();
      if (value !== '') return value;
    }
    return style.color;
  };
  const highContrast = /\bvscode-high-contrast/.test(document.body.className);
  const foreground = variable('foreground', 'editor-foreground');
  return {
    colors: {
      foreground,
      muted: highContrast ? foreground : variable('descriptionForeground'),
      grid: highContrast ? variable('contrastBorder') : variable('editorIndentGuide-background1', 'panel-border'),
      background: variable('editor-background'),
      measured: variable('charts-blue'),
      predicted: opaque(variable('charts-orange')),
      mark: variable('focusBorder', 'charts-foreground'),
      alarm: variable('charts-red', 'errorForeground'),
    },
    fontFamily: variable('font-family'),
    highContrast,
  };
}

/** Light themes take `charts.orange` from a translucent highlight; a thin line must not be. */
function opaque(color: string): string {
  return /^#[\da-f]{8}$/i.test(color) ? color.slice(0, 7) : color.replace(/^rgba\((.+),[^,]+\)$/, 'rgb($1)');
}

/** Calls back when the theme has changed. */
export function onThemeChange(changed: () => void): void {
  const observer = new MutationObserver(changed);
  observer.observe(document.body, { attributes: true, attributeFilter: ['class'] });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });
}

/** Outside VS Code: follows the system's light or dark, spelled as VS Code spells it. */
export function followSystemTheme(): void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const apply = (): void => {
    classList.toggle('dark', dark.matches);
    const kind = dark.matches ? 'vscode-dark' : 'vscode-light';
    document.body.className = kind;
    document.body.dataset['vscodeThemeKind'] = kind;
  };
  const { classList } = document.documentElement;
  classList.add('report');
  dark.addEventListener('change', apply);
  apply();
}
