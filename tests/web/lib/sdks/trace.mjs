// What an SDK sent and what it was content with, without anything that is secret or changes: the fixture that
// tests/house/authing/replay.rs plays to the house without Node or Python. `UPDATE_TRACES=1` writes it anew.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../program.mjs';

const KEPT = /^(authorization|cookie|content-type|accept|date|x-real-ip|x-authing-.*)$/;
const LITERAL = new Set(['code', 'statusCode', 'apiCode', 'error', 'token_type']);
const LONG = 100;

export class Trace {
  #calls = {};
  #texts = [];
  #shapes = [];

  constructor(name, sdk) {
    this.file = join(root, `tests/house/authing/traces/${name}.json`);
    this.sdk = sdk;
  }

  /**
   * A call with what it sent; `when` is `alive`, `dead` or `done`. `known` maps names to values that are written as `<name>`;
   * `reaches` are the tokens that a log-out ends when it is not all of them.
   */
  saw(capability, call, when, seen, known, reaches) {
    const hide = hider(known);
    const calls = (this.#calls[capability] ??= {});
    const sent = seen.map((one) => this.#request(one, hide));
    const before = calls[call]?.sent;
    if (!before) calls[call] = { ...(reaches && { reaches }), sent: sent.map((one) => ({ ...one, answers: {} })) };
    else assert.deepEqual(sent, before.map(({ answers: _, ...one }) => one), `${this.sdk} ${call} sends the same each time`);
    seen.forEach(({ status, answer }, n) => {
      const shapes = (calls[call].sent[n].answers[when] ??= []);
      const shape = this.#shape(JSON.stringify({ status, body: shapeOf(answer) }));
      if (!shapes.includes(shape)) shapes.push(shape);
    });
  }

  #shape(text) {
    if (!this.#shapes.includes(text)) this.#shapes.push(text);
    return this.#shapes.indexOf(text);
  }

  #request({ method, path, headers, body }, hide) {
    const kept = Object.entries(headers).filter(([name]) => KEPT.test(name)).map(([name, value]) => [name, header(name, value, hide)]).sort();
    const type = headers['content-type'] ?? '';
    const sent = { method, path: hide(path), headers: Object.fromEntries(kept) };
    if (!body) return sent;
    if (type.includes('json')) return { ...sent, json: this.#short(JSON.parse(body), hide) };
    return { ...sent, form: Object.fromEntries([...new URLSearchParams(body)].map(([name, value]) => [name, hide(value)])) };
  }

  /** Strings with secrets hidden and long ones put aside. */
  #short(value, hide, name) {
    if (Array.isArray(value)) return value.map((one) => this.#short(one, hide));
    if (value && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, this.#short(one, hide, key)]));
    if (typeof value !== 'string') return value;
    const hidden = hide(value);
    if (name === 'password' && hidden !== '<password>') return '<password, encrypted>';
    if (hidden.length < LONG) return hidden;
    if (!this.#texts.includes(hidden)) this.#texts.push(hidden);
    return `<text ${this.#texts.indexOf(hidden)}>`;
  }

  /** Compares what was sent with the fixture, or writes it. What was answered is for the replay to judge. */
  settle() {
    const calls = Object.entries(this.#calls).map(([capability, each]) => `${JSON.stringify(capability)}: {\n${lines(each)}\n}`).join(',\n');
    const whole = `{"sdk": ${JSON.stringify(this.sdk)}, "calls": {\n${calls}\n},\n"shapes": [\n${this.#shapes.join(',\n')}\n],\n`
      + `"texts": [\n${this.#texts.map((text) => JSON.stringify(text)).join(',\n')}\n]}\n`;
    assert.doesNotMatch(whole, /eyJ[\w-]{20}|[0-9a-f]{32}/, `${this.sdk}: a token or secret in the trace`);
    if (process.env.UPDATE_TRACES) return writeFileSync(this.file, whole);
    assert.deepEqual(sentOf(whole), sentOf(readFileSync(this.file, 'utf8')), `${this.file} is not what was sent; UPDATE_TRACES=1 writes it anew`);
  }
}

const sentOf = (text) => JSON.parse(text, (name, value) => (name === 'answers' || name === 'shapes' ? undefined : value));

const lines = (calls) => Object.entries(calls).map(([name, call]) => `  ${JSON.stringify(name)}: ${JSON.stringify(call)}`).join(',\n');

/** Replaces known values, also percent-encoded ones, the longest first. */
function hider(known) {
  const pairs = Object.entries(known).filter(([, value]) => value).flatMap(([name, value]) => {
    const encoded = encodeURIComponent(value);
    return encoded === value ? [[value, `<${name}>`]] : [[value, `<${name}>`], [encoded, `<${name}, encoded>`]];
  }).sort(([a], [b]) => b.length - a.length);
  return (text) => pairs.reduce((hidden, [value, name]) => hidden.replaceAll(value, name), text);
}

function header(name, value, hide) {
  if (name === 'cookie') return '<cookie>';
  if (name === 'date') return '<date>';
  if (name === 'x-authing-signature-nonce') return '<nonce>';
  const basic = /^Basic (.+)$/.exec(value);
  if (basic) return `Basic base64(${hide(Buffer.from(basic[1], 'base64').toString())})`;
  return hide(value).replace(/^(authing <pool>:).+$/, '$1<signature>');
}

function shapeOf(text) {
  if (!text) return 'empty';
  try {
    return shape(JSON.parse(text));
  } catch {
    return 'text';
  }
}

/** Names and kinds of what is there; what is null may as well be absent. */
function shape(value, name) {
  if (Array.isArray(value)) return value.length ? [shape(value[0])] : [];
  if (value && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== null).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, one]) => [key, shape(one, key)]));
  }
  if (typeof value === 'boolean' || (LITERAL.has(name) && !(typeof value === 'string' && value.length > 30))) return value;
  return typeof value;
}
