import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { cacheRoot } from '../src/probes/native';

/** Slow things live outside the checkout, one directory a version, which is whole or absent. */
export interface CacheEntry {
  readonly name: string;
  readonly version: string;
  /** A path inside the entry without which it counts as broken and is made anew. */
  readonly proof: string;
  /** Fills the given empty directory; what it throws leaves no entry behind. Paths inside must survive a rename. */
  readonly build: (directory: string) => Promise<void>;
}

/** The entry's directory, built first where it is missing or broken. Safe when several processes ask at once. */
export async function cached({ name, version, proof, build }: CacheEntry): Promise<string> {
  const whole = join(cacheRoot(), `${name}-${version}`);
  if (existsSync(join(whole, proof))) return whole;

  await mkdir(cacheRoot(), { recursive: true });
  await removeAbandoned(whole);
  const partial = `${whole}.partial-${process.pid}`;
  await mkdir(partial);
  try {
    await build(partial);
    if (!existsSync(join(partial, proof))) throw new Error(`${name} ${version} was built without ${proof}.`);
    // Another process may have finished in the meantime: then its work stands and ours is dropped.
    if (!existsSync(join(whole, proof))) {
      await rm(whole, { recursive: true, force: true });
      await rename(partial, whole);
    }
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return whole;
}

/** Removes what builders that were killed left behind; those at work are left alone. */
async function removeAbandoned(whole: string): Promise<void> {
  const prefix = `${basename(whole)}.partial-`;
  for (const entry of await readdir(cacheRoot())) {
    if (!entry.startsWith(prefix) || isAlive(Number(entry.slice(prefix.length)))) continue;
    await rm(join(cacheRoot(), entry), { recursive: true, force: true });
  }
}

/** Whether a process with this id runs (a live process of another user counts, too). */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
