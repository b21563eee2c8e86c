import type Axe from 'axe-core';
import { createRequire } from 'node:module';
import { chromium, type Browser, type Page } from 'playwright-core';
import { mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { chromiumPath } from '../../scripts/chromium';
import type { HostMessage, PageMessage } from '../../src/panels/messages';
import { panelPage } from '../../src/panels/page';
import type { WebviewTheme } from './themes';

export const webview = resolve(__dirname, '..', '..', 'dist', 'webview');
const pictures = resolve(__dirname, '..', '..', 'out', 'pictures');
const origin = 'https://panel.test';

/** Plays VS Code inside the page. A text, since what tsx compiles needs helpers that the page has not. */
const hostScript = `(theme) => {
  window.acquireVsCodeApi = () => ({ postMessage: (message) => window.receiveFromPage(message) });
  document.addEventListener('DOMContentLoaded', () => {
    for (const [name, value] of Object.entries(theme.variables))
      document.documentElement.style.setProperty('--vscode-' + name, value);
    document.body.className = theme.kind;
    document.body.dataset.vscodeThemeKind = theme.kind;
  });
}`;

/** A page on the stage, and all that went wrong on it. */
export interface Stage {
  readonly page: Page;
  /** What the page printed as an error, threw, was forbidden by its policy, or asked for beyond its own two files. */
  readonly faults: string[];
}

/** The page in a panel, with the test as its host. */
export interface PanelStage extends Stage {
  readonly received: PageMessage[];
  readonly send: (message: HostMessage) => Promise<void>;
  /** The next message of a kind, those already received included. */
  readonly message: <K extends PageMessage['kind']>(kind: K) => Promise<Extract<PageMessage, { kind: K }>>;
}

export async function launch(): Promise<Browser> {
  const args = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-sync'];
  return chromium.launch({ executablePath: await chromiumPath(), args });
}

/** Opens the panel's own page with its own policy, as VS Code does: variables on the root, the theme's class on the body. */
export async function openPanel(
  browser: Browser,
  theme: WebviewTheme,
  size: { readonly width: number; readonly height: number },
): Promise<PanelStage> {
  const context = await browser.newContext({ viewport: size });
  const page = await context.newPage();
  const stage = watch(page);
  const received: PageMessage[] = [];
  await page.exposeFunction('receiveFromPage', (message: PageMessage) => void received.push(message));
  await page.addInitScript({
    content: `(${hostScript})(${JSON.stringify(theme)})`,
  });
  const html = panelPage({
    source: origin,
    script: `${origin}/main.js`,
    style: `${origin}/main.css`,
    nonce: 'AAAABBBBCCCCDDDD',
  });
  await page.route('**/*', async (route) => {
    const path = new URL(route.request().url()).pathname;
    if (path === '/') return route.fulfill({ contentType: 'text/html', body: html });
    const type = { '/main.js': 'text/javascript', '/main.css': 'text/css' }[path];
    if (type === undefined) {
      stage.faults.push(`request: ${route.request().url()}`);
      return route.abort();
    }
    return route.fulfill({ contentType: type, body: await readFile(join(webview, path)) });
  });
  await page.goto(origin);
  return {
    ...stage,
    received,
    send: (message) => page.evaluate((data) => window.postMessage(data, '*'), message),
    message: async (kind) => {
      const end = Date.now() + 10_000;
      while (Date.now() < end) {
        for (const message of received) if (isOfKind(message, kind)) return message;
        await page.waitForTimeout(20);
      }
      throw new Error(
        `The page sent no ‘${kind}’ but: ${JSON.stringify(received)}; faults: ${stage.faults.join('; ')}`,
      );
    },
  };
}

/** Opens a report's file in a plain browser. */
export async function openReport(
  browser: Browser,
  file: string,
  colorScheme: 'light' | 'dark',
  size: { readonly width: number; readonly height: number },
): Promise<Stage> {
  const context = await browser.newContext({ viewport: size, colorScheme, offline: true });
  const page = await context.newPage();
  const stage = watch(page);
  const address = `file://${file}`;
  page.on('request', (request) => {
    if (request.url() !== address) stage.faults.push(`request: ${request.url()}`);
  });
  await page.goto(address);
  return stage;
}

/** What axe finds wrong, by rule. */
export async function accessibilityFaults(page: Page): Promise<readonly string[]> {
  await page.evaluate(await readFile(createRequire(__filename).resolve('axe-core/axe.min.js'), 'utf8'));
  return page.evaluate(async () => {
    const { axe } = window as unknown as { readonly axe: typeof Axe };
    const { violations } = await axe.run(document);
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  });
}

/** Keeps a picture of the whole page in `out/pictures`. */
export async function picture(page: Page, name: string): Promise<void> {
  await mkdir(pictures, { recursive: true });
  await page.waitForTimeout(300);
  await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
}

function watch(page: Page): Stage {
  const faults: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => faults.push(`thrown: ${error.message}`));
  return { page, faults };
}

function isOfKind<K extends PageMessage['kind']>(
  message: PageMessage,
  kind: K,
): message is Extract<PageMessage, { kind: K }> {
  return message.kind === kind;
}
