import { format } from 'node:util';
import Mocha from 'mocha';
import TallyReporter from '../tally';
import { picture } from './picture';
import { runner } from './runner';
import { finished, output } from './wire';

/** A file of tests: its name and what loads it. */
export type TestFile = readonly [name: string, evaluate: () => unknown];

/**
 * Runs the files of tests by mocha in VS Code's extension host and prints at the runner. Every test that fails is
 * photographed at that moment.
 * @throws where a test failed, which is how VS Code learns it
 */
export async function runTests(files: readonly TestFile[]): Promise<void> {
  const sent: Promise<unknown>[] = [];
  const print = (...args: unknown[]): void => void sent.push(runner().sendNotification(output, format(...args)));
  Mocha.reporters.Base.consoleLog = print;
  try {
    const mocha = load(files);
    const failures = await new Promise<number>((resolve) => {
      mocha.run(resolve).on('fail', (test) => sent.push(picture(`failed-${test.fullTitle().replace(/\W+/g, '-')}`)));
    });
    await Promise.all(sent);
    await runner().sendNotification(finished, failures);
    if (failures > 0) throw new Error(`${failures} tests failed.`);
  } catch (error) {
    // What a file of tests throws while it is loaded would be lost in the window's console.
    if (sent.length === 0) print(error);
    await Promise.all(sent);
    throw error;
  }
}

function load(files: readonly TestFile[]): Mocha {
  const grep = process.env['GRADLENS_TEST_GREP'];
  const mocha = new Mocha({
    ui: 'bdd',
    timeout: 60_000,
    color: process.env['FORCE_COLOR'] === '1',
    reporter: TallyReporter,
    ...(grep === undefined ? {} : { grep }),
  });
  for (const [name, evaluate] of files) {
    mocha.suite.emit('pre-require', globalThis, name, mocha);
    mocha.suite.emit('require', evaluate(), name, mocha);
    mocha.suite.emit('post-require', globalThis, name, mocha);
  }
  return mocha;
}
