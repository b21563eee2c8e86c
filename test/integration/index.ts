import { format } from 'node:util';
import Mocha from 'mocha';
import TallyReporter from '../tally';
import { runner } from './runner';
import { finished, output } from './wire';

/** A file of tests: its name and what loads it. */
export type TestFile = readonly [name: string, load: () => unknown];

/**
 * Runs the files of tests by mocha in VS Code's extension host and prints at the runner.
 * @throws where a test failed, which is how VS Code learns it
 */
export async function runTests(files: readonly TestFile[]): Promise<void> {
  const connection = runner();
  const printed: Promise<void>[] = [];
  Mocha.reporters.Base.consoleLog = (...args: unknown[]): void => {
    printed.push(connection.sendNotification(output, format(...args)));
  };

  const grep = process.env['GRADLENS_TEST_GREP'];
  const mocha = new Mocha({
    ui: 'bdd',
    timeout: 60_000,
    color: process.env['FORCE_COLOR'] === '1',
    reporter: TallyReporter,
    ...(grep === undefined ? {} : { grep }),
  });
  for (const [name, load] of files) {
    mocha.suite.emit('pre-require', globalThis, name, mocha);
    mocha.suite.emit('require', load(), name, mocha);
    mocha.suite.emit('post-require', globalThis, name, mocha);
  }
  const failures = await new Promise<number>((resolve) => mocha.run(resolve));
  await Promise.all(printed);
  await connection.sendNotification(finished, failures);
  if (failures > 0) throw new Error(`${failures} tests failed.`);
}
