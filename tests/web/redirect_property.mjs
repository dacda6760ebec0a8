// An independent judge of the redirect rule, with the URL parser of a browser's kin.
//
// Reads JSON lines { entries: [normal form], asked?: text, accepted: url | null } from standard input. An accepted URL must
// serialise to itself (CVE-2018-14658: checker and browser read a URL differently) and be allowed by an entry; when the
// asked text is given, it must be what the text means; null says that the text was refused, and must be refused here too.
// Exits 1 and tells each line that disagrees.
import { createInterface } from "node:readline";

const LOOPBACK = new Set(["127.0.0.1", "[::1]", "localhost"]);

function parse(text) {
  if (/[\u0000-\u001f\u007f\\]/.test(text) || Buffer.byteLength(text) > 4096) return null;
  const authority = /^ *[^:]*:\/*([^/?#]*)/.exec(text)?.[1] ?? "";
  let url;
  try {
    url = new URL(text);
  } catch {
    return null;
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") return null;
  if (url.username || url.password || authority.includes("@") || text.includes("#")) return null;
  return url;
}

// The query with "" and "?" told apart, which `search` does not do.
function queryOf(url) {
  const at = url.href.indexOf("?");
  return at < 0 ? null : url.href.slice(at + 1);
}

function hostAllowed(entry, host) {
  if (!entry.startsWith("*.")) return host === entry;
  const labels = host.split(".");
  return /^[a-z0-9_-]+$/.test(labels[0]) && labels.slice(1).join(".") === entry.slice(2);
}

function hidesTraversal(text) {
  const path = /^ *[^:]*:\/*[^/?#]*([^?#]*)/.exec(text)?.[1] ?? "";
  if (/%(?![0-9a-fA-F]{2})/.test(path)) return true;
  let now = path.split("/").filter((s) => s !== "." && s !== "..").join("/");
  for (let round = 0; round < 5; round++) {
    if (/[\u0000-\u001f\u007f\\]/.test(now)) return true;
    if (now.split("/").some((s) => [".", ".."].includes(s.split(";")[0]))) return true;
    let next;
    try {
      // A lone percent sign stands for itself.
      next = decodeURIComponent(now.replace(/%(?![0-9a-fA-F]{2})/g, "%25"));
    } catch {
      return true;
    }
    if (next === now) return false;
    now = next;
  }
  return true;
}

function allowedBy(entryText, url, text) {
  const entry = new URL(entryText);
  const free = entry.protocol === "http:" && LOOPBACK.has(entry.hostname);
  if (url.protocol !== entry.protocol || !hostAllowed(entry.hostname, url.hostname)) return false;
  if (!free && url.port !== entry.port) return false;
  if (entry.pathname.endsWith("/*")) {
    if (!url.pathname.startsWith(entry.pathname.slice(0, -1)) || hidesTraversal(text)) return false;
  } else if (url.pathname !== entry.pathname) {
    return false;
  }
  return queryOf(entry) === "*" || queryOf(url) === queryOf(entry);
}

function complaint({ entries, asked, accepted }) {
  const url = parse(accepted ?? asked);
  const allowed = url !== null && entries.some((entry) => allowedBy(entry, url, accepted ?? asked));
  if (accepted === null) return allowed ? "refused, but the rule allows it" : null;
  if (url === null) return "accepted, but it is no safe url";
  if (url.href !== accepted) return `serialises to ${JSON.stringify(url.href)}`;
  if (!allowed) return "accepted, but no entry allows it";
  if (asked === undefined) return null;
  const meant = parse(asked);
  return meant?.href === accepted ? null : `the asked text means ${JSON.stringify(meant?.href)}`;
}

let lines = 0;
let wrong = 0;
for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  if (line.trim() === "") continue;
  lines += 1;
  const what = complaint(JSON.parse(line));
  if (what !== null) {
    wrong += 1;
    console.error(`${what}: ${line}`);
  }
}
console.log(`${lines} lines, ${wrong} disagree`);
process.exitCode = wrong === 0 ? 0 : 1;
