import type { Interpreter } from '../python/interpreter';
import type { Value } from '../python/values';
import type { SourceText } from '../text/source';

/** Where `transformers` keeps what it hands out under its own name. */

/** A name of a module of a file; undefined where there is no such file, or no such name in it. */
export function fileMember(interpreter: Interpreter, module: string, name: string): Value | undefined {
  return fileText(interpreter, module)?.includes(name)
    ? interpreter.modules.absolute(module, interpreter.site.source)?.get(name)
    : undefined;
}

export function fileText(interpreter: Interpreter, module: string): string | undefined {
  return interpreter.modules.source(module, interpreter.site.source)?.text;
}

/** The version whose files are there: 4 of "4.57.1". */
export function majorVersion(interpreter: Interpreter): number | undefined {
  const [, version] = /^__version__ = "(\d+)\./m.exec(fileText(interpreter, 'transformers') ?? '') ?? [];
  return version === undefined ? undefined : Number(version);
}

/** `from transformers import GPT2Model`: what the package imports for type checkers, and what its models are called. */
export function packageMember(interpreter: Interpreter, name: string): Value | undefined {
  const { modules, site } = interpreter;
  const root = modules.source('transformers', site.source);
  if (!root || !/^\w+$/.test(name) || preparing.test(name)) return undefined;
  const inside = `transformers.${name}`;
  return (
    (modules.source(inside, site.source) ? modules.absolute(inside, site.source) : undefined) ??
    memberOfModels(interpreter, name) ??
    imported(interpreter, root, name)
  );
}

/** Classes that make inputs of texts and pictures. */
const preparing = /(Tokenizer|TokenizerFast|Processor|ProcessorFast|FeatureExtractor)$/;

/** `from .trainer import (Trainer, …)`: in version 5, and in those before it. */
const imports = /from \.([\w.]+) import (?:\(([^)]*)\)|([^\n]*))/g;

function imported(interpreter: Interpreter, root: SourceText, name: string): Value | undefined {
  const word = new RegExp(`\\b${name}\\b`);
  if (!word.test(root.text)) return undefined;
  for (const [, module = '', inBrackets = '', inLine = ''] of root.text.matchAll(imports))
    if (word.test(inBrackets) || word.test(inLine)) return fileMember(interpreter, `transformers.${module}`, name);
  return undefined;
}

/** The folders of `transformers.models`, by their names without underscores: `BertForMaskedLM` is in `bert`. */
function foldersOf({ text }: SourceText): readonly (readonly [string, string])[] {
  const listed = [...text.matchAll(/from \.(\w+) import/g)].map(([, folder = '']) => folder);
  const [, inBrackets = ''] = /from \. import \(([^)]*)\)/.exec(text) ?? [];
  const folders = [...listed, ...inBrackets.split(',').map((folder) => folder.trim())].filter((one) => one !== '');
  return [...new Set(folders)].map((folder) => [folder.replaceAll('_', ''), folder] as const);
}

function memberOfModels(interpreter: Interpreter, name: string): Value | undefined {
  const models = interpreter.modules.source('transformers.models', interpreter.site.source);
  const lead = name.toLowerCase();
  const fitting = (models ? foldersOf(models) : [])
    .filter(([word]) => lead.startsWith(word))
    .sort(([a], [b]) => b.length - a.length);
  const kinds = name.endsWith('Config') ? ['configuration', 'modeling'] : ['modeling', 'configuration'];
  for (const [, folder] of fitting)
    for (const kind of kinds) {
      const found = fileMember(interpreter, `transformers.models.${folder}.${kind}_${folder}`, name);
      if (found) return found;
    }
  return undefined;
}
