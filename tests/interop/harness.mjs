// What the tests stand on: child processes whose output can be waited for, and a runner that prints one line a case.
import { spawn } from 'node:child_process';

const caseLimit = 20_000;
const waitLimit = 10_000;

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

// A program of ours or of the test's, its lines of stdout and stderr.
export class Child {
  static #all = new Set();

  constructor(name, program, args) {
    this.name = name;
    this.out = [];
    this.err = [];
    this.#waiting = new Set();
    // A pipe as stdin: the agents end with it, so none outlives this process.
    this.process = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#listen(this.process.stdout, this.out);
    this.#listen(this.process.stderr, this.err);
    this.exit = new Promise((resolve) => {
      this.process.on('error', (error) => resolve(`${program}: ${error.message}`));
      // "close" comes after the last line.
      this.process.on('close', (code, signal) => resolve(signal ?? code));
    }).finally(() => Child.#all.delete(this));
    Child.#all.add(this);
  }

  #waiting;

  #listen(stream, lines) {
    // Not readline: that ends a line at U+2028 too, which JSON may contain.
    let rest = '';
    stream.setEncoding('utf8').on('data', (text) => {
      const parts = (rest + text).split('\n');
      rest = parts.pop();
      lines.push(...parts);
      for (const look of this.#waiting) look();
    });
  }

  // The first line of stdout (or stderr), seen or still to come, for which `pick` gives something.
  async line(what, pick, lines = this.out) {
    let look;
    const found = new Promise((resolve) => {
      look = () => {
        for (const line of lines) {
          const picked = pick(line);
          if (picked) return resolve(picked);
        }
        return undefined;
      };
      this.#waiting.add(look);
      look();
    });
    const ended = this.exit.then((how) => {
      throw new Error(`${this.name} ended (${how}) while waiting for ${what}\n${this.err.slice(-20).join('\n')}`);
    });
    ended.catch(() => {});
    return within(waitLimit, `${what} of ${this.name}`, Promise.race([found, ended])).finally(() =>
      this.#waiting.delete(look),
    );
  }

  // The same for lines that are JSON objects.
  event(what, pick) {
    return this.line(what, (line) => {
      const event = JSON.parse(line);
      return pick(event) && event;
    });
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

// Runs cases one after the other.
export class Runner {
  passed = 0;
  failed = 0;

  async check(name, body) {
    const started = performance.now();
    try {
      await within(caseLimit, 'the end of the case', body());
      this.passed += 1;
      console.log(`ok    ${name} (${Math.round(performance.now() - started)} ms)`);
    } catch (error) {
      this.failed += 1;
      console.log(`FAIL  ${name}`);
      console.log(String(error?.stack ?? error).replace(/^/gm, '      '));
    }
  }

  // The last line of the output, and the exit code.
  finish() {
    console.log(`${this.passed} passed, ${this.failed} failed`);
    return this.failed === 0 && this.passed > 0 ? 0 : 1;
  }
}
