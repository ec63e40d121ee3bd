// Child processes whose output can be waited for, and waits that fail by saying what did not come.
import { spawn } from 'node:child_process';

export const waitLimit = 10_000;
export const startLimit = 90_000; // of a program, on a machine that is busy with something else

// Rejects with what was waited for when it takes too long.
export function within(milliseconds, what, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${milliseconds} ms for ${what}`)), milliseconds);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

// Asks again until `attempt` gives something truthy.
export async function eventually(what, attempt) {
  const end = Date.now() + waitLimit;
  for (;;) {
    const found = await attempt();
    if (found) return found;
    if (Date.now() > end) throw new Error(`waited ${waitLimit} ms for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

// A program of ours or of the tests', its lines of stdout and stderr. None outlives this process: the kernel sees to it.
export class Child {
  static #all = new Set();
  #waiting = new Set();

  constructor(name, program, args) {
    this.name = name;
    this.out = [];
    this.err = [];
    this.process = spawn('setpriv', ['--pdeathsig', 'KILL', program, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
    this.process.stdin.on('error', () => {}); // it ended: whoever waits for it is told
    this.#listen(this.process.stdout, (line) => this.onLine(line));
    this.#listen(this.process.stderr, (line) => this.err.push(line));
    this.exit = new Promise((resolve) => {
      this.process.on('error', (error) => resolve(`${program}: ${error.message}`));
      // "close" comes after the last line.
      this.process.on('close', (code, signal) => resolve(signal ?? code));
    }).finally(() => Child.#all.delete(this));
    Child.#all.add(this);
  }

  onLine(line) {
    this.out.push(line);
  }

  send(what) {
    this.process.stdin.write(`${JSON.stringify(what)}\n`);
  }

  #listen(stream, take) {
    // Not readline: that ends a line at U+2028 too, which JSON may contain.
    let rest = '';
    stream.setEncoding('utf8').on('data', (text) => {
      const parts = (rest + text).split('\n');
      rest = parts.pop();
      parts.forEach(take);
      for (const look of this.#waiting) look();
    });
  }

  // Rejects when it ends.
  async endedWhileWaitingFor(what) {
    const how = await this.exit;
    throw new Error(`${this.name} ended (${how}) while waiting for ${what}\n${this.err.slice(-20).join('\n')}`);
  }

  // The first line of stdout (or stderr), seen or still to come, for which `pick` gives something.
  async line(what, pick, { lines = this.out, limit = waitLimit } = {}) {
    let look;
    let seen = 0;
    const found = new Promise((resolve) => {
      look = () => {
        for (; seen < lines.length; seen += 1) {
          const picked = pick(lines[seen]);
          if (picked) return resolve(picked);
        }
        return undefined;
      };
      this.#waiting.add(look);
      look();
    });
    const ended = this.endedWhileWaitingFor(what);
    ended.catch(() => {});
    return within(limit, `${what} of ${this.name}`, Promise.race([found, ended])).finally(() =>
      this.#waiting.delete(look),
    );
  }

  // The same for lines that are JSON objects.
  event(what, pick, options) {
    const read = (line) => {
      const event = JSON.parse(line);
      return pick(event) && event;
    };
    return this.line(what, read, options);
  }

  async stop(signal = 'SIGTERM', limit = waitLimit) {
    this.process.kill(signal);
    return within(limit, `the end of ${this.name}`, this.exit);
  }

  static async killAll() {
    const all = [...Child.#all];
    for (const child of all) child.process.kill('SIGKILL');
    await Promise.all(all.map((child) => child.exit));
  }
}
