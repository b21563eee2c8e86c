import type { Deadline } from '../evaluation/deadline';
import { folderOf, inFolder, nameOf, type FileProvider } from '../text/files';
import { SourceText } from '../text/source';

const initFile = '__init__.py';
/** Packages inside packages that are looked through for the folder that holds them all. */
const deepestPackage = 32;

/** Finds the files of modules as Python does, without running anything. What it has read once it does not read again. */
export class ModuleFiles {
  readonly #sources = new Map<string, SourceText | undefined>();

  constructor(
    private readonly provider: FileProvider | undefined,
    main: SourceText,
    private readonly deadline: Deadline,
  ) {
    this.#sources.set(main.file, main);
  }

  /** `a.b.c`, imported in a file. */
  absolute(name: string, importer: SourceText): SourceText | undefined {
    if (!this.provider) return undefined;
    for (const folder of this.#searched(importer)) {
      const found = this.#below(folder, name.split('.'));
      if (found) return found;
    }
    return undefined;
  }

  /** `.a.b` (one dot: level 1), imported in a file. Without a name it is the package itself. */
  relative(level: number, name: string, importer: SourceText): SourceText | undefined {
    let folder = folderOf(importer.file) ?? '';
    for (let up = 1; up < level; up++) {
      const above = folderOf(folder);
      if (above === undefined && folder === '') return undefined;
      folder = above ?? '';
    }
    return name === '' ? this.#source(inFolder(folder, initFile)) : this.#below(folder, name.split('.'));
  }

  /** The module inside of a package; undefined where the file is not that of a package. */
  inside(parent: SourceText, name: string): SourceText | undefined {
    const folder = folderOf(parent.file) ?? '';
    return nameOf(parent.file) === initFile ? this.#below(folder, [name]) : undefined;
  }

  /** The full name of the module that a file is, as far as its packages tell: `timm.layers.mlp`. */
  moduleName(source: SourceText): string {
    const own = nameOf(source.file);
    const parts = own === initFile ? [] : [own.endsWith('.py') ? own.slice(0, -'.py'.length) : own];
    let folder = folderOf(source.file);
    while (folder !== undefined && parts.length < deepestPackage && this.#isPackage(folder)) {
      parts.unshift(nameOf(folder));
      folder = folderOf(folder);
    }
    return parts.join('.');
  }

  #below(folder: string, parts: readonly string[]): SourceText | undefined {
    const path = inFolder(folder, parts.join('/'));
    return this.#source(inFolder(path, initFile)) ?? this.#source(`${path}.py`);
  }

  /** Where absolute imports of a file are looked for: above its outermost package, beside it, and in the roots. */
  #searched(importer: SourceText): readonly string[] {
    let folder = folderOf(importer.file) ?? '';
    const packages = [folder];
    while (packages.length < deepestPackage && this.#isPackage(folder)) {
      folder = folderOf(folder) ?? '';
      packages.unshift(folder);
    }
    const roots = this.provider?.roots ?? [];
    // A project without `__init__.py` files is run in some folder between the file and a root.
    const root = roots.find((one) => folder.startsWith(one));
    const above: string[] = [];
    while (root !== undefined && above.length < deepestPackage && folder.length > root.length) {
      folder = folderOf(folder) ?? '';
      above.push(folder);
    }
    return [...new Set([...packages, ...above, ...roots])];
  }

  #isPackage(folder: string): boolean {
    return this.#source(inFolder(folder, initFile)) !== undefined;
  }

  #source(path: string): SourceText | undefined {
    // Looking for a name may mean looking through many files; that ends with the time for reading.
    if (this.#sources.has(path) || this.deadline.passed) return this.#sources.get(path);
    const text = this.provider?.read(path);
    const source = text === undefined ? undefined : new SourceText(path, text);
    this.#sources.set(path, source);
    return source;
  }
}
