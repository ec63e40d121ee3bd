// One client program of ./sdks.mjs, and the calls that it makes. README.md has the lines.
import assert from 'node:assert/strict';

import { Child, startLimit, waitLimit, within } from './child.mjs';
import { sdks } from './sdks.mjs';
import { answerFrom, requestTo } from './words_v03.mjs';

// What a call ended with: the SDK's class as the name.
export class SdkError extends Error {
  constructor({ error, code, message, info }) {
    super(message);
    this.name = error;
    this.code = code;
    this.info = info;
  }
}

class Call {
  #lines = [];
  #look = () => {};

  constructor(program, command) {
    this.program = program;
    this.command = command;
    this.head = undefined;
    this.transport = undefined; // the SDK's class of it
  }

  take({ head, transport, message, end }) {
    if (head) this.head = head;
    else if (transport) this.transport = transport;
    else this.#lines.push({ message: message && this.program.words.answer(this.command.rpc, message), end });
    this.#look();
  }

  async #line() {
    while (this.#lines.length === 0) {
      const more = new Promise((resolve) => {
        this.#look = resolve;
      });
      const what = `more of ${this.command.rpc}`;
      await within(waitLimit, what, Promise.race([more, this.program.endedWhileWaitingFor(what)]));
    }
    return this.#lines.shift();
  }

  // The next message.
  async next() {
    const { message, end } = await this.#line();
    if (end?.error) throw new SdkError(end);
    assert.ok(message, 'the stream went on');
    return message;
  }

  // All that comes until the end, and the error that it may be.
  async toEnd() {
    const messages = [];
    for (;;) {
      const { message, end } = await this.#line();
      if (end) return { messages, error: end.error && new SdkError(end) };
      messages.push(message);
    }
  }

  // All that comes until a good end.
  async rest() {
    const { messages, error } = await this.toEnd();
    if (error) throw error;
    return messages;
  }

  cancel() {
    this.program.send({ cancel: this.command.id });
  }
}

// What goes through a program's stdin and stdout.
const words10 = { request: (_, request) => request, answer: (_, answer) => answer };
const words03 = { request: requestTo, answer: answerFrom };

export class ClientProgram extends Child {
  #calls = new Map();
  #lastId = 0;

  constructor(sdk) {
    const [program, ...args] = sdks[sdk].client;
    super(`client ${sdk}`, program, args);
    this.sdk = sdk;
    this.words = sdks[sdk].json === '0.3' ? words03 : words10;
  }

  static async start(sdk) {
    const program = new ClientProgram(sdk);
    await program.event('that it is ready', (event) => event.ready, { limit: startLimit });
    return program;
  }

  // A client of this program for one address.
  to(address) {
    return new Client(this, address);
  }

  open(command) {
    this.#lastId += 1;
    const request = this.words.request(command.rpc, command.request);
    const call = new Call(this, { id: this.#lastId, ...command, request });
    this.#calls.set(this.#lastId, call);
    this.send(call.command);
    return call;
  }

  onLine(line) {
    const told = JSON.parse(line);
    if (told.ready) {
      super.onLine(line);
      return;
    }
    this.#calls.get(told.id).take(told);
    if (told.end) this.#calls.delete(told.id);
  }
}

export class Client {
  constructor(program, address) {
    this.program = program;
    this.sdk = program.sdk;
    this.names = sdks[program.sdk];
    this.address = address;
  }

  // Begins a call; `options` are further members of the command.
  open(rpc, request, options = {}) {
    return this.program.open({ to: this.address, rpc, request, ...options });
  }

  // The one answer of a unary call.
  async call(rpc, request, options) {
    const [answer] = await this.open(rpc, request, options).rest();
    return answer;
  }

  // All events of a stream.
  collect(rpc, request, options) {
    return this.open(rpc, request, options).rest();
  }

  // SendMessage, and what it answered with.
  async send(request, options) {
    const { task, message } = await this.call('SendMessage', request, options);
    return task ?? message;
  }

  stream(request, options) {
    return this.open('SendStreamingMessage', request, options);
  }
}
