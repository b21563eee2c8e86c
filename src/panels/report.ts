import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PanelSnapshot } from './messages';
import { reportPage } from './page';

/**
 * One self-contained HTML file that shows these models as the panel does.
 * @param webview the directory of the page's script and style (`dist/webview`)
 * @throws where they are not there
 */
export async function htmlReport(snapshots: readonly PanelSnapshot[], webview: string): Promise<string> {
  const [script, style] = await Promise.all(
    ['main.js', 'main.css'].map((file) => readFile(join(webview, file), 'utf8')),
  );
  if (script === undefined || style === undefined) throw new Error(`The page's files are not in ${webview}.`);
  const hash = (text: string): string => `sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}`;
  return reportPage({ snapshots, script, style, hash });
}
