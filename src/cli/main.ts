import { Command, CommanderError } from 'commander';
import { assetsIn } from './assets';
import { checkCommand } from './check';
import { CannotDo } from './failure';
import { paintFor } from './paint';
import { probeCommand } from './probe';
import { project } from './project';
import { explainCommand, rulesCommand } from './rules';
import { weightsCommand } from './weights';

/** The exit code of what could not be done: a wrong argument, a missing file, a probe that failed. */
const couldNotBeDone = 2;

/** The command line; its bundle lies in `dist`, beside the files that it loads. */
async function main(): Promise<void> {
  const assets = assetsIn(__dirname);
  const program = new Command('gradlens')
    .description('Says whether the neural network you are writing can be trained, and measures it.')
    .version(project.version, '-v, --version')
    .exitOverride();
  const commands = [
    checkCommand(assets),
    probeCommand(assets),
    weightsCommand(assets),
    rulesCommand(),
    explainCommand(assets),
  ];
  for (const command of commands) program.addCommand(command.copyInheritedSettings(program));
  try {
    await program.parseAsync();
  } catch (error) {
    // Commander has said what was wrong, or printed the help that was asked for.
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : couldNotBeDone;
    else {
      const reason = error instanceof CannotDo ? error.message : unexpected(error);
      process.stderr.write(`${paintFor(process.stderr).red('gradlens:')} ${reason}\n`);
      process.exitCode = couldNotBeDone;
    }
  }
}

function unexpected(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

// A reader that has seen enough (`| head`) closes the pipe: nothing is left to do.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});
void main();
