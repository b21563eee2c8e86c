import type { FileProvider } from './files';

/** Hands files on, and remembers which were asked for. */
export class RecordedFiles implements FileProvider {
  readonly roots: readonly string[];
  readonly #texts: Map<string, string | undefined>;

  /** @param before what is to be remembered besides */
  constructor(
    private readonly provider: FileProvider | undefined,
    before?: FileRecord,
  ) {
    this.roots = provider?.roots ?? [];
    this.#texts = new Map(before?.texts);
  }

  read(path: string): string | undefined {
    const text = this.provider?.read(path);
    this.#texts.set(path, text);
    return text;
  }

  get record(): FileRecord {
    return new FileRecord(this.roots, this.#texts);
  }
}

/** Files as they were when they were asked for; a text that is undefined was not there. */
export class FileRecord {
  constructor(
    private readonly roots: readonly string[],
    readonly texts: ReadonlyMap<string, string | undefined>,
  ) {}

  /** Whether all of them would be read alike now. */
  isAsBefore(files: FileProvider | undefined): boolean {
    if ((files?.roots ?? []).join('\n') !== this.roots.join('\n')) return false;
    return [...this.texts].every(([path, text]) => files?.read(path) === text);
  }
}
