import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { cacheRoot } from '../../../src/probes/native';

const parity = resolve(__dirname, '..');

/**
 * Answers of Python are kept outside the checkout, one file each, as long as the packages, the scripts that gave them and the other
 * texts that they depend on stay as they are.
 */
export class KeptAnswers {
  private constructor(private readonly common: string) {}

  /** @param scripts - Names in this folder. */
  static async of(scripts: readonly string[]): Promise<KeptAnswers> {
    const files = [
      join(parity, 'requirements.txt'),
      join(parity, 'frameworks.py'),
      ...scripts.map((name) => join(__dirname, name)),
    ];
    return new KeptAnswers(hashOf(await Promise.all(files.map((file) => readFile(file, 'utf8')))));
  }

  async load<Answer>(name: string, texts: readonly string[] = []): Promise<Answer | undefined> {
    try {
      return JSON.parse(await readFile(this.path(name, texts), 'utf8')) as Answer;
    } catch {
      // Not asked before.
      return undefined;
    }
  }

  /** Whole or not at all, also where several processes store the same. */
  async store(name: string, texts: readonly string[], answer: unknown): Promise<void> {
    const path = this.path(name, texts);
    await mkdir(dirname(path), { recursive: true });
    const partial = `${path}.${process.pid}`;
    await writeFile(partial, JSON.stringify(answer));
    await rename(partial, path);
  }

  private path(name: string, texts: readonly string[]): string {
    const hash = hashOf([this.common, ...texts]).slice(0, 16);
    return join(cacheRoot(), 'parity', `${name.replaceAll('/', '-')}-${hash}.json`);
  }
}

function hashOf(texts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(text).update('\0');
  return hash.digest('hex');
}
