export * from './analysis';
export * from './analyzer';
export * from './edits';
export { formatCount, formatNumber } from '../rules/numbers';
export * from './summary';
export * from './verdict';
