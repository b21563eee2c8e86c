/** Where Keras and what was made after it differ. */
export interface Dialect {
  readonly name: 'keras' | 'tfjs';
  /** What kernels are drawn by where nothing is said. */
  readonly kernelInitializer: string;
  /** Whether the deviation of a truncated normal is corrected for what is cut off, when it is scaled by a fan. */
  readonly correctsTruncation: boolean;
  /** The slope of a hard sigmoid. */
  readonly hardSigmoidSlope: number;
  /** What the gates of a recurrent cell are squashed by. */
  readonly recurrentActivation: string;
  readonly unitForgetBias: boolean;
  readonly resetAfter: boolean;
  /** The name of a depthwise convolution's weight. */
  readonly depthwiseKernel: string;
  /** The axis of a layer `Softmax`. */
  readonly softmaxAxis: number;
  /** Whether layers stand under the name of what holds them: of a sequential model, a wrapper; the cell of a recurrent one under its. */
  readonly nests: boolean;
  /** What the layer is called that goes one way of a bidirectional one. */
  readonly directed: (direction: 'forward' | 'backward', name: string) => string;
}

/** TensorFlow.js 4.22 (tfjs-layers). */
export const tfjs: Dialect = {
  name: 'tfjs',
  kernelInitializer: 'glorot_normal',
  correctsTruncation: false,
  hardSigmoidSlope: 0.2,
  recurrentActivation: 'hard_sigmoid',
  unitForgetBias: false,
  resetAfter: false,
  depthwiseKernel: 'depthwise_kernel',
  softmaxAxis: 1,
  nests: false,
  directed: (direction, name) => `${direction}_${name}`,
};

/** Keras 3. */
export const keras: Dialect = {
  name: 'keras',
  kernelInitializer: 'glorot_uniform',
  correctsTruncation: true,
  hardSigmoidSlope: 1 / 6,
  recurrentActivation: 'sigmoid',
  unitForgetBias: true,
  resetAfter: true,
  depthwiseKernel: 'kernel',
  softmaxAxis: -1,
  nests: true,
  // A configuration holds the layer that goes forwards, named already.
  directed: (direction, name) => `${direction}_${name.replace(/^forward_/, '')}`,
};
