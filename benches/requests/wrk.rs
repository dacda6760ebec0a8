//! wrk, its scripts and its report.

use std::process::Command;

use crate::common::{Done, check};

/// What one run of wrk found.
#[derive(Debug, Clone, Copy)]
pub struct Found {
    pub per_second: f64,
    pub p99_ms: f64,
    /// Answers with a status of 2xx or 3xx.
    pub good: u64,
    pub bad: u64,
}

/// Runs wrk on one thread for so many seconds; `script` is Lua that makes the requests.
pub fn run(port: u16, connections: u32, seconds: u64, script: &str) -> Done<Found> {
    let file = tempfile::Builder::new().suffix(".lua").tempfile()?;
    std::fs::write(file.path(), script)?;
    let output = Command::new("wrk")
        .args(["-t1", &format!("-c{connections}"), &format!("-d{seconds}s"), "--timeout", "10s", "--latency", "-s"])
        .arg(file.path())
        .arg(format!("http://127.0.0.1:{port}/"))
        .output()?;
    let report = String::from_utf8(output.stdout)?;
    read(&report).ok_or_else(|| format!("wrk said: {report}{}", String::from_utf8_lossy(&output.stderr)).into())
}

/// The same, and nothing but good answers.
pub fn run_clean(port: u16, connections: u32, seconds: u64, script: &str) -> Done<Found> {
    let found = run(port, connections, seconds, script)?;
    check(found.bad == 0 && found.good > 0, || {
        format!("{} refusals or broken connections in {}", found.bad, found.good)
    })?;
    Ok(found)
}

fn read(report: &str) -> Option<Found> {
    let after = |line: &str, word: &str| line.trim().strip_prefix(word).map(|rest| rest.trim().to_owned());
    let mut found = Found { per_second: 0.0, p99_ms: 0.0, good: 0, bad: 0 };
    let mut all = 0;
    for line in report.lines() {
        if let Some(text) = after(line, "Requests/sec:") {
            found.per_second = text.parse().ok()?;
        } else if let Some(text) = after(line, "99%") {
            found.p99_ms = milliseconds(&text)?;
        } else if let Some(text) = after(line, "Non-2xx or 3xx responses:") {
            found.bad += text.parse::<u64>().ok()?;
        } else if let Some(text) = after(line, "Socket errors:") {
            found.bad += text.split(|c: char| !c.is_ascii_digit()).filter_map(|n| n.parse::<u64>().ok()).sum::<u64>();
        } else if let Some((count, _)) = line.trim().split_once(" requests in ") {
            all = count.parse::<u64>().ok()?;
        }
    }
    found.good = all.checked_sub(found.bad.min(all))?;
    (found.per_second > 0.0).then_some(found)
}

fn milliseconds(text: &str) -> Option<f64> {
    let at = text.find(|c: char| c.is_ascii_alphabetic())?;
    let number: f64 = text[..at].parse().ok()?;
    match &text[at..] {
        "us" => Some(number / 1e3),
        "ms" => Some(number),
        "s" => Some(number * 1e3),
        "m" => Some(number * 6e4),
        _ => None,
    }
}

/// The same request again and again.
pub fn always(port: u16, path: &str, cookie: &str) -> String {
    let request = format!("GET {path} HTTP/1.1\\r\\nHost: 127.0.0.1:{port}\\r\\nCookie: {cookie}\\r\\n\\r\\n");
    format!("local r = \"{request}\"\nfunction request() return r end\n")
}

/// Sessions `from` to `from + count` in turn, ready made.
pub fn in_turn(port: u16, path: &str, from: u64, count: u64) -> String {
    format!(
        "local all, at = {{}}, 0
         for n = 0, {count} - 1 do
           all[n] = \"GET {path} HTTP/1.1\\r\\nHost: 127.0.0.1:{port}\\r\\nCookie: exeunt=\" .. string.format(\"%043x\", {from} + n) .. \"\\r\\n\\r\\n\"
         end
         function request() local r = all[at]; at = at + 1; if at == {count} then at = 0 end; return r end\n"
    )
}

/// Sessions `from` to `from + count`, each once; beyond them the last one again.
pub fn each_once(port: u16, path: &str, from: u64, count: u64) -> String {
    format!(
        "local at, head = -1, \"GET {path} HTTP/1.1\\r\\nHost: 127.0.0.1:{port}\\r\\nCookie: exeunt=\"
         function request()
           if at < {count} - 1 then at = at + 1 end
           return head .. string.format(\"%043x\", {from} + at) .. \"\\r\\n\\r\\n\"
         end\n"
    )
}

/// Posts whose cookie and body stand in a file, one a line with a space between, each once.
pub fn posts(port: u16, path: &str, file: &std::path::Path) -> String {
    let file = file.display();
    format!(
        "local all, at = {{}}, 0
         for line in io.lines(\"{file}\") do
           local cookie, body = line:match(\"(%S+) (%S+)\")
           all[#all + 1] = \"POST {path} HTTP/1.1\\r\\nHost: 127.0.0.1:{port}\\r\\nCookie: \" .. cookie ..
             \"\\r\\nContent-Type: application/x-www-form-urlencoded\\r\\nContent-Length: \" .. #body .. \"\\r\\n\\r\\n\" .. body
         end
         function request() if at < #all then at = at + 1 end; return all[at] end\n"
    )
}
