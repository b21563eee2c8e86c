export { notebookOf, NotebookText, type Cell } from './cells';
export { NotebookError, readNotebook } from './file';
