export * from './derivativeSup';
export * from './moments';
export * from './pointwise';
export * from './quadrature';
export * from './largest';
