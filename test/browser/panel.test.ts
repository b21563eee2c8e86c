import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import type { PanelSnapshot } from '../../src/panels/messages';
import { panelSnapshot } from '../../src/panels/snapshot';
import { broken, hiddenLayers, measure, predicted } from './models';
import { accessibilityFaults, launch, openPanel, picture, type PanelStage } from './stage';
import { darkModern, highContrast, lightModern, type WebviewTheme } from './themes';

const layers = hiddenLayers + 1;
const wide = { width: 1200, height: 900 };

describe('the panel', () => {
  let browser: Browser;
  let unmeasured: PanelSnapshot;
  let measured: PanelSnapshot;

  before(async () => {
    const model = predicted();
    unmeasured = panelSnapshot(model);
    measured = panelSnapshot(model, await measure(model));
    browser = await launch();
  });
  after(() => browser.close());

  async function show(snapshot: PanelSnapshot, theme: WebviewTheme, size = wide): Promise<PanelStage> {
    const stage = await openPanel(browser, theme, size);
    await stage.message('ready');
    await stage.send({ kind: 'snapshot', snapshot });
    await stage.message('rendered');
    return stage;
  }

  for (const theme of [darkModern, lightModern, highContrast])
    it(`shows predicted beside measured in ${theme.kind}, readable for all, and asks for nothing`, async () => {
      const { page, faults, message, send } = await show(measured, theme);
      assert.deepEqual((await message('rendered')).points, {
        gradients: 2 * layers,
        moments: 2 * layers,
        spectrum: 10 + 2,
        layers: 3 * (layers - 1),
      });
      assert.equal(await page.locator('h1').innerText(), 'DeepTanhMLP');
      assert.match(await page.locator('.tiles').innerText(), /Gradient gain over 12 steps/);
      assert.match(await page.locator('.provenance').innerText(), /wasm, float32/);
      assert.equal(await page.locator('tbody tr').count(), layers);
      for (const canvas of await page.locator('canvas').all())
        assert.match((await canvas.getAttribute('aria-label')) ?? '', /predicted.*\d|\d.*predicted/i);
      await send({ kind: 'mark', nodes: [9] });
      await picture(page, `panel-${theme.kind}`);
      assert.deepEqual(await accessibilityFaults(page), []);
      assert.deepEqual(faults, []);
    });

  it('draws measurements in their colour and follows a change of theme', async () => {
    const { page, faults } = await show(measured, darkModern);
    const blue = [55, 148, 255];
    assert.ok(await hasColor(page, 'chart-spectrum', blue));
    await page.evaluate(() => {
      document.documentElement.style.setProperty('--vscode-charts-blue', '#00aa44');
    });
    await page.waitForTimeout(400);
    assert.ok(await hasColor(page, 'chart-spectrum', [0, 170, 68]));
    assert.ok(!(await hasColor(page, 'chart-spectrum', blue)));
    assert.deepEqual(faults, []);
  });

  it('says what is not measured yet and offers the probe', async () => {
    const { page, faults, message, send } = await show(unmeasured, lightModern, { width: 640, height: 900 });
    assert.equal(await page.getByText('Not measured yet.').count(), 2);
    assert.equal(await page.getByText('measured', { exact: true }).count(), 0);
    await page.locator('.actions vscode-button').first().click();
    assert.deepEqual(await message('probe'), { kind: 'probe', again: false });
    await send({ kind: 'progress', state: { kind: 'running', fraction: 0.42, message: 'Jacobian: row 5 of 12' } });
    await page.getByText('Jacobian: row 5 of 12').waitFor();
    await picture(page, 'panel-running');
    await page.getByText('Cancel').click();
    await message('cancel');
    await send({ kind: 'progress', state: { kind: 'failed', message: 'The probe process was killed.' } });
    await page.getByRole('status').getByText('The probe process was killed.').waitFor();
    assert.deepEqual(await accessibilityFaults(page), []);
    assert.deepEqual(faults, []);
  });

  it('goes to a layer by keyboard and by a click in a chart, and marks the layer of the cursor', async () => {
    const { page, faults, message, received, send } = await show(measured, darkModern);
    const rows = page.locator('tbody tr');
    await rows.first().focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    const third = measured.layers.filter(({ hasWeights }) => hasWeights)[2];
    assert.deepEqual(await message('reveal'), { kind: 'reveal', node: third?.node });
    assert.equal(await rows.nth(2).getAttribute('aria-current'), 'true');

    received.length = 0;
    const canvas = page.locator('[aria-labelledby=chart-gradients] canvas');
    const box = await canvas.boundingBox();
    assert.ok(box);
    await canvas.click({ position: { x: box.width - 12, y: box.height / 2 } });
    const last = measured.layers.findLast(({ hasWeights }) => hasWeights);
    assert.deepEqual(await message('reveal'), { kind: 'reveal', node: last?.node });

    await send({ kind: 'mark', nodes: [1, 2] });
    await page.locator('tr[data-node="1"][aria-current=true]').waitFor();
    assert.equal(await page.locator('tr[aria-current=true]').count(), 1);
    await page.getByText('All operations').click();
    assert.equal(await page.locator('tr[aria-current=true]').count(), 2);
    assert.equal(await rows.count(), measured.layers.length);
    assert.deepEqual(faults, []);
  });

  it('probes again and exports once there are measurements', async () => {
    const { page, message } = await show(measured, lightModern);
    await page.getByText('Probe again').click();
    assert.deepEqual(await message('probe'), { kind: 'probe', again: true });
    await page.getByText('Export report').click();
    await message('export');
  });

  it('shows NaN, infinity and zero as what they are', async () => {
    const { page, faults, message } = await show(broken(measured), darkModern);
    assert.equal((await message('rendered')).points['gradients'], 2 * layers);
    const column = page.locator('tbody tr td:nth-child(6)');
    assert.deepEqual((await column.allInnerTexts()).slice(0, 9), [
      ...['NaN', 'NaN', 'NaN'],
      ...['∞', '∞', '∞'],
      ...['0', '0', '0'],
    ]);
    assert.ok(await hasColor(page, 'chart-gradients', [241, 76, 76]));
    await picture(page, 'panel-broken');
    assert.deepEqual(faults, []);
  });

  it('fits from 380 to 1200 pixels', async () => {
    for (const width of [380, 560, 800, 1200]) {
      const { page } = await show(measured, lightModern, { width, height: 900 });
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      assert.ok(overflow <= 0, `${width} pixels: ${overflow} too wide`);
      if (width === 380) await picture(page, 'panel-narrow');
      await page.context().close();
    }
  });

  it('tells the host of a message that it does not understand', async () => {
    const { page, message } = await show(unmeasured, darkModern);
    await page.evaluate(() => window.postMessage({ kind: 'dance' }, '*'));
    assert.match((await message('failed')).message, /dance/);
  });
});

/** Whether a chart has a pixel of this colour. */
async function hasColor(page: Page, chart: string, color: readonly number[]): Promise<boolean> {
  return page.evaluate(
    ([id, wanted]) => {
      const canvas = document.querySelector<HTMLCanvasElement>(`[aria-labelledby=${id}] canvas`);
      const { data } = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
      for (let at = 0; at < data.length; at += 4)
        if (wanted.every((value, channel) => Math.abs((data[at + channel] ?? 0) - value) < 3)) return true;
      return false;
    },
    [chart, color] as const,
  );
}
