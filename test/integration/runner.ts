import { createServerPipeTransport, createMessageConnection, type MessageConnection } from 'vscode-jsonrpc/node';
import { pipeVariable } from './wire';

let connection: MessageConnection | undefined;

/** The connection of the tests to the runner that started VS Code. */
export function runner(): MessageConnection {
  connection ??= connect();
  return connection;
}

function connect(): MessageConnection {
  const pipe = process.env[pipeVariable];
  if (pipe === undefined) throw new Error(`${pipeVariable} is not set: start the tests by npm run test:integration.`);
  const connection = createMessageConnection(...createServerPipeTransport(pipe));
  connection.listen();
  return connection;
}
