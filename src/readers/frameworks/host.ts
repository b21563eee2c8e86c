import type { Host, Interpreter, KnownModule } from '../python/interpreter';
import { standardModules } from '../python/library/standard';
import type { Call, InstanceValue, ModuleValue, UnknownValue, Value } from '../python/values';
import type { Range, Site } from '../text/source';
import type { Framework, FrameworkReading } from './framework';

/** Several frameworks in one evaluation: each is told everything, and the first that has an answer gives it. */
export class FrameworksHost implements Host {
  constructor(
    private readonly frameworks: readonly Framework[],
    private readonly readings: () => readonly FrameworkReading[],
  ) {}

  importModule(name: string): ModuleValue | undefined {
    return first(this.frameworks, (framework) => framework.importModule(name)) ?? standardModules.get(name);
  }

  fileModule(name: string): string | undefined {
    return first(this.frameworks, (framework) => framework.fileModule?.(name));
  }

  knownModule(name: string, interpreter: Interpreter): KnownModule | undefined {
    return first(this.frameworks, (framework) => framework.knownModule?.(name, interpreter));
  }

  loading(run: () => void): void {
    nested(this.readings(), (reading, inner) => (reading.loading ? reading.loading(inner) : inner()), run);
  }

  construct(instance: InstanceValue, initialise: () => void): void {
    nested(
      this.readings(),
      (reading, inner) => (reading.construct ? reading.construct(instance, inner) : inner()),
      initialise,
    );
  }

  bound(name: string, instance: InstanceValue, target: Range): void {
    for (const reading of this.readings()) reading.bound?.(name, instance, target);
  }

  progress(): number {
    return this.readings().reduce((sum, reading) => sum + (reading.progress?.() ?? 0), 0);
  }

  unpack(instance: InstanceValue, count: number, site: Site): readonly Value[] | undefined {
    return first(this.readings(), (reading) => reading.unpack?.(instance, count, site));
  }

  exceeds(value: UnknownValue, number: number): boolean {
    return this.readings().some((reading) => reading.exceeds?.(value, number) ?? false);
  }

  unknownCall(callee: UnknownValue, call: Call): Value | undefined {
    return first(this.readings(), (reading) => reading.unknownCall?.(callee, call));
  }
}

function first<T, R>(items: readonly T[], answer: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = answer(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Each around those that come after it, `run` innermost. */
function nested<T>(items: readonly T[], around: (item: T, inner: () => void) => void, run: () => void): void {
  const [item, ...others] = items;
  if (item === undefined) run();
  else around(item, () => nested(others, around, run));
}
