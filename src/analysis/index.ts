export * from './analysis';
export * from './analyzer';
export * from './edits';
export * from './numbers';
export * from './summary';
export * from './verdict';
