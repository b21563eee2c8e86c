import type { LossUse, Network } from '../../network';
import type { Host, Interpreter, KnownModule } from '../python/interpreter';
import type { Scope } from '../python/scope';
import type { ModulePart } from '../python/syntax';
import type { ClassValue, InstanceValue, ModuleValue, Value } from '../python/values';
import type { SourceText } from '../text/source';
import type { Directive } from './directive';
import type { Root } from './roots';
import type { Session } from './session';

/** A library whose models are read by evaluating the code that makes them. */
export interface Framework {
  /** Every text that uses it holds one of these. */
  readonly words: readonly string[];
  /** What a model is depends on what was made before it: Keras counts its layers to name them. */
  readonly ordered?: boolean;
  /** A module of it by its absolute name; undefined where there is none. */
  readonly importModule: (name: string) => ModuleValue | undefined;
  /** Under which name a module of it that is written in Python is found in files, where there are such. */
  readonly fileModule?: (name: string) => string | undefined;
  /** What is known of a module that is written in Python and uses the framework. */
  readonly knownModule?: (name: string, interpreter: Interpreter) => KnownModule | undefined;
  readonly open: (interpreter: Interpreter) => FrameworkReading;
}

/** One framework while one file is evaluated: what it adds to the language, and how its models are found and read. */
export interface FrameworkReading extends Omit<Host, 'importModule' | 'fileModule' | 'knownModule'> {
  readonly session: Session;
  /** The class that what is followed derives from. */
  readonly modelClass: ClassValue;
  /** The method that computes: `forward`, `call`. */
  readonly method: string;
  /** What a function that makes a model calls, besides the classes of the file. */
  readonly makers: readonly string[];
  isModel(value: Value | undefined): value is InstanceValue;
  /** Whether a model is one for itself: a lone activation is not. */
  isWorthReading(model: InstanceValue): boolean;
  /** Whether instances of a class without a method of its own compute all the same. */
  computes(cls: ClassValue): boolean;
  /** What a model is made of. */
  partsOf(model: InstanceValue): readonly InstanceValue[];
  /** Run code that only the search for models runs, each time from the same start. */
  apart?<T>(run: () => T): T;
  build(root: Root, scope: Scope, directives: readonly Directive[]): Network;
  /** Losses that the text mentions: for the only model of a file whose training is not followed. */
  mentionedLosses?(parts: readonly ModulePart[], source: SourceText, scope: Scope): readonly LossUse[];
}
