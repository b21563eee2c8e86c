import { readFileSync, writeFileSync } from 'node:fs';

/** A list of names in a file of JSON that only grows: what has been reached once. */
export class Ratchet {
  readonly before: ReadonlySet<string>;

  constructor(private readonly file: string) {
    this.before = new Set(JSON.parse(readFileSync(file, 'utf8')) as readonly string[]);
  }

  /** Says what is reached now, too; `UPDATE=1` adds it to the list. */
  reached(names: readonly string[]): void {
    const news = names.filter((name) => !this.before.has(name));
    if (news.length === 0) return;
    if (process.env['UPDATE'] === undefined) console.log(`      Now, too (UPDATE=1 keeps them): ${news.join(', ')}`);
    else writeFileSync(this.file, `${JSON.stringify([...this.before, ...news].sort(), undefined, 2)}\n`);
  }
}
