import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeCheckbox,
  vsCodeProgressRing,
} from '@vscode/webview-ui-toolkit';

// The toolkit is no longer developed: this file alone knows it, so that it can be replaced here. Its badge is not used: it
// writes a style attribute, which the policy of the page forbids.

export function registerToolkit(): void {
  provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeCheckbox(), vsCodeProgressRing());
}

export function button(text: string, appearance: 'primary' | 'secondary', onClick: () => void): HTMLElement {
  const made = document.createElement('vscode-button');
  made.setAttribute('appearance', appearance);
  made.textContent = text;
  made.addEventListener('click', onClick);
  return made;
}

export function progressRing(): HTMLElement {
  const made = document.createElement('vscode-progress-ring');
  made.setAttribute('aria-hidden', 'true');
  return made;
}

export function checkbox(text: string, onChange: (checked: boolean) => void): HTMLElement {
  const made = document.createElement('vscode-checkbox');
  made.textContent = text;
  made.addEventListener('change', () => onChange((made as HTMLElement & { readonly checked: boolean }).checked));
  return made;
}
