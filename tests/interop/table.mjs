// The interop table in Markdown: a row for each case, a column for each pairing, notes below.
import fs from 'node:fs';

const begin = (name) => new RegExp(`<!-- ${name}: [^\\n]*-->\\n`);
const end = '<!-- end of table -->\n';

export class Table {
  #columns = [];
  #rows = new Map();
  #notes = [];
  #corner;

  // What stands above the rows' names.
  constructor(corner = 'client → agent') {
    this.#corner = corner;
  }

  // A cell: "ok", "FAIL", or something else, such as "n.a.", with a note that says why.
  set(row, column, result, note) {
    if (!this.#columns.includes(column)) this.#columns.push(column);
    if (!this.#rows.has(row)) this.#rows.set(row, new Map());
    this.#rows.get(row).set(column, note ? `${result} ${this.#mark(note)}` : result);
  }

  #mark(note) {
    if (!this.#notes.includes(note)) this.#notes.push(note);
    return `[${this.#notes.indexOf(note) + 1}]`;
  }

  toString() {
    const line = (cells) => `| ${cells.join(' | ')} |`;
    const rows = [...this.#rows].map(([row, cells]) =>
      line([row.replaceAll('|', '\\|'), ...this.#columns.map((column) => cells.get(column) ?? '')]),
    );
    const head = [line([this.#corner, ...this.#columns]), line(['---', ...this.#columns.map(() => '---')])];
    const notes = this.#notes.map((note, index) => `${index + 1}. ${note}`);
    return [...head, ...rows, '', ...notes, ''].join('\n');
  }
}

function split(file, name) {
  const text = fs.readFileSync(file, 'utf8');
  const mark = begin(name).exec(text);
  const from = mark ? mark.index + mark[0].length : -1;
  const to = text.indexOf(end, from);
  if (from < 0 || to < 0) throw new Error(`${file} has no place for the ${name}`);
  return { before: text.slice(0, from), stored: text.slice(from, to), after: text.slice(to) };
}

// A file may keep several tables; the name is what the mark above one begins with.
export const storedTable = (file, name = 'table') => split(file, name).stored.trim();

export function storeTable(file, table, name = 'table') {
  const { before, after } = split(file, name);
  fs.writeFileSync(file, `${before}\n${table}\n${after}`);
}
