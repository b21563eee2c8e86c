/** Magics after which the rest of the cell is Python still. */
const pythonCellMagics = new Set(['time', 'timeit', 'capture', 'prun', 'python', 'python3', 'pypy', 'debug']);

/**
 * A cell's code with what is IPython's and not Python's taken out, character for character: `%` and `!` lines, `?` behind a name, a
 * cell magic with, where it is another language's, the whole cell.
 */
export function withoutMagics(text: string): string {
  const cellMagic = /^\s*%%\s*(\w+)/.exec(text);
  if (cellMagic && !pythonCellMagics.has(cellMagic[1] ?? '')) return text.replace(/[^\n]/g, ' ');
  let continued = false;
  const lines = text.split('\n').map((line) => {
    const magic = continued || /^\s*(%|!|\?)/.test(line) || /^\s*[\w.]+\?{1,2}\s*$/.test(line);
    const assigned = /^(\s*[\w, ]+=\s*)([%!].*)$/.exec(line);
    continued = (magic || assigned !== null) && line.trimEnd().endsWith('\\');
    if (assigned) return (assigned[1] ?? '') + unknown(assigned[2] ?? '');
    return magic ? empty(line) : line;
  });
  return lines.join('\n');
}

/** A name that nobody defines: what a magic gives is not known. */
function unknown(magic: string): string {
  return '__'.padEnd(magic.length).slice(0, magic.length);
}

/** A statement that does nothing, at the same indentation: the line may be all of a block. */
function empty(line: string): string {
  const indent = /^\s*/.exec(line)?.[0] ?? '';
  const rest = line.length - indent.length;
  return indent + (rest >= 4 ? 'pass'.padEnd(rest) : ' '.repeat(rest));
}
