import assert from 'node:assert/strict';
import { evaluate, run, withPython } from './support/python';

withPython();

describe('the Python of real model code', () => {
  it('matches patterns', () => {
    const code = (subject: string): unknown =>
      run(`
class P:
    __match_args__ = ("x",)
    def __init__(self, x, y=0):
        self.x, self.y = x, y
def f(s):
    match s:
        case 0 | -1:
            return "few"
        case int(n) if n > 5:
            return n
        case [a, *rest]:
            return [a, rest]
        case {"kind": k, **others}:
            return [k, others]
        case P(1, y=q):
            return ["P", q]
        case "gelu" | None as name:
            return [name]
        case _:
            return "other"
result = f(${subject})`);
    assert.deepEqual(
      ['0', '-1', '7', '[1, 2, 3]', '{"kind": "a", "z": 1}', 'P(1, 4)', '"gelu"', 'None', '3'].map(code),
      ['few', 'few', 7, [1, [2, 3]], ['a', { z: 1 }], ['P', 4], ['gelu'], [null], 'other'],
    );
  });

  it('keeps apart what an unknown condition leaves open, and goes on after it', () => {
    const code = 'import argparse\nflag = argparse.parse()\n';
    // A loop that may have been left, a function that may have returned: what comes after may or may not have happened.
    assert.equal(
      (
        run(`${code}l = []\nfor i in range(3):\n    l.append(i)\n    if flag:\n        break\nresult = len(l)`) as {
          symbol: string;
        }
      ).symbol,
      'the list',
    );
    const early = `${code}l = []\ndef f():\n    for i in range(2):\n        if flag:\n            return 1\n    l.append(1)\n    return 1\n`;
    assert.equal(run(`${early}result = f()`), 1);
    assert.match(JSON.stringify(run(`${early}f()\nresult = l`)), /depends on/);
    assert.equal(run(`${code}def f():\n    if flag:\n        return 3\n    return 3\nresult = f()`), 3);
    assert.deepEqual(
      run(`${code}x = 1\nif flag and False:\n    x = 2\nif flag or True:\n    y = 3\nresult = [x, y]`),
      [1, 3],
    );
  });

  it('asks a class for every attribute that it looks up itself', () => {
    const code = `
class Config:
    names = {"dim": "width"}
    def __init__(self):
        self.width = 4
    def __getattribute__(self, name):
        if name != "names" and name in super().__getattribute__("names"):
            name = super().__getattribute__("names")[name]
        return super().__getattribute__(name)
    def __setattr__(self, name, value):
        super().__setattr__(self.names.get(name, name), value)
c = Config()
c.dim = 8
result = [c.dim, c.width, hasattr(c, "depth"), getattr(c, "depth", 3)]`;
    assert.deepEqual(run(code), [8, 8, false, 3]);
  });

  it('lets classes of dicts and lists look up as their base does', () => {
    const code = `
class Makers(dict):
    def __getitem__(self, key):
        made, settings = super().__getitem__(key)
        return made(**settings)
    def __contains__(self, key):
        return not super().__contains__(key)
class Twice(list):
    def __getitem__(self, place):
        return 2 * super().__getitem__(place)
m = Makers({"a": (lambda x=1: x, {"x": 5})})
result = [m["a"], "a" in m, Twice([1, 2])[1]]`;
    assert.deepEqual(run(code), [5, false, 4]);
  });

  it('raises and catches what fits', () => {
    assert.deepEqual(
      run(`
result = []
def attempt(f):
    try:
        return f()
    except (KeyError, IndexError) as e:
        return "lookup"
    except ImportError:
        return "import"
    except Exception:
        return "other"
    finally:
        result.append(1)
def importing():
    import not_there_at_all
def raising():
    raise ValueError("no")
result.append([attempt(lambda: {}["a"]), attempt(lambda: [][3]), attempt(importing), attempt(raising), attempt(lambda: 4)])
try:
    x = 1
except ValueError:
    x = 2
else:
    x += 10
result.append(x)`),
      [1, 1, 1, 1, 1, ['lookup', 'lookup', 'import', 'other', 4], 11],
    );
    assert.deepEqual(
      run(
        'result = []\ntry:\n    try:\n        raise KeyError("k")\n    except KeyError:\n        raise\nexcept LookupError:\n    result.append("again")',
      ),
      ['again'],
    );
  });

  it('has iterators that are used up, endless ones too', () => {
    assert.deepEqual(run('it = iter([1, 2, 3])\nfirst = next(it)\nresult = [first, list(it), list(it), next(it, 9)]'), [
      1,
      [2, 3],
      [],
      9,
    ]);
    assert.deepEqual(run('g = (x * x for x in range(4))\nresult = [next(g), next(g), sum(g)]'), [0, 1, 13]);
    assert.deepEqual(
      run(
        'import itertools as it\nresult = [list(zip(it.count(3), "ab")), list(it.islice(it.cycle([1, 2]), 5)), list(zip(it.repeat(0), [7]))]',
      ),
      [
        [
          [3, 'a'],
          [4, 'b'],
        ],
        [1, 2, 1, 2, 1],
        [[0, 7]],
      ],
    );
    assert.deepEqual(
      run(`
class Countdown:
    def __init__(self, n): self.n = n
    def __iter__(self): return self
    def __next__(self):
        if self.n == 0: raise StopIteration
        self.n -= 1
        return self.n
result = list(Countdown(3))`),
      [2, 1, 0],
    );
  });

  it('has itertools', () => {
    assert.deepEqual(
      run(`
from itertools import accumulate, chain, combinations, groupby, pairwise, product, starmap, takewhile, zip_longest
result = [list(accumulate([1, 2, 3])), list(chain.from_iterable([[1], [2, 3]])), list(product([1, 2], repeat=2)),
          list(combinations("abc", 2)), [(k, list(g)) for k, g in groupby([1, 1, 2])], list(pairwise([1, 2, 3])),
          list(starmap(max, [(1, 5), (7, 2)])), list(takewhile(lambda x: x < 3, [1, 2, 3, 1])), list(zip_longest([1, 2], [3], fillvalue=0))]`),
      [
        [1, 3, 6],
        [1, 2, 3],
        [
          [1, 1],
          [1, 2],
          [2, 1],
          [2, 2],
        ],
        [
          ['a', 'b'],
          ['a', 'c'],
          ['b', 'c'],
        ],
        [
          [1, [1, 1]],
          [2, [2]],
        ],
        [
          [1, 2],
          [2, 3],
        ],
        [5, 7],
        [1, 2],
        [
          [1, 3],
          [2, 0],
        ],
      ],
    );
  });

  it('has sets, ordered and default dicts, counters and deques', () => {
    assert.deepEqual(
      run(`
from collections import Counter, OrderedDict, defaultdict, deque
s = {1, 2}
s.add(3); s.discard(1); s |= {5}
d = defaultdict(list)
d["a"].append(1)
o = OrderedDict([("x", 1), ("y", 2)])
o.move_to_end("x")
q = deque([1, 2, 3], maxlen=2)
q.appendleft(0)
result = [sorted(s), sorted({1, 2} & {2, 3}), {1} <= {1, 2}, dict(d), list(o), Counter("aab")["a"], list(q), isinstance(o, OrderedDict), isinstance({}, OrderedDict)]`),
      [[2, 3, 5], [2], true, { a: [1] }, ['y', 'x'], 2, [0, 2, 3], true, false],
    );
    assert.deepEqual(run('l = [5, 3, 4]\nl.sort(key=lambda x: -x)\nl[1:2] = [9, 9]\ndel l[0]\nresult = l'), [9, 9, 3]);
  });

  it('has dataclasses with inheritance, factories and settings', () => {
    assert.deepEqual(
      run(`
from dataclasses import dataclass, field, replace, asdict, astuple, fields, KW_ONLY
from typing import ClassVar, List
@dataclass
class Base:
    width: int = 4
    name: ClassVar[str] = "base"
@dataclass(frozen=True)
class Config(Base):
    depths: List[int] = field(default_factory=lambda: [2, 2])
    _: KW_ONLY
    rate: float = 0.5
    total: int = field(init=False)
    def __post_init__(self):
        object.__setattr__(self, "total", sum(self.depths))
c = Config(8, rate=0.1)
d = replace(c, depths=[3])
result = [asdict(c), d.total, d.width, astuple(Base()), [f.name for f in fields(Base)], Base(4) == Base(), Base(1) == Base(2)]`),
      [{ width: 8, depths: [2, 2], rate: 0.1, total: 4 }, 3, 8, [4], ['width'], true, false],
    );
  });

  it('has named tuples and enumerations', () => {
    assert.deepEqual(
      run(`
from collections import namedtuple
from enum import Enum, auto
from typing import NamedTuple
class Stage(NamedTuple):
    depth: int
    width: int = 8
    def size(self):
        return self.depth * self.width
Pair = namedtuple("Pair", "a b", defaults=[2])
class Kind(str, Enum):
    A = "a"
    B = "b"
    ALSO = "a"
class Level(Enum):
    LOW = auto()
    HIGH = auto()
    @property
    def twice(self):
        return self.value * 2
s = Stage(3)
a, b = Pair(1)
result = [s.size(), s._replace(width=2).size(), isinstance(s, Stage), isinstance(s, tuple), a + b, Pair._fields,
          Kind("b").name, Kind["A"] is Kind.ALSO, Kind.A == "a", [k.value for k in Kind], Level.HIGH.twice, len(Level), Level.LOW == Level.HIGH]`),
      [24, 6, true, true, 3, ['a', 'b'], 'B', true, true, ['a', 'b'], 4, 2, false],
    );
  });

  it('follows decorators, and hides what one that is unknown may have changed', () => {
    assert.deepEqual(
      run(`
import functools, inspect
def register(name):
    def outer(fn):
        @functools.wraps(fn)
        def inner(*args, **kwargs):
            return [fn.__name__, fn(*args, **kwargs), name]
        return inner
    return outer
@register("r")
def make(a, b=2):
    return a + b
@functools.lru_cache(maxsize=None)
def cached(x):
    return x
result = [make(1), make.__name__, list(inspect.signature(make).parameters), cached(3)]`),
      [['make', 3, 'r'], 'make', ['a', 'b'], 3],
    );
    assert.match(
      JSON.stringify(run('from elsewhere import transform\n@transform\ndef f():\n    return 1\nresult = f()')),
      /is decorated by something unknown/,
    );
    assert.equal(run('from elsewhere import register_model\n@register_model\ndef f():\n    return 1\nresult = f()'), 1);
  });

  it('has properties, descriptors of classes and the special methods', () => {
    assert.deepEqual(
      run(`
from functools import cached_property
class Plugin:
    known = {}
    def __init_subclass__(cls, key=None, **kwargs):
        Plugin.known[key] = cls
class A(Plugin, key="a"):
    made = 0
    def __new__(cls, *args):
        cls.made += 1
        return super().__new__(cls)
    def __init__(self, n):
        self._n = n
    @property
    def n(self):
        return self._n
    @n.setter
    def n(self, value):
        self._n = value * 2
    @cached_property
    def slow(self):
        A.made += 10
        return self._n
    def __getattr__(self, name):
        if name.startswith("x_"):
            return name
        raise AttributeError(name)
    def __setattr__(self, name, value):
        super().__setattr__(name, value)
    def __lt__(self, other): return self._n < other._n
    def __add__(self, other): return A(self._n + other._n)
    def __contains__(self, item): return item == self._n
    def __len__(self): return self._n
a = A(1)
a.n = 4
a.slow, a.slow
result = [Plugin.known["a"] is A, a.n, A.made, a.x_y, hasattr(a, "zzz"), getattr(a, "zzz", 5), min([A(9), a]).n, (a + A(1)).n, 8 in a, len(a), type(a).__name__, vars(a)["_n"]]`),
      [true, 8, 11, 'x_y', false, 5, 8, 9, true, 8, 'A', 8],
    );
  });

  it('has classes that derive from dict and list', () => {
    assert.deepEqual(
      run(`
class Config(dict):
    def __getattr__(self, name):
        return self[name]
    def __setattr__(self, name, value):
        self[name] = value
class Stack(list):
    def top(self):
        return self[-1]
c = Config(width=4)
c.depth = 2
s = Stack([1, 2])
s.append(3)
result = [c.width, c["depth"], len(c), dict(**c), s.top(), [x for x in s], isinstance(c, dict)]`),
      [4, 2, 2, { width: 4, depth: 2 }, 3, [1, 2, 3], true],
    );
  });

  it('computes sizes with numpy', () => {
    assert.deepEqual(
      run(`
import numpy as np
widths = np.arange(4) * 2.5 + 8
result = [[round(x, 3) for x in np.linspace(0, 0.3, 4)], np.cumsum([0] + [1, 2]).tolist(), int(np.prod([2, 3])), (np.round(widths / 8) * 8).astype(int).tolist(),
          np.array([[1, 2], [3, 4]]).sum(), np.ones((2, 2)).tolist(), np.log2(8), len(np.unique([3, 1, 3])), np.array([1, 2, 3])[1:].tolist(), widths.shape]`),
      [
        [0, 0.1, 0.2, 0.3],
        [0, 1, 3],
        6,
        [8, 8, 16, 16],
        10,
        [
          [1, 1],
          [1, 1],
        ],
        3,
        2,
        [2, 3],
        [4],
      ],
    );
  });

  it('has texts, formats and plain regular expressions', () => {
    assert.equal(evaluate('"%s-%02d %.1f %%" % ("a", 3, 0.25)'), 'a-03 0.3 %');
    assert.equal(evaluate('f"{3!r:>{4}}|{[1, \'a\']}|{(1,)}"'), "   3|[1, 'a']|(1,)");
    assert.deepEqual(
      evaluate(
        '["a.b.c".rsplit(".", 1), "xxabx".strip("x"), "k=v".partition("="), "Ab1".isalnum(), "layer1".removeprefix("layer")]',
      ),
      [['a.b', 'c'], 'ab', ['k', '=', 'v'], true, '1'],
    );
    assert.deepEqual(
      run(
        'import re\nm = re.match(r"([a-z]+)(\\d+)?_(?P<x>\\w)", "ir12_r")\nresult = [m.group(1), m["x"], re.split(r"(\\d.*)", "k3"), re.sub("[0-9]", "", "a1b2")]',
      ),
      ['ir', 'r', ['k', '3', ''], 'ab'],
    );
    assert.match(JSON.stringify(run('import re\nresult = re.match("(a+)+$", "a" * 30)')), /is not followed/);
  });

  it('has what the program runs in', () => {
    assert.deepEqual(
      run(`
import abc, contextlib, copy, logging, operator, os, sys, warnings
from typing import TYPE_CHECKING, Generic, Optional, TypeVar, Union, cast, overload
T = TypeVar("T")
log = logging.getLogger(__name__)
log.warning("x")
class Base(abc.ABC, Generic[T]):
    @abc.abstractmethod
    def f(self): ...
class Real(Base[int]):
    def f(self) -> Optional[Union[int, "str"]]: return cast(int, 3)
@contextlib.contextmanager
def entered(x):
    yield x + 1
with entered(4) as y, warnings.catch_warnings():
    pass
l = [[1], 2]
deep, flat = copy.deepcopy(l), copy.copy(l)
l[0].append(9)
result = [Real().f(), y, deep, flat, os.environ.get("X", "1"), sys.version_info >= (3, 8), TYPE_CHECKING, operator.itemgetter(1)([4, 5]), isinstance([], (int, list)), callable(len), int | None is None]`),
      [3, 5, [[1], 2], [[1, 9], 2], '1', true, false, 5, true, true, false],
    );
  });

  it('hands on settings as people do', () => {
    assert.deepEqual(
      run(`
from functools import partial
def layer(n, act="relu", **kw): return [n, act, kw]
def build(cfg, **kwargs):
    kwargs.setdefault("act", "gelu")
    extra = kwargs.pop("extra", None)
    args = dict(cfg, **kwargs)
    return layer(**args), extra
make = partial(layer, act="silu")
result = [build({"n": 1}), build({"n": 1, "act": "x"}, extra=3, act="y"), make(2, bias=False), (lambda *a, k=1, **kw: [a, k, kw])(1, z=2)]`),
      [
        [[1, 'gelu', {}], null],
        [[1, 'y', {}], 3],
        [2, 'silu', { bias: false }],
        [[1], 1, { z: 2 }],
      ],
    );
  });
});
