import erf from '@stdlib/math-base-special-erf';
import * as oracle from './oracle';
import type { Dense } from './oracle';

export interface KernelCase {
  readonly title: string;
  readonly inputs: Readonly<Record<string, Dense>>;
  readonly attrs?: Readonly<Record<string, unknown>>;
  readonly expected: Dense;
  /** The bound of the error, relative to the largest value. */
  readonly tolerance?: number;
  /** The bound is relative to every value, however small. */
  readonly everyDigit?: boolean;
  /** Inputs that are truth values. */
  readonly bool?: readonly string[];
}

let state = 1;
/** Reproducible values in (−2, 2), exact in float32. */
function values(...shape: number[]): Dense {
  return oracle.fill(shape, () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return Math.fround((state / 0x7fffffff) * 4 - 2);
  });
}

const positive = (...shape: number[]): Dense => oracle.unary((x) => Math.fround(Math.abs(x) + 0.1))(values(...shape));
const list = (...data: number[]): Dense => ({ shape: [data.length], data: data.map(Math.fround) });
const truth = (...shape: number[]): Dense => oracle.unary((x) => (x > 0 ? 1 : 0))(values(...shape));

function pointwise(f: (x: number) => number, x: Dense = values(3, 5, 7), rest: Partial<KernelCase> = {}): KernelCase[] {
  return [{ title: 'of every element', inputs: { x }, expected: oracle.unary(f)(x), ...rest }];
}

function pairwise(f: (a: number, b: number) => number, b: (...shape: number[]) => Dense = values): KernelCase[] {
  const shapes: [number[], number[]][] = [
    [
      [3, 4],
      [3, 4],
    ],
    [[2, 3, 4], [4]],
    [
      [2, 3, 4],
      [1, 3, 1],
    ],
    [[3, 4], []],
    [
      [3, 1],
      [3, 4],
    ],
    [
      [2, 5, 5, 3],
      [1, 1, 1, 3],
    ],
  ];
  return shapes.map(([p, q]) => {
    const inputs = { a: values(...p), b: b(...q) };
    return { title: `${p.join('×')} with ${q.join('×')}`, inputs, expected: oracle.binary(f)(inputs.a, inputs.b) };
  });
}

function comparison(f: (a: number, b: number) => boolean): KernelCase[] {
  const a = values(4, 5);
  const b: Dense = { shape: [4, 5], data: a.data.map((x, i) => (i % 3 === 0 ? x : -x)) };
  return [
    {
      title: 'with equal ones among them',
      inputs: { a, b },
      expected: oracle.binary((x, y) => (f(x, y) ? 1 : 0))(a, b),
    },
  ];
}

function reduction(fold: (x: number[]) => number, attribute: string): KernelCase[] {
  const cases: [number[], number[], boolean][] = [
    [[5, 7], [0], false],
    [[5, 7], [0], true],
    [[5, 7], [1], true],
    [[5, 7], [0, 1], false],
    [[2, 3, 4, 5], [0, 1, 2], false],
    [[2, 3, 4, 5], [2, 3], true],
    [[2, 3, 4, 5], [0, 2, 3], false],
    [[2, 3, 2, 4, 3], [1, 3], true],
  ];
  return cases.map(([shape, axes, keepDims]) => {
    const x = values(...shape);
    return {
      title: `${shape.join('×')} over ${axes.join()}`,
      inputs: { x },
      attrs: { [attribute]: axes, keepDims },
      expected: oracle.reduced(x, axes, keepDims, fold),
    };
  });
}

function products(): KernelCase[] {
  const cases: [number[], number[], boolean, boolean][] = [
    [[3, 4], [4, 5], false, false],
    [[4, 3], [4, 5], true, false],
    [[3, 4], [5, 4], false, true],
    [[4, 3], [5, 4], true, true],
    [[3, 100], [100, 70], false, false],
    [[3, 100], [70, 100], false, true],
    [[2, 3, 4], [2, 4, 5], false, false],
    [[2, 4, 3], [2, 5, 4], true, true],
    [[3, 3, 4], [1, 4, 5], false, false],
    [[1, 3, 4], [3, 4, 5], false, false],
    [[1, 1], [1, 1], false, false],
  ];
  return cases.map(([p, q, transposeA, transposeB]) => {
    const inputs = { a: values(...p), b: values(...q) };
    return {
      title: `${p.join('×')}${transposeA ? 'ᵀ' : ''} by ${q.join('×')}${transposeB ? 'ᵀ' : ''}`,
      inputs,
      attrs: { transposeA, transposeB },
      expected: oracle.matMul(inputs.a, inputs.b, transposeA, transposeB),
    };
  });
}

/** Input, filter, stride: 1×1, odd and even kernels, strides that leave a rest, one row. */
const convolutions: [number[], number[], [number, number]][] = [
  [
    [2, 6, 6, 3],
    [3, 3, 3, 4],
    [1, 1],
  ],
  [
    [2, 7, 6, 3],
    [3, 2, 3, 4],
    [2, 2],
  ],
  [
    [2, 8, 8, 3],
    [3, 3, 3, 4],
    [2, 3],
  ],
  [
    [2, 5, 5, 3],
    [1, 1, 3, 4],
    [1, 1],
  ],
  [
    [2, 5, 5, 3],
    [1, 1, 3, 4],
    [2, 2],
  ],
  [
    [1, 1, 9, 2],
    [1, 3, 2, 5],
    [1, 1],
  ],
  [
    [3, 4, 4, 1],
    [4, 4, 1, 2],
    [1, 1],
  ],
];

const convolutionAttributes = (strides: number[]) => ({ strides, pad: 'valid', dataFormat: 'NHWC', dilations: [1, 1] });

function eachConvolution(
  make: (x: Dense, filter: Dense, strides: [number, number]) => Omit<KernelCase, 'title'>,
): KernelCase[] {
  return convolutions.map(([shape, kernel, strides]) => ({
    title: `${shape.join('×')}, filter ${kernel.join('×')}, stride ${strides.join('×')}`,
    ...make(values(...shape), values(...kernel), strides),
  }));
}

function eachDepthwise(
  make: (x: Dense, filter: Dense, strides: [number, number]) => Omit<KernelCase, 'title'>,
): KernelCase[] {
  const cases: [number[], number[], [number, number]][] = [
    [
      [2, 6, 5, 3],
      [3, 3, 3, 1],
      [1, 1],
    ],
    [
      [2, 7, 6, 3],
      [3, 2, 3, 2],
      [2, 2],
    ],
    [
      [1, 1, 9, 4],
      [1, 3, 4, 1],
      [2, 2],
    ],
  ];
  return cases.map(([shape, kernel, strides]) => ({
    title: `${shape.join('×')}, filter ${kernel.join('×')}, stride ${strides.join('×')}`,
    ...make(values(...shape), values(...kernel), strides),
  }));
}

const outputGradient = (x: Dense, filter: Dense, stride: number[]): Dense =>
  values(...oracle.slidingShape(x.shape, filter.shape, stride, filter.shape[3]!));

function eachPooling(
  make: (x: Dense, kernel: [number, number], strides: [number, number]) => Omit<KernelCase, 'title'>,
): KernelCase[] {
  const cases: [number[], [number, number], [number, number]][] = [
    [
      [2, 6, 6, 3],
      [2, 2],
      [2, 2],
    ],
    [
      [2, 7, 6, 3],
      [3, 3],
      [1, 1],
    ],
    [
      [2, 7, 7, 3],
      [3, 2],
      [2, 3],
    ],
    [
      [1, 1, 8, 2],
      [1, 4],
      [1, 2],
    ],
    [
      [2, 5, 5, 3],
      [5, 5],
      [1, 1],
    ],
  ];
  return cases.map(([shape, kernel, strides]) => ({
    title: `${shape.join('×')}, window ${kernel.join('×')}, stride ${strides.join('×')}`,
    ...make(values(...shape), kernel, strides),
  }));
}

const poolingAttributes = (filterSize: number[], strides: number[]) => ({ filterSize, strides, pad: 'valid' });
const mean = (x: number[]): number => x.reduce((a, b) => a + b, 0) / x.length;
const total = (x: number[]): number => x.reduce((a, b) => a + b, 0);

const wide = list(0, 1e-30, -1e-8, 1e-4, -1e-3, 0.01, 0.3, -1, 2.5, -4, 6, -9, 15, -40, 80);

/** Every kernel that the executor may call, with what it must give: the audit list. */
export const kernelCases: Readonly<Record<string, readonly KernelCase[]>> = {
  Abs: pointwise(Math.abs),
  Neg: pointwise((x) => -x),
  Square: pointwise((x) => x * x),
  Sign: pointwise(Math.sign, list(-3, -0.5, 0, 0.5, 3)),
  Floor: pointwise(Math.floor, list(-3, -2.5, -0.5, 0, 0.5, 2.5, 3)),
  Round: [
    {
      title: 'halves to even',
      inputs: { x: list(-1.5, -0.5, 0.4, 0.5, 1.5, 2.5, 2.6) },
      expected: list(-2, 0, 0, 0, 2, 2, 3),
    },
  ],
  ZerosLike: pointwise(() => 0),
  OnesLike: pointwise(() => 1),
  Pow: pairwise((a, b) => Math.abs(a) ** b).map((one) => ({
    ...one,
    inputs: { ...one.inputs, a: oracle.unary(Math.abs)(one.inputs['a']!) },
  })),
  Sqrt: pointwise(Math.sqrt, positive(4, 5)),
  Exp: pointwise(Math.exp, list(-80, -20, -3, -1e-3, 0, 1e-3, 1, 20, 80)),
  Log: pointwise(Math.log, list(1e-30, 1e-3, 0.5, 1, 2, 1e3, 1e30), { tolerance: 4e-6 }),
  Log1p: pointwise(Math.log1p, list(0, 1e-8, 1e-3, 0.5, 1, 100)),
  Relu: pointwise((x) => Math.max(0, x)),
  Elu: pointwise((x) => (x > 0 ? x : Math.expm1(x)), wide),
  Tanh: pointwise(Math.tanh, wide, { everyDigit: true }),
  Sigmoid: pointwise((x) => 1 / (1 + Math.exp(-x)), wide, { everyDigit: true, tolerance: 4e-6 }),
  Erf: pointwise(erf, list(-3, -1.5, -0.5, -1e-3, 0, 1e-3, 0.5, 1.5, 3)),
  Sin: pointwise(Math.sin),
  Cos: pointwise(Math.cos),
  Atan: pointwise(Math.atan),
  Add: pairwise((a, b) => a + b),
  Sub: pairwise((a, b) => a - b),
  Multiply: pairwise((a, b) => a * b),
  RealDiv: pairwise((a, b) => a / b, positive),
  Minimum: pairwise(Math.min),
  Maximum: pairwise(Math.max),
  Greater: comparison((a, b) => a > b),
  GreaterEqual: comparison((a, b) => a >= b),
  Less: comparison((a, b) => a < b),
  LessEqual: comparison((a, b) => a <= b),
  Equal: comparison((a, b) => a === b),
  NotEqual: comparison((a, b) => a !== b),
  LogicalAnd: [
    (() => {
      const inputs = { a: truth(4, 5), b: truth(4, 5) };
      return {
        title: 'of truth values',
        inputs,
        bool: ['a', 'b'],
        expected: oracle.binary((a, b) => a * b)(inputs.a, inputs.b),
      };
    })(),
  ],
  Select: [
    (() => {
      const inputs = { condition: truth(3, 4), t: values(3, 4), e: values(3, 4) };
      const expected = oracle.fill([3, 4], (i) =>
        oracle.at(oracle.at(inputs.condition, i) === 1 ? inputs.t : inputs.e, i),
      );
      return { title: 'of the same shape', inputs, bool: ['condition'], expected };
    })(),
  ],
  Cast: (() => {
    const x = truth(3, 4);
    return [
      { title: 'of truth values to numbers', inputs: { x }, bool: ['x'], attrs: { dtype: 'float32' }, expected: x },
    ];
  })(),
  Identity: pointwise((x) => x),
  Reshape: (() => {
    const x = values(3, 4);
    return [
      { title: '3×4 to 2×6', inputs: { x }, attrs: { shape: [2, 6] }, expected: { shape: [2, 6], data: x.data } },
    ];
  })(),
  Fill: [
    {
      title: '2×3 of −1.5',
      inputs: {},
      attrs: { shape: [2, 3], value: -1.5, dtype: 'float32' },
      expected: oracle.fill([2, 3], () => -1.5),
    },
  ],
  Tile: (() => {
    const x = values(1, 3, 1);
    return [
      {
        title: '1×3×1 to 2×3×4',
        inputs: { x },
        attrs: { reps: [2, 1, 4] },
        expected: oracle.fill([2, 3, 4], ([, j]) => x.data[j!]!),
      },
    ];
  })(),
  Transpose: [
    [1, 0],
    [0, 2, 1],
    [0, 2, 3, 1],
    [0, 3, 1, 2],
    [2, 0, 1],
    [0, 2, 4, 1, 3],
    [5, 0, 4, 2, 1, 3],
  ].map((perm) => {
    const x = values(...[2, 3, 4, 5, 2, 3].slice(0, perm.length));
    const shape = perm.map((axis) => x.shape[axis]!);
    const expected = oracle.fill(shape, (index) => {
      const source = new Array<number>(perm.length);
      perm.forEach((axis, i) => (source[axis] = index[i]!));
      return oracle.at(x, source);
    });
    return { title: `by ${perm.join()}`, inputs: { x }, attrs: { perm }, expected };
  }),
  PadV2: [0, -3.4028234663852886e38].map((constantValue) => {
    const x = values(2, 3, 4, 2);
    const paddings = [
      [0, 0],
      [1, 2],
      [0, 3],
      [0, 0],
    ];
    const expected = oracle.fill([2, 6, 7, 2], (index) => {
      const source = index.map((i, axis) => i - paddings[axis]![0]!);
      return source.every((i, axis) => i >= 0 && i < x.shape[axis]!) ? oracle.at(x, source) : constantValue;
    });
    return { title: `with ${String(constantValue)}`, inputs: { x }, attrs: { paddings, constantValue }, expected };
  }),
  Slice: (
    [
      [
        [3, 5, 4, 2],
        [1, 0, 2, 0],
        [2, 4, 2, 2],
      ],
      [
        [3, 5, 4],
        [0, 2, 0],
        [3, 1, 4],
      ],
      [
        [3, 5, 4],
        [1, 0, 0],
        [2, 5, 4],
      ],
      [[7], [2], [4]],
      [
        [3, 5],
        [0, 3],
        [3, 2],
      ],
      [
        [3, 5],
        [1, 2],
        [0, 2],
      ],
    ] as const
  ).map(([shape, begin, size]) => {
    const x = values(...shape);
    const expected = oracle.fill([...size], (index) =>
      oracle.at(
        x,
        index.map((i, axis) => i + begin[axis]!),
      ),
    );
    return { title: `${size.join('×')} of ${shape.join('×')}`, inputs: { x }, attrs: { begin, size }, expected };
  }),
  Concat: [0, 1, 2].map((axis) => {
    const a = values(2, 3, 4);
    const b = values(...[2, 3, 4].map((size, i) => (i === axis ? size + 1 : size)));
    const shape = a.shape.map((size, i) => (i === axis ? size + b.shape[i]! : size));
    const expected = oracle.fill(shape, (index) =>
      index[axis]! < a.shape[axis]!
        ? oracle.at(a, index)
        : oracle.at(
            b,
            index.map((i, k) => (k === axis ? i - a.shape[axis]! : i)),
          ),
    );
    return { title: `along ${String(axis)}`, inputs: { 0: a, 1: b }, attrs: { axis }, expected };
  }),
  Sum: reduction(total, 'axis'),
  Max: reduction((x) => Math.max(...x), 'reductionIndices'),
  BatchMatMul: products(),
  Conv2D: eachConvolution((x, filter, strides) => ({
    inputs: { x, filter },
    attrs: convolutionAttributes(strides),
    expected: oracle.conv2d(x, filter, strides),
  })),
  Conv2DBackpropInput: eachConvolution((x, filter, strides) => {
    const dy = outputGradient(x, filter, strides);
    return {
      inputs: { dy, filter },
      attrs: { ...convolutionAttributes(strides), inputShape: x.shape },
      expected: oracle.conv2dInputGradient(dy, filter, strides, x.shape),
    };
  }),
  Conv2DBackpropFilter: eachConvolution((x, filter, strides) => {
    const dy = outputGradient(x, filter, strides);
    return {
      inputs: { x, dy },
      attrs: { ...convolutionAttributes(strides), filterShape: filter.shape },
      expected: oracle.conv2dFilterGradient(x, dy, strides, filter.shape),
    };
  }),
  DepthwiseConv2dNative: eachDepthwise((x, filter, strides) => ({
    inputs: { x, filter },
    attrs: convolutionAttributes(strides),
    expected: oracle.depthwise(x, filter, strides),
  })),
  DepthwiseConv2dNativeBackpropInput: eachDepthwise((x, filter, strides) => {
    const dy = values(...oracle.depthwise(x, filter, strides).shape);
    return {
      inputs: { dy, filter },
      attrs: { ...convolutionAttributes(strides), inputShape: x.shape },
      expected: oracle.depthwiseInputGradient(dy, filter, strides, x.shape),
    };
  }),
  DepthwiseConv2dNativeBackpropFilter: eachDepthwise((x, filter, strides) => {
    const dy = values(...oracle.depthwise(x, filter, strides).shape);
    return {
      inputs: { x, dy },
      attrs: { ...convolutionAttributes(strides), filterShape: filter.shape },
      expected: oracle.depthwiseFilterGradient(x, dy, strides, filter.shape),
    };
  }),
  MaxPool: eachPooling((x, kernel, strides) => ({
    inputs: { x },
    attrs: poolingAttributes(kernel, strides),
    expected: oracle.pool(x, kernel, strides, (values) => Math.max(...values)),
  })),
  AvgPool: eachPooling((x, kernel, strides) => ({
    inputs: { x },
    attrs: poolingAttributes(kernel, strides),
    expected: oracle.pool(x, kernel, strides, mean),
  })),
  MaxPoolGrad: eachPooling((x, kernel, strides) => {
    const output = oracle.pool(x, kernel, strides, (values) => Math.max(...values));
    const dy = values(...output.shape);
    return {
      inputs: { dy, input: x, output },
      attrs: poolingAttributes(kernel, strides),
      expected: oracle.poolGradient(dy, x, kernel, strides, (window, i) =>
        i === window.indexOf(Math.max(...window)) ? 1 : 0,
      ),
    };
  }),
  AvgPoolGrad: eachPooling((x, kernel, strides) => {
    const dy = values(...oracle.slidingShape(x.shape, kernel, strides, x.shape[3]!));
    return {
      inputs: { dy, input: x },
      attrs: poolingAttributes(kernel, strides),
      expected: oracle.poolGradient(dy, x, kernel, strides, (window) => 1 / window.length),
    };
  }),
};
