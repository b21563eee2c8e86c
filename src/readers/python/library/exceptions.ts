import { builtinClass } from '../classes';
import { none, tuple, type ClassValue } from '../values';
import { objectClass } from './types';

/** The built-in exceptions, each with what it derives from. */
const bases: Readonly<Record<string, string>> = {
  Exception: 'BaseException',
  KeyboardInterrupt: 'BaseException',
  SystemExit: 'BaseException',
  ArithmeticError: 'Exception',
  OverflowError: 'ArithmeticError',
  ZeroDivisionError: 'ArithmeticError',
  AssertionError: 'Exception',
  AttributeError: 'Exception',
  EOFError: 'Exception',
  ImportError: 'Exception',
  ModuleNotFoundError: 'ImportError',
  LookupError: 'Exception',
  IndexError: 'LookupError',
  KeyError: 'LookupError',
  MemoryError: 'Exception',
  NameError: 'Exception',
  OSError: 'Exception',
  IOError: 'OSError',
  FileNotFoundError: 'OSError',
  FileExistsError: 'OSError',
  PermissionError: 'OSError',
  TimeoutError: 'OSError',
  RuntimeError: 'Exception',
  NotImplementedError: 'RuntimeError',
  RecursionError: 'RuntimeError',
  StopIteration: 'Exception',
  SyntaxError: 'Exception',
  SystemError: 'Exception',
  TypeError: 'Exception',
  ValueError: 'Exception',
  UnicodeError: 'ValueError',
  UnicodeDecodeError: 'UnicodeError',
  Warning: 'Exception',
  DeprecationWarning: 'Warning',
  FutureWarning: 'Warning',
  ImportWarning: 'Warning',
  PendingDeprecationWarning: 'Warning',
  ResourceWarning: 'Warning',
  RuntimeWarning: 'Warning',
  SyntaxWarning: 'Warning',
  UserWarning: 'Warning',
};

function makeExceptions(): ReadonlyMap<string, ClassValue> {
  const base = builtinClass('BaseException', [objectClass], {
    __init__: ({ positional: [self, ...args], interpreter }) => {
      if (self) interpreter.setAttribute(self, 'args', tuple(args));
      return none;
    },
  });
  const classes = new Map<string, ClassValue>([['BaseException', base]]);
  for (const [name, parent] of Object.entries(bases))
    classes.set(name, builtinClass(name, [classes.get(parent) ?? base], {}));
  return classes;
}

let made: ReadonlyMap<string, ClassValue> | undefined;

/** The built-in exceptions by their names. */
export function exceptionClasses(): ReadonlyMap<string, ClassValue> {
  return (made ??= makeExceptions());
}
