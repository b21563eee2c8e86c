/** A pointwise non-linearity, by the field's own name, with the parameters that change its shape. */
export type Activation =
  | { readonly kind: 'linear' }
  | { readonly kind: 'relu' }
  | { readonly kind: 'relu6' }
  | { readonly kind: 'leakyRelu'; readonly slope: number }
  /** Learned slope; `slope` is its initial value. */
  | { readonly kind: 'prelu'; readonly slope: number }
  | { readonly kind: 'elu'; readonly alpha: number }
  | { readonly kind: 'celu'; readonly alpha: number }
  | { readonly kind: 'selu' }
  | { readonly kind: 'gelu'; readonly approximate: 'none' | 'tanh' }
  | { readonly kind: 'silu' }
  | { readonly kind: 'mish' }
  | { readonly kind: 'tanh' }
  | { readonly kind: 'sigmoid' }
  | { readonly kind: 'logSigmoid' }
  /** max(0, min(1, slope·x + 1/2)): slope 1/6 in PyTorch, 1/5 in Keras. */
  | { readonly kind: 'hardSigmoid'; readonly slope: number }
  | { readonly kind: 'hardtanh'; readonly low: number; readonly high: number }
  | { readonly kind: 'hardswish' }
  | { readonly kind: 'softplus'; readonly beta: number }
  | { readonly kind: 'softsign' }
  | { readonly kind: 'softshrink'; readonly lambda: number }
  | { readonly kind: 'hardshrink'; readonly lambda: number }
  | { readonly kind: 'tanhshrink' }
  | { readonly kind: 'threshold'; readonly threshold: number; readonly value: number }
  | { readonly kind: 'erf' }
  | { readonly kind: 'sin' }
  | { readonly kind: 'cos' }
  | { readonly kind: 'exp' }
  | { readonly kind: 'arctan' }
  | { readonly kind: 'square' }
  | { readonly kind: 'abs' }
  /** xᵖ; not a number below zero unless p is whole. Reciprocal and roots are powers. */
  | { readonly kind: 'power'; readonly exponent: number }
  /** ln(offset + x): `log1p` has the offset 1. */
  | { readonly kind: 'log'; readonly offset: number }
  | { readonly kind: 'sign' }
  | { readonly kind: 'floor' }
  /** To the nearest whole number, halves to the even one. */
  | { readonly kind: 'round' };

export type ActivationKind = Activation['kind'];
