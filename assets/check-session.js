// Tells an application whether the log-in that it knows is still the one of this browser (OpenID Connect Session Management 3.2).
// It asks the server nothing, so that no flood of messages becomes a flood of requests.
(() => {
  'use strict';
  // SHA-256 (FIPS 180-4). The browser's own is missing on plain http, except on this computer.
  const primes = [];
  for (let n = 2; primes.length < 64; n++) if (primes.every((p) => n % p)) primes.push(n);
  const fraction = (x) => ((x % 1) * 2 ** 32) | 0;
  const K = primes.map((p) => fraction(Math.cbrt(p)));
  const H = primes.slice(0, 8).map((p) => fraction(Math.sqrt(p)));
  const turn = (x, n) => (x >>> n) | (x << (32 - n));
  const sha256 = (text) => {
    const octets = new TextEncoder().encode(text);
    const view = new DataView(new ArrayBuffer(((octets.length + 8 >> 6) + 1) * 64));
    octets.forEach((octet, at) => view.setUint8(at, octet));
    view.setUint8(octets.length, 0x80);
    view.setUint32(view.byteLength - 4, octets.length * 8);
    const state = [...H], w = new Int32Array(64);
    for (let block = 0; block < view.byteLength; block += 64) {
      let [a, b, c, d, e, f, g, h] = state;
      for (let t = 0; t < 64; t++) {
        if (t < 16) w[t] = view.getInt32(block + 4 * t);
        else {
          const [x, y] = [w[t - 15], w[t - 2]];
          w[t] = (turn(y, 17) ^ turn(y, 19) ^ (y >>> 10)) + w[t - 7] + (turn(x, 7) ^ turn(x, 18) ^ (x >>> 3)) + w[t - 16];
        }
        const one = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + K[t] + w[t]) | 0;
        const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
        [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
      }
      [a, b, c, d, e, f, g, h].forEach((word, at) => { state[at] = (state[at] + word) | 0; });
    }
    return state.map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
  };

  // The state of this browser here: a random value of its own, new with each log-in, gone after the log-out.
  const held = () => /(?:^|; )exeunt_state=([^;]*)/.exec(document.cookie)?.[1] ?? '';
  let last = [];
  const judge = (message, origin) => {
    const parts = /^([\x21-\x7e]{1,128}) ([0-9a-f]{64})\.([\w-]{1,128})$/.exec(message);
    if (!parts) return 'error';
    const [, client, hash, salt] = parts, asked = [client, origin, held(), salt].join(' ');
    if (last[0] !== asked) last = [asked, sha256(asked)]; // asked every few seconds, answered by one comparison
    return last[1] === hash ? 'unchanged' : 'changed';
  };
  addEventListener('message', ({ data, origin, source }) => {
    // What is no text was not meant for us; an origin of nobody's cannot be answered alone.
    if (typeof data !== 'string' || data.length > 400 || !source || source === window || !/^https?:/.test(origin)) return;
    let answer = 'error';
    try { answer = judge(data, origin); } catch { /* cookies may not be read here */ }
    source.postMessage(answer, origin);
  });
})();
