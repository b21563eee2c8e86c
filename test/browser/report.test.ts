import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { htmlReport } from '../../src/panels/report';
import { panelSnapshot } from '../../src/panels/snapshot';
import { measure, predicted } from './models';
import { launch, openReport, picture, webview } from './stage';

const hostile = '</script><img src="https://evil.test/x.png" onerror="document.title=1">';

describe('the report', () => {
  let browser: Browser;
  let directory: string;
  let file: string;

  before(async () => {
    const model = predicted();
    const snapshot = panelSnapshot(model, await measure(model));
    directory = await mkdtemp(join(tmpdir(), 'gradlens-'));
    file = join(directory, 'report.html');
    await writeFile(file, await htmlReport([snapshot, { ...panelSnapshot(model), model: hostile }], webview));
    browser = await launch();
  });
  after(async () => {
    await browser.close();
    await rm(directory, { recursive: true });
  });

  for (const scheme of ['light', 'dark'] as const)
    it(`opens from the disk without a network, in the ${scheme} of the system`, async () => {
      const { page, faults } = await openReport(browser, file, scheme, { width: 1100, height: 900 });
      assert.equal(await page.locator('h1').innerText(), 'DeepTanhMLP');
      assert.equal(await page.locator('canvas').count(), 4);
      assert.equal(await page.getByText('Probe again').count(), 0);
      const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      assert.equal(background, scheme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(31, 31, 31)');
      await page.locator('tbody tr').nth(4).click();
      assert.equal(await page.locator('tr[aria-current=true]').count(), 1);
      await picture(page, `report-${scheme}`);
      assert.deepEqual(faults, []);
    });

  it('changes between its models by keyboard, and takes names for text only', async () => {
    const { page, faults } = await openReport(browser, file, 'light', { width: 900, height: 900 });
    const tabs = page.getByRole('tab');
    await tabs.first().focus();
    await page.keyboard.press('ArrowRight');
    assert.equal(await tabs.nth(1).getAttribute('aria-selected'), 'true');
    assert.equal(await page.locator('h1').innerText(), hostile);
    assert.equal(await page.locator('img').count(), 0);
    assert.equal(await page.getByText('Not measured yet.').count(), 2);
    assert.deepEqual(faults, []);
  });
});
