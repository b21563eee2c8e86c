import { asLimit } from '../evaluation/limits';
import { unknown } from '../evaluation/unknown';
import { folderOf, inFolder, type FileProvider } from '../text/files';
import { SourceText, type Site } from '../text/source';
import type { Interpreter } from './interpreter';
import { getMember } from './members';
import { Scope } from './scope';

import type { ModuleSyntax, StatementOf } from './syntax';
import { Thrown } from './thrown';
import { undefinedValue, Variables, type NamespaceValue, type ObjectValue, type Value } from './values';

/** Modules whose bodies are open one inside the other. */
const deepestLoading = 30;
/** Longer files are not read: nobody writes a model in so many lines. */
export const longestText = 1_500_000;

const endings = ['', '.ts', '.tsx', '.js', '.jsx', '.mjs', '.cjs', '/index.ts', '/index.js'];

/** A module of a file: what it exports, and its `module.exports`. */
interface Loaded {
  readonly exports: Variables;
  /** CommonJS' `module`, whose `exports` may be replaced. */
  readonly commonJs: ObjectValue;
  readonly value: NamespaceValue;
}

/** The modules of one reading: the file itself, and what it imports from other files, each loaded when it is asked for. */
export class Modules {
  readonly #sources = new Map<string, SourceText | undefined>();
  readonly #loaded = new Map<SourceText, Loaded>();
  #open = 0;

  /** @param parse gives undefined for a file of a language that cannot be parsed */
  constructor(
    private readonly parse: (source: SourceText) => ModuleSyntax | undefined,
    private readonly files: FileProvider | undefined,
  ) {}

  /** Whether another file is being loaded. */
  get loading(): boolean {
    return this.#open > 0;
  }

  /** The scope of a file, with the names that CommonJS gives it. */
  newScope(interpreter: Interpreter, source: SourceText): Scope {
    const { journal } = interpreter;
    this.#sources.set(source.file, source);
    const scope = new Scope('module', source, undefined);
    const exports = new Variables();
    const commonJs = interpreter.newObject();
    const exported = interpreter.newObject();
    commonJs.properties.set('exports', exported, journal);
    scope.declare('module', commonJs, journal);
    scope.declare('exports', exported, journal);
    scope.declare(
      'require',
      {
        type: 'builtin',
        name: 'require',
        call: ({ arguments: [name], site }) =>
          name?.type === 'string'
            ? this.imported(interpreter, name.value, '*', site)
            : unknown('require(…)', 'asks for a module that is not known', site),
      },
      journal,
    );
    const value: NamespaceValue = {
      type: 'namespace',
      name: source.file,
      get: (name) => {
        const own = exports.get(name);
        if (own) return own;
        const replaced = commonJs.properties.get('exports');
        if (replaced && replaced.type !== 'object' && exports.entries().size === 0 && name === 'default')
          return replaced;
        const member = replaced?.type === 'object' ? replaced.properties.get(name) : undefined;
        return member ?? (name === 'default' ? replaced : undefined);
      },
    };
    this.#loaded.set(source, { exports, commonJs, value });
    return scope;
  }

  /** `import { name } from 'module'`; `*` for all of it. */
  imported(interpreter: Interpreter, module: string, name: string, site: Site): Value {
    const ours = interpreter.host.importModule(module);
    const found = ours ?? this.#relative(interpreter, module, site.source);
    if (!found)
      return unknown(
        name === '*' || name === 'default' ? module : name,
        `comes from \`${module}\`, which is not read`,
        site,
      );
    if (name === '*') return this.#whole(found);
    if (name === 'default') return found.get('default') ?? found;
    return getMember(interpreter, found, name);
  }

  exports(interpreter: Interpreter, { module, names, all, start, end }: StatementOf<'export'>, scope: Scope): void {
    const { exports } = this.#of(scope.source);
    const { journal } = interpreter;
    const site = { source: scope.source, start, end };
    for (const { local, exported } of names) {
      const value = module === undefined ? scope.find(local) : this.imported(interpreter, module, local, site);
      exports.set(exported, value ?? unknown(local, 'is not defined in what is read', site), journal);
    }
    if (!all || module === undefined) return;
    const source = this.#find(module, scope.source);
    const other = source && this.#load(interpreter, source);
    for (const [name, value] of other?.exports.entries() ?? [])
      if (name !== 'default') exports.set(name, value, journal);
  }

  exportDefault(interpreter: Interpreter, value: Value, scope: Scope): void {
    this.#of(scope.source).exports.set('default', value, interpreter.journal);
  }

  #of(source: SourceText): Loaded {
    const loaded = this.#loaded.get(source);
    if (!loaded) throw new Error('No scope was made for this file.');
    return loaded;
  }

  /** `require` gives what `module.exports` was set to, where that is a function or a class. */
  #whole(found: NamespaceValue): Value {
    const loaded = [...this.#loaded.values()].find(({ value }) => value === found);
    const replaced = loaded?.commonJs.properties.get('exports');
    const isModule = loaded && loaded.exports.entries().size > 0;
    return replaced && !isModule && replaced !== undefinedValue ? replaced : found;
  }

  #relative(interpreter: Interpreter, module: string, importer: SourceText): NamespaceValue | undefined {
    const source = this.#find(module, importer);
    return source && this.#load(interpreter, source)?.value;
  }

  #find(module: string, importer: SourceText): SourceText | undefined {
    if (!this.files || !module.startsWith('.')) return undefined;
    const path = joined(folderOf(importer.file) ?? '', module);
    if (path === undefined) return undefined;
    const stem = path.replace(/\.[mc]?jsx?$/, '');
    for (const candidate of [...endings.map((ending) => path + ending), `${stem}.ts`, `${stem}.tsx`]) {
      if (candidate === path && !/\.[mc]?[jt]sx?$/.test(path)) continue;
      const source = this.#source(candidate);
      if (source) return source;
    }
    return undefined;
  }

  #source(path: string): SourceText | undefined {
    if (this.#sources.has(path)) return this.#sources.get(path);
    const text = this.files?.read(path);
    const source = text === undefined || text.length > longestText ? undefined : new SourceText(path, text);
    this.#sources.set(path, source);
    return source;
  }

  #load(interpreter: Interpreter, source: SourceText): Loaded | undefined {
    const known = this.#loaded.get(source);
    if (known) return known;
    const syntax = this.#open < deepestLoading ? this.parse(source) : undefined;
    if (!syntax) return undefined;
    const { site, depth } = interpreter;
    this.#open++;
    try {
      interpreter.journal.outside(() => {
        const scope = this.newScope(interpreter, source);
        interpreter.execute(syntax.body, scope);
      });
    } catch (error) {
      // What has been read of it is there; that the time is up is noticed by whoever asked.
      if (!asLimit(error) && !(error instanceof Thrown)) throw error;
    } finally {
      this.#open--;
      Object.assign(interpreter, { site, depth });
    }
    return this.#loaded.get(source);
  }
}

/** A path with its `.` and `..` carried out; undefined where it leads out of everything. */
function joined(folder: string, relative: string): string | undefined {
  const scheme = /^[a-z][\w+.-]*:\/\/[^/]*/i.exec(folder)?.[0] ?? '';
  const parts = inFolder(folder.slice(scheme.length), relative).split('/');
  const result: string[] = [];
  for (const part of parts) {
    if (part === '.') continue;
    if (part !== '..') result.push(part);
    else if (result.pop() === undefined) return undefined;
  }
  return scheme + result.join('/');
}
