import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Browser } from 'playwright-core';
import { createAnalyzer, type ModelAnalysis } from '../../src/analysis';
import type { VariationFields } from '../../src/panels/messages';
import { panelSnapshot } from '../../src/panels/snapshot';
import { whatIfFigures } from '../../src/panels/whatIf';
import { sharedReader } from '../unit/readers/support/reader';
import { accessibilityFaults, launch, openPanel, picture, type PanelStage } from './stage';
import { darkModern, lightModern, type WebviewTheme } from './themes';

describe('what if, on the page', () => {
  let browser: Browser;
  let model: ModelAnalysis;

  before(async () => {
    const file = 'deep_tanh_mlp.py';
    const text = await readFile(resolve(__dirname, '../../examples', file), 'utf8');
    const [read] = createAnalyzer(await sharedReader()).analyze({ file, text }).models;
    assert.ok(read);
    model = read;
    browser = await launch();
  });
  after(() => browser.close());

  /** The page with *What if* open, its questions answered as the extension answers them; `asked` holds them. */
  async function show(theme: WebviewTheme): Promise<PanelStage & { readonly asked: VariationFields[] }> {
    const stage = await openPanel(browser, theme, { width: 900, height: 900 });
    await stage.message('ready');
    const asked: VariationFields[] = [];
    let answered = 0;
    const answer = async (): Promise<void> => {
      const questions = stage.received.flatMap((message) => (message.kind === 'vary' ? [message.variation] : []));
      for (const variation of questions.slice(answered)) {
        answered++;
        asked.push(variation);
        const figures = whatIfFigures(model, variation, {});
        assert.ok(figures);
        await stage.send({ kind: 'varied', answer: figures });
      }
    };
    const timer = setInterval(() => void answer(), 5);
    stage.page.on('close', () => clearInterval(timer));
    await stage.send({ kind: 'snapshot', snapshot: panelSnapshot(model) });
    await stage.send({ kind: 'showWhatIf' });
    await stage.page.locator('.what-if-result dd').first().waitFor();
    return { ...stage, asked };
  }

  for (const theme of [darkModern, lightModern])
    it(`says what a gain of 1 makes of a tanh network, on the map too, in ${theme.kind}`, async () => {
      const { page, faults, asked } = await show(theme);
      assert.deepEqual(asked, [{}]);
      const result = page.locator('.what-if-result');
      const before = await result.innerText();
      await page.getByRole('slider', { name: /σ_w/ }).fill('1');
      await page.waitForFunction((text) => document.querySelector('.what-if-result')?.textContent !== text, before);
      await page.getByText('Write into the source').waitFor();
      assert.deepEqual(asked.at(-1), { weightDeviation: 1 });
      const figures = whatIfFigures(model, { weightDeviation: 1 }, {});
      assert.ok(figures && Number(figures.gain) > 20 * Number(figures.source.gain));
      assert.match((await page.locator('.what-if-map canvas').getAttribute('aria-label')) ?? '', /σ_w = 1\.00/);
      await picture(page, `what-if-${theme.kind}`);
      assert.deepEqual(await accessibilityFaults(page), []);
      assert.deepEqual(faults, []);
      await page.close();
    });

  it('asks for one thing at a time, and at last for what the sliders show', async () => {
    const { page, asked, faults } = await show(darkModern);
    const depth = page.getByRole('slider', { name: 'Depth' });
    for (let steps = 30; steps < 70; steps++) await depth.fill(String(steps));
    await page.getByRole('combobox', { name: 'Activation' }).selectOption('relu');
    await page.waitForTimeout(500);
    assert.deepEqual(asked.at(-1), { steps: 69, activation: 'relu' });
    await page.getByText('Reset').click();
    await page.waitForTimeout(200);
    assert.deepEqual(asked.at(-1), {});
    assert.equal(await depth.inputValue(), '29');
    assert.deepEqual(faults, []);
    await page.close();
  });

  it('asks again where an answer never came', async () => {
    const stage = await openPanel(browser, darkModern, { width: 900, height: 900 });
    await stage.message('ready');
    const questions = (): number => stage.received.filter(({ kind }) => kind === 'vary').length;
    await stage.send({ kind: 'snapshot', snapshot: panelSnapshot(model) });
    await stage.send({ kind: 'showWhatIf' });
    await stage.message('vary');
    const before = questions();
    await stage.send({ kind: 'snapshot', snapshot: panelSnapshot(model) });
    await stage.page.waitForTimeout(300);
    assert.equal(questions(), before + 1);
    await stage.page.close();
  });

  it('writes what the sliders show, or says why it cannot', async () => {
    const { page, message, send } = await show(lightModern);
    await page.getByRole('slider', { name: 'Depth' }).fill('40');
    await page.getByText('arguments of your code').waitFor();
    await page.getByRole('slider', { name: /σ_w/ }).fill('1.2');
    await page.getByText('Write into the source').click();
    assert.deepEqual(await message('write'), { kind: 'write', variation: { steps: 40, weightDeviation: 1.2 } });
    // What the host refused stays as it was; once the source is another, the sliders stand as it does.
    assert.equal(await page.getByRole('slider', { name: 'Depth' }).inputValue(), '40');
    await send({ kind: 'snapshot', snapshot: panelSnapshot(model) });
    await page.waitForFunction(
      () => document.querySelector<HTMLInputElement>('.slider:nth-child(3) input')?.value === '29',
    );
    await page.close();
  });
});
