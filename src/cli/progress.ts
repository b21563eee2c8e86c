import { SingleBar } from 'cli-progress';
import type { ProbeProgress } from '../probes/protocol';

export interface Progress {
  show(progress: ProbeProgress): void;
  end(): void;
}

/** A bar on a terminal; nothing where nobody watches. */
export function progressBar(stream: NodeJS.WriteStream): Progress {
  if (!stream.isTTY) return { show: () => undefined, end: () => undefined };
  const bar = new SingleBar({
    stream,
    format: '{bar} {percentage} %  {message}',
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 24,
    hideCursor: true,
    clearOnComplete: true,
    linewrap: false,
    gracefulExit: false,
  });
  bar.start(100, 0, { message: 'starting' });
  return {
    show: ({ fraction, message }) => bar.update(Math.round(100 * fraction), { message }),
    end: () => bar.stop(),
  };
}
