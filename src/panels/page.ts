import type { PanelSnapshot } from './messages';

/** The page's frame; scripts, styles and the policy that lets nothing else in are the caller's. */
interface PageParts {
  readonly title: string;
  readonly policy: string;
  /** Trusted HTML: the style sheet and the scripts. */
  readonly head: string;
  readonly body: string;
}

function page({ title, policy, head, body }: PageParts): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
${head}
</head>
<body>
<main id="gradlens"></main>
${body}
</body>
</html>
`;
}

/** The panel's page: a style sheet and a script by their addresses, and nothing from the network. */
export function panelPage(assets: {
  /** Where a webview's local resources come from (`webview.cspSource`). */
  readonly source: string;
  readonly script: string;
  readonly style: string;
  readonly nonce: string;
}): string {
  const { source, script, style, nonce } = assets;
  return page({
    title: 'GradLens',
    policy: `default-src 'none'; script-src 'nonce-${nonce}'; style-src ${source} 'nonce-${nonce}'; font-src ${source}`,
    // The toolkit puts the nonce of `csp-nonce` on the style element by which it learns what the browser can do.
    head: `<meta property="csp-nonce" content="${nonce}">\n<link rel="stylesheet" href="${escapeHtml(style)}">`,
    body: `<script nonce="${nonce}" src="${escapeHtml(script)}"></script>`,
  });
}

/** The same page as one file that opens without a network: style, script and data are in it; the policy names them by hash. */
export function reportPage(assets: {
  readonly snapshots: readonly PanelSnapshot[];
  readonly script: string;
  readonly style: string;
  /** `sha256-…` of a text, in base64. */
  readonly hash: (text: string) => string;
}): string {
  const { snapshots, hash } = assets;
  // Nothing in a script or style may end its element.
  const script = assets.script.replace(/<\/(?=script)/gi, '<\\/');
  const style = assets.style.replace(/<\/(?=style)/gi, '<\\/');
  const data = JSON.stringify(snapshots).replace(/</g, '\\u003c');
  // The toolkit learns by an empty style element what the browser can do.
  return page({
    title: `GradLens: ${snapshots.map(({ model }) => model).join(', ')}`,
    policy: `default-src 'none'; script-src '${hash(script)}'; style-src '${hash(style)}' '${hash('')}'`,
    head: `<style>${style}</style>`,
    body: `<script type="application/json" id="snapshots">${data}</script>\n<script>${script}</script>`,
  });
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
