// A proxy on loopback between an SDK and the house that writes down what goes through it, and keeps cookies where the
// SDK leaves them to a browser.

import { once } from 'node:events';
import http from 'node:http';

export class Proxy {
  seen = [];
  /** Where cookies of an answer go; they are sent only while `sends` is set. */
  jar = new Map();
  sends = false;

  static async open(port) {
    const proxy = new Proxy();
    proxy.target = port;
    proxy.server = http.createServer((request, answer) => proxy.#pass(request, answer).catch((error) => answer.destroy(error)));
    proxy.server.listen(0, '127.0.0.1');
    await once(proxy.server, 'listening');
    proxy.origin = `http://127.0.0.1:${proxy.server.address().port}`;
    proxy.house = `http://127.0.0.1:${port}`;
    return proxy;
  }

  async #pass(request, answer) {
    const body = await whole(request);
    const headers = { ...request.headers, host: `127.0.0.1:${this.target}` };
    if (this.sends) headers.cookie = [...this.jar].map(([name, value]) => `${name}=${value}`).join('; ');
    delete headers['accept-encoding']; // what is written down should be readable
    const { method, url: path } = request;
    const got = await new Promise((resolve, reject) => {
      http.request({ host: '127.0.0.1', port: this.target, method, path, headers, agent: false }, resolve).once('error', reject).end(body);
    });
    const text = await whole(got);
    for (const line of got.headers['set-cookie'] ?? []) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      if (value) this.jar.set(name, value); else this.jar.delete(name);
    }
    this.seen.push({ method, path, headers, body: body.toString('utf8'), status: got.statusCode, answer: text.toString('utf8') });
    answer.writeHead(got.statusCode, got.headers).end(text);
  }

  /** What went through since the last time. */
  take() {
    return this.seen.splice(0);
  }

  close() {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(resolve));
  }
}

async function whole(stream) {
  const parts = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}
