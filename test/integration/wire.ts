import { NotificationType, RequestType } from 'vscode-jsonrpc/node';

/** What is said between the tests, which run in VS Code's extension host, and the runner, which started VS Code. */

/** The environment variable that names the pipe between them. */
export const pipeVariable = 'GRADLENS_TEST_PIPE';

/** What the suite prints, as it comes. */
export const output = new NotificationType<string>('output');

/** Asks for a picture of the window by this name; the answer is its file, or null where no picture can be taken. */
export const takePicture = new RequestType<string, string | null, void>('picture');

/** Tells the end of the suite and the number of failed tests. */
export const finished = new NotificationType<number>('finished');
