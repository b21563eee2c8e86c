import { homedir } from 'node:os';
import { join } from 'node:path';

/** The release of `@tensorflow/tfjs-node` that GradLens is built and tested with. */
export const nativeVersion = '4.22.0';

/** Where GradLens keeps what is slow to make: `GRADLENS_CACHE`, else `~/.cache/gradlens`. */
export function cacheRoot(env: NodeJS.ProcessEnv = process.env): string {
  return env['GRADLENS_CACHE'] ?? join(homedir(), '.cache', 'gradlens');
}

/**
 * The cache entry of the native backend: its name and its version, which says for which platform, processor and
 * Node-API the binding was built.
 */
export const nativeEntry = {
  name: 'tfjs-node',
  version: `${nativeVersion}-${process.platform}-${process.arch}-napi8`,
} as const;

/**
 * The directory into which `npm run native` installs the native backend: the one that holds
 * `node_modules/@tensorflow/tfjs-node`. It need not exist.
 */
export function nativeDirectory(env: NodeJS.ProcessEnv = process.env): string {
  return env['GRADLENS_NATIVE'] ?? join(cacheRoot(env), `${nativeEntry.name}-${nativeEntry.version}`);
}
