export { notebookOf, NotebookText, withSpans, type Cell } from './cells';
export { NotebookError, readNotebook } from './file';
