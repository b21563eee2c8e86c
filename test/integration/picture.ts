import { runner } from './runner';
import { takePicture } from './wire';

/**
 * Takes a picture of the whole window as it is now, into `out/pictures/<name>.png`.
 * @returns the picture's file; null in the desktop VS Code, which cannot be photographed.
 */
export async function picture(name: string): Promise<string | null> {
  const file = await runner().sendRequest(takePicture, name);
  if (file === null) console.log(`no picture ${name}: this VS Code cannot be photographed`);
  return file;
}
