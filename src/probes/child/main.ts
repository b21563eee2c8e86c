import { createMessageConnection, IPCMessageReader, IPCMessageWriter, ResponseError } from 'vscode-jsonrpc/node';
import * as tf from '@tensorflow/tfjs-core';
import { ProbeError, type ProbeFailure } from '../failure';
import {
  backendRequest,
  forwardRequest,
  probeProgress,
  probeRequest,
  type Backend,
  type Measurement,
  type ProbeKind,
  type ProbeRequest,
} from '../protocol';
import { loadBackend } from './backend';
import { forward } from './forward';
import { gradientNorms } from './gradientNorms';
import { jacobianSpectrum } from './jacobianSpectrum';
import { Pace } from './pace';
import type { Workshop } from './prepare';

/** The probe child: takes a backend, answers requests one after the other, ends with its parent. */

const probes: Readonly<Record<ProbeKind, (request: ProbeRequest, workshop: Workshop) => Promise<Measurement>>> = {
  gradientNorms,
  jacobianSpectrum,
};

const FAILED = -32000;

async function run(request: ProbeRequest, workshop: Workshop): Promise<Measurement> {
  tf.engine().startScope('probe');
  try {
    return await probes[request.probe](request, workshop);
  } finally {
    // Whatever an error or a cancellation left behind goes with the scope.
    tf.engine().endScope();
  }
}

function failureOf(error: unknown): ProbeFailure {
  if (error instanceof ProbeError) return error.failure;
  if (error instanceof RangeError && /allocation failed|Invalid typed array length/.test(error.message))
    return { kind: 'outOfMemory', message: `The probe has no room: ${error.message}.` };
  return { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
}

async function answering<T>(compute: () => Promise<T>): Promise<T | ResponseError<ProbeFailure>> {
  try {
    return await compute();
  } catch (error) {
    const failure = failureOf(error);
    if (failure.kind === 'failed' && error instanceof Error) console.error(error.stack);
    return new ResponseError(FAILED, failure.message, failure);
  }
}

function main(): void {
  if (process.send === undefined) {
    console.error('probe-child is started by GradLens; it speaks over the channel of its parent.');
    process.exitCode = 2;
    return;
  }
  const connection = createMessageConnection(new IPCMessageReader(process), new IPCMessageWriter(process));
  let backend: Promise<Backend> | undefined;
  const takeBackend = () => (backend ??= loadBackend());
  let previous: Promise<unknown> = Promise.resolve();
  connection.onRequest(backendRequest, () => answering(takeBackend));
  connection.onRequest(probeRequest, ({ token, ...request }, cancellation) => {
    const answer = previous.then(() =>
      answering(async () => {
        const pace = new Pace(cancellation);
        // It may have waited behind another.
        pace.refuseWhenCancelled();
        return run(request, {
          backend: await takeBackend(),
          pace,
          progress: (progress) => void connection.sendProgress(probeProgress, token, progress),
        });
      }),
    );
    previous = answer;
    return answer;
  });
  connection.onRequest(forwardRequest, ({ network, weights, inputs, mode }, cancellation) => {
    const answer = previous.then(() =>
      answering(async () => {
        const pace = new Pace(cancellation);
        pace.refuseWhenCancelled();
        await takeBackend();
        return forward(network, weights, inputs, { mode, pace });
      }),
    );
    previous = answer;
    return answer;
  });
  process.on('disconnect', () => process.exit(0));
  connection.listen();
}

main();
