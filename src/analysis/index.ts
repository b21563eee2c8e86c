export * from './analysis';
export * from './analyzer';
export * from './baseline';
export * from './edits';
export * from './mendAll';
export { formatCount, formatNumber } from '../rules/numbers';
export * from './summary';
export * from './verdict';
export * from './whatIf';
