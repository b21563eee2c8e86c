export * from './catalogue';
export * from './finding';
export * from './judge';
export * from './numbers';
export * from './rule';
export { variationFix } from './variationFix';
