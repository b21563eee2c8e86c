import * as vscode from 'vscode';
import type { Analyzer } from '../analysis';
import type { Dialect } from '../readers';
import { mentionsTfjs } from '../readers/tfjs/mention';
import type { Analyze } from './analyses';
import type { MendAll } from './fixAll';
import type { ProveFix } from './fixes';
import type { WhatIfEngine } from './panelActions';

/** The parser, the theory and the rules: loaded when the first text is analysed, so that activation does not wait for them. */
export class Engine {
  private loading: Promise<Analyzer> | undefined;

  /** @param directory where the parser's wasm files are (`dist`) */
  constructor(private readonly directory: vscode.Uri) {}

  readonly analyze: Analyze = async (source, options) => {
    // Most files in JavaScript hold no model: they cost no more than this.
    if (source.language !== 'python' && !mentionsTfjs(source.text))
      return { file: source.file, models: [], findings: [], notes: [] };
    const analyzer = await this.load();
    await analyzer.prepare(source);
    return analyzer.analyze(source, options);
  };

  readonly mendAll: MendAll = async (source, options) => {
    const [analyzer, { mendAll }] = await Promise.all([this.load(), import('../engine')]);
    await analyzer.prepare(source);
    return mendAll(analyzer, source, options);
  };

  readonly proveFix: ProveFix = async (claim) => (await this.load()).proveFix(claim);

  readonly whatIf: WhatIfEngine = {
    figures: async (model, variation, options) => (await import('../engine')).whatIfFigures(model, variation, options),
    written: async (source, model, variation) => {
      const [analyzer, { writtenVariation }] = await Promise.all([this.load(), import('../engine')]);
      await analyzer.prepare(source);
      return writtenVariation(analyzer, source, model, variation);
    },
  };

  private load(): Promise<Analyzer> {
    this.loading ??= this.start().catch((error: unknown) => {
      this.loading = undefined;
      throw error;
    });
    return this.loading;
  }

  private async start(): Promise<Analyzer> {
    const [{ createAnalyzer, createReader }, treeSitterWasm, pythonWasm] = await Promise.all([
      import('../engine'),
      this.file('web-tree-sitter.wasm'),
      this.file('tree-sitter-python.wasm'),
    ]);
    return createAnalyzer(
      await createReader({ treeSitterWasm, pythonWasm, grammar: (dialect) => this.grammar(dialect) }),
    );
  }

  private async grammar(dialect: Dialect): Promise<Uint8Array> {
    return await this.file(`tree-sitter-${dialect}.wasm`);
  }

  private file(name: string): Thenable<Uint8Array> {
    return vscode.workspace.fs.readFile(vscode.Uri.joinPath(this.directory, name));
  }
}
