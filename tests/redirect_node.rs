//! The redirect rule against another URL parser: thousands of candidates, judged here and by Node's `new URL`.
//!
//! What this server sends and what a browser understands must be one and the same (CVE-2018-14658). Without `node` the
//! test says that it was skipped.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::fmt::Write as _;
use std::io::{ErrorKind, Write as _};
use std::process::{Command, Stdio};

use exeunt::domain::redirect::{RedirectEntry, RedirectList, Registered};

const ENTRIES: &[&str] = &[
    "https://a.com/cb",
    "https://a.com:8443/cb?x=1",
    "https://a.com/app/*",
    "https://a.com/free?*",
    "https://*.example.com/cb",
    "https://*.example.com/x/*?*",
    "http://127.0.0.1:3000/cb",
    "http://[::1]/*",
    "http://localhost/cb?x=1",
    "https://bücher.example/退",
];

/// What addresses are made of, between tildes.
const PIECES: &str = "https:~http:~HTTP:~javascript:~//~/~/~\\~@~:~:80~:443~:3000~:8443~a.com~A.COM~evil.org~x.example.com~\
    a.b.example.com~*.example.com~.example.com~127.0.0.1~0x7f.1~2130706433~[::1]~[0::1]~localhost~localhost.~bücher.example~\
    /cb~/app/~/x/~/free~..~.~/../~/./~%2e%2e~%252e~..;~%2f~%5c~%00~%c0%ae~%~%25~;~?~?x=1~&y=2~#~*~\t~\n~ ~é~。~退~'~\"~<~|~^~`~{~y";

/// The generator `SplitMix64`: the same candidates on every run.
struct Seeded(u64);

impl Seeded {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % bound as u64).unwrap()
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }

    /// An address that begins as a registered one with a few pieces put in or behind, or one of pieces only.
    fn address(&mut self) -> String {
        let pieces: Vec<&str> = PIECES.split('~').collect();
        if self.below(4) == 0 {
            return (0..=self.below(7)).map(|_| self.pick(&pieces)).collect();
        }
        let mut text = self.pick(ENTRIES).replace("*.", "x-1.").replace("?*", "?q=2").replace('*', "b/c");
        for _ in 0..self.below(4) {
            let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
            let at = if self.below(2) == 0 { text.len() } else { places[self.below(places.len())] };
            text.insert_str(at, self.pick(&pieces));
        }
        text
    }
}

/// One JSON line for each candidate: what was registered, what was asked, what was accepted.
fn lines(count: usize) -> (String, usize) {
    let entries: Vec<RedirectEntry> = ENTRIES.iter().map(|e| RedirectEntry::parse(e).unwrap()).collect();
    let shown: Vec<&str> = entries.iter().map(RedirectEntry::as_str).collect();
    let list = RedirectList::new(entries.clone());
    let (mut seeded, mut text, mut accepted) = (Seeded(2026), String::new(), 0);
    for _ in 0..count {
        let asked = seeded.address();
        let registered = list.allow(&asked).ok();
        accepted += usize::from(registered.is_some());
        let answer = registered.as_ref().map(Registered::as_str);
        let line = serde_json::json!({ "entries": shown, "asked": asked, "accepted": answer });
        writeln!(text, "{line}").unwrap();
    }
    (text, accepted)
}

#[test]
fn node_reads_every_address_as_we_do() {
    let (text, accepted) = lines(6000);
    assert!(accepted > 1000, "only {accepted} candidates were accepted: the property would prove little");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/web/redirect_property.mjs");
    let node =
        Command::new("node").arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut node = match node {
        Ok(node) => node,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            eprintln!("skipped: no node on this machine");
            return;
        }
        Err(error) => panic!("node does not start: {error}"),
    };
    let mut stdin = node.stdin.take().unwrap();
    let writer = std::thread::spawn(move || stdin.write_all(text.as_bytes()));
    let output = node.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    print!("{}", String::from_utf8_lossy(&output.stdout));
}
