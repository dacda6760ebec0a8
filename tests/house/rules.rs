//! The rules of the house that a compiler does not check: who may name whom, one door, one clock, one source of chance.
//! Each reads the text of `src/` and fails with a sentence that names file and line; each has a made-up text that breaks it.

use std::path::{Path, PathBuf};

/// A source file, with its path below `src/`.
pub struct Source {
    pub path: String,
    /// Lines without comments; tests at its end are left out.
    pub lines: Vec<(usize, String)>,
}

impl Source {
    fn new(path: &str, text: &str) -> Self {
        let production = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        let lines = production
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.trim_start().starts_with("//"))
            .map(|(at, line)| (at + 1, line.to_owned()))
            .collect();
        Self { path: path.to_owned(), lines }
    }

    /// The first part of the path: the floor.
    fn floor(&self) -> &str {
        self.path.split('/').next().unwrap_or_default().trim_end_matches(".rs")
    }

    fn is_test(&self) -> bool {
        self.path.ends_with("/tests.rs")
    }

    fn says(&self, line: usize, what: &str) -> String {
        format!("src/{}:{line}: {what}", self.path)
    }
}

pub fn house() -> Vec<Source> {
    fn walk(dir: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|e| e == "rs") {
                found.push(path);
            }
        }
    }
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    walk(&src, &mut paths);
    assert!(paths.len() > 50, "the house has moved out of {}", src.display());
    paths
        .iter()
        .map(|path| {
            let below = path.strip_prefix(&src).unwrap().to_string_lossy().replace('\\', "/");
            Source::new(&below, &std::fs::read_to_string(path).unwrap())
        })
        .collect()
}

/// Where `word` stands in `line` as a word of its own that no `::` leads to.
fn names(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        let inside = |c: char| c.is_alphanumeric() || c == '_';
        let leads = line[..at].ends_with("::") && line[..at].trim_end_matches(':').ends_with(inside);
        !before.is_some_and(inside) && !leads && !after.is_some_and(inside)
    })
}

#[track_caller]
fn holds(rule: impl Fn(&Source) -> Vec<String>) {
    let broken: Vec<String> = house().iter().flat_map(rule).collect();
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[track_caller]
fn breaks(rule: impl Fn(&Source) -> Vec<String>, path: &str, text: &str) {
    assert!(!rule(&Source::new(path, text)).is_empty(), "the rule lets this pass: {text}");
}

#[track_caller]
fn passes(rule: impl Fn(&Source) -> Vec<String>, path: &str, text: &str) {
    let broken = rule(&Source::new(path, text));
    assert!(broken.is_empty(), "the rule refuses this: {text} {broken:?}");
}

// ---- who may name whom

const FLOORS: [&str; 12] =
    ["domain", "crypto", "config", "store", "notify", "flow", "page", "web", "demo", "server", "cli", "main"];

/// Floors that a floor may name besides itself; none: it assembles and may name any.
fn neighbours(floor: &str) -> Option<&'static [&'static str]> {
    Some(match floor {
        "domain" => &[],
        "crypto" | "config" | "page" => &["domain"],
        "store" => &["config", "domain"],
        "notify" => &["store", "crypto", "domain"],
        "flow" => &["notify", "store", "crypto", "config", "domain"],
        "web" => &["flow", "page", "config", "domain"],
        // Stands outside: an application knows the house over HTTP only. From `domain` it has the clock.
        "demo" => &["domain"],
        _ => return None,
    })
}

/// The two stated exceptions of `web`.
fn excepted(path: &str, floor: &str) -> bool {
    (path == "web/push.rs" && floor == "notify") || (path == "web/oidc/discovery.rs" && floor == "crypto")
}

fn floors_name_only_the_ones_below(source: &Source) -> Vec<String> {
    let own = source.floor();
    let Some(allowed) = neighbours(own) else { return Vec::new() };
    let mut broken = Vec::new();
    for (at, line) in &source.lines {
        for floor in FLOORS {
            let named = ["crate::", "exeunt::"].iter().any(|root| {
                line.match_indices(&format!("{root}{floor}"))
                    .any(|(i, m)| !line[i + m.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_'))
            });
            if named && floor != own && !allowed.contains(&floor) && !excepted(&source.path, floor) {
                broken.push(source.says(*at, &format!("{own} names {floor}, which is not below it")));
            }
        }
    }
    broken
}

#[test]
fn every_floor_names_only_floors_below_it() {
    holds(floors_name_only_the_ones_below);
}

#[test]
fn a_floor_that_names_a_higher_one_is_found() {
    breaks(floors_name_only_the_ones_below, "web/x.rs", "use crate::store::db::Store;");
    breaks(floors_name_only_the_ones_below, "domain/x.rs", "fn f() { crate::crypto::random::octets() }");
    breaks(floors_name_only_the_ones_below, "page/x.rs", "use crate::flow::state::State;");
    passes(floors_name_only_the_ones_below, "web/push.rs", "use crate::notify::hub::Ear;");
    breaks(floors_name_only_the_ones_below, "web/login.rs", "use crate::notify::hub::Ear;");
    breaks(floors_name_only_the_ones_below, "demo/party.rs", "use crate::crypto::random;");
    breaks(floors_name_only_the_ones_below, "web/mod.rs", "use crate::demo::wire;");
    passes(floors_name_only_the_ones_below, "demo/party.rs", "use crate::domain::clock::Clock;");
    passes(floors_name_only_the_ones_below, "domain/x.rs", "// crate::store is another matter");
}

/// Crates by floor; none: any.
fn crates(floor: &str) -> Option<&'static [&'static str]> {
    Some(match floor {
        "domain" => &["serde", "serde_json", "url", "psl", "jiff", "woothee", "thiserror"],
        // sm2: aws-lc-rs has no SM2.
        "crypto" => {
            &["aws_lc_rs", "getrandom", "argon2", "jsonwebtoken", "base64", "serde", "serde_json", "sm2", "tracing"]
        }
        "config" => &["serde", "toml", "strsim", "thiserror", "url"],
        "store" => &["rusqlite", "r2d2", "r2d2_sqlite", "rustix", "tokio", "serde_json", "thiserror", "tracing"],
        // reqwest and url: messages to applications go out here and nowhere else.
        "notify" => &["tokio", "reqwest", "url", "serde", "serde_json", "thiserror", "tracing"],
        "flow" => &[
            "governor",
            "quick_cache",
            "arc_swap",
            "rustix",
            "tokio",
            "url",
            "serde",
            "serde_json",
            "thiserror",
            "tracing",
        ],
        "page" => &["maud", "jiff"],
        "demo" => &[
            "actix_web",
            "aws_lc_rs",
            "base64",
            "futures_util",
            "jsonwebtoken",
            "maud",
            "reqwest",
            "serde",
            "serde_json",
            "tokio",
            "tracing",
            "url",
        ],
        "web" => &[
            "actix_multipart",
            "actix_web",
            "csv",
            "futures_util",
            "rust_embed",
            "serde",
            "serde_json",
            "tokio",
            "tracing",
            "url",
        ],
        _ => return None,
    })
}

/// The crates of Cargo.toml, by the names they have in code.
fn dependencies() -> Vec<String> {
    let manifest = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml")).unwrap();
    let (_, table) = manifest.split_once("\n[dependencies]\n").expect("dependencies");
    let table = table.split("\n[").next().unwrap_or_default();
    let found: Vec<String> =
        table.lines().filter_map(|l| Some(l.split_once('=')?.0.trim().replace('-', "_"))).collect();
    assert!(found.contains(&"rusqlite".to_owned()), "{found:?}");
    found
}

fn floors_use_their_own_crates(source: &Source) -> Vec<String> {
    let floor = source.floor();
    let Some(allowed) = crates(floor) else { return Vec::new() };
    let mut broken = Vec::new();
    for (at, line) in &source.lines {
        for name in dependencies() {
            let path = line.match_indices(&format!("{name}::")).any(|(i, _)| {
                let before = &line[..i];
                !before.ends_with("::") && !before.ends_with(|c: char| c.is_alphanumeric() || c == '_')
            });
            let whole = line.trim() == format!("use {name};");
            if (path || whole) && !allowed.contains(&name.as_str()) {
                broken.push(source.says(*at, &format!("{floor} names the crate {name}, which is another floor's")));
            }
        }
        let tokio_beyond_channels = line.match_indices("tokio::").any(|(i, _)| !line[i..].starts_with("tokio::sync"));
        if matches!(floor, "store" | "flow") && tokio_beyond_channels {
            broken.push(source.says(*at, &format!("{floor} is synchronous: of tokio only the channels")));
        }
    }
    broken
}

#[test]
fn every_floor_uses_its_own_crates() {
    holds(floors_use_their_own_crates);
}

#[test]
fn a_crate_on_another_floor_is_found() {
    breaks(floors_use_their_own_crates, "flow/x.rs", "use rusqlite::Connection;");
    breaks(floors_use_their_own_crates, "web/x.rs", "let x: maud::Markup = y;");
    breaks(floors_use_their_own_crates, "domain/x.rs", "use aws_lc_rs::rand;");
    breaks(floors_use_their_own_crates, "flow/x.rs", "tokio::spawn(async {});");
    breaks(floors_use_their_own_crates, "page/x.rs", "use serde_json;");
    passes(floors_use_their_own_crates, "flow/x.rs", "use tokio::sync::oneshot;");
    passes(floors_use_their_own_crates, "web/x.rs", "use super::url::Place;");
}

fn sql_stays_on_its_floor(source: &Source) -> Vec<String> {
    const BEGINNINGS: [&str; 6] =
        ["\"SELECT ", "\"UPDATE ", "\"INSERT INTO ", "\"DELETE FROM ", "\"PRAGMA ", "\"BEGIN "];
    if source.floor() == "store" {
        return Vec::new();
    }
    let sql = |line: &&(usize, String)| BEGINNINGS.iter().any(|word| line.1.contains(word));
    source.lines.iter().filter(sql).map(|(at, _)| source.says(*at, "SQL outside the store")).collect()
}

#[test]
fn sql_is_said_in_the_store_only() {
    holds(sql_stays_on_its_floor);
}

#[test]
fn sql_on_another_floor_is_found() {
    breaks(sql_stays_on_its_floor, "flow/x.rs", "conn.execute(\"DELETE FROM sessions\", [])");
    passes(sql_stays_on_its_floor, "store/x.rs", "conn.execute(\"DELETE FROM sessions\", [])");
}

// ---- one door

/// The literals of a file, each with the line it begins on.
pub fn literals(source: &Source) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for (at, line) in &source.lines {
        let mut escaped = false;
        for c in line.chars().chain([' ']) {
            match (&mut open, c) {
                (Some((_, text)), _) if escaped => {
                    text.push(c);
                    escaped = false;
                }
                (Some(_), '\\') => escaped = true,
                (Some(_), '"') => found.extend(open.take()),
                (Some((_, text)), c) => text.push(c),
                (None, '"') => open = Some((*at, String::new())),
                (None, _) => {}
            }
        }
    }
    found
}

fn ends_a_session(sql: &str) -> bool {
    let sql = sql.split_whitespace().collect::<Vec<_>>().join(" ");
    let upper = sql.to_uppercase();
    let sets = upper.match_indices(" SET ").any(|(at, _)| {
        let clause = upper[at..].split(" WHERE ").next().unwrap_or_default();
        let ends = clause.contains("ENDED_AT = ") && !clause.contains("ENDED_AT = NULL");
        ends || clause.contains("BARRIER_SEQ = ")
    });
    let deletes = ["SESSIONS", "PARTICIPANTS"]
        .iter()
        .any(|table| upper.contains(&format!("DELETE FROM {table}")) && !upper.contains("ENDED_AT <"));
    sets || deletes || upper.contains("INTO KICKS")
}

fn sessions_end_at_the_door(source: &Source) -> Vec<String> {
    if source.path == "store/ending.rs" {
        return Vec::new();
    }
    let ending = literals(source).into_iter().filter(|(_, text)| ends_a_session(text));
    ending.map(|(at, _)| source.says(at, "a session ends here; only store/ending.rs may")).collect()
}

#[test]
fn no_session_ends_outside_the_door() {
    holds(sessions_end_at_the_door);
    let door = house().into_iter().find(|s| s.path == "store/ending.rs").expect("the door");
    assert!(
        literals(&door).iter().filter(|(_, text)| ends_a_session(text)).count() >= 4,
        "the rule no longer sees the door"
    );
}

#[test]
fn a_second_door_is_found() {
    let rule = sessions_end_at_the_door;
    breaks(rule, "store/sessions.rs", "\"UPDATE sessions SET ended_at = ?2 WHERE id = ?1\"");
    breaks(rule, "store/users.rs", "\"UPDATE users\n  SET barrier_seq = ?2\n  WHERE id = ?1\"");
    breaks(rule, "store/users.rs", "\"INSERT INTO kicks VALUES (?1, ?2, ?3)\"");
    breaks(rule, "store/users.rs", "\"DELETE FROM sessions WHERE user_id = ?1\"");
    breaks(rule, "flow/x.rs", "\"UPDATE participants SET ended_at = ?1\"");
    passes(rule, "store/sessions.rs", "\"UPDATE sessions SET last_seen_at = ?2 WHERE ended_at = ?3\"");
    passes(rule, "store/ending.rs", "\"UPDATE sessions SET ended_at = ?2 WHERE id = ?1\"");
}

fn the_door_has_one_key(source: &Source) -> Vec<String> {
    if source.path == "flow/logout.rs" {
        return Vec::new();
    }
    // Other floors have acts of that name of their own; to reach this one they would have to name it.
    let near = matches!(source.floor(), "store" | "flow");
    let calls = |line: &&(usize, String)| {
        let named =
            line.1.contains("ending::carry_out") || (line.1.contains("ending::{") && line.1.contains("carry_out"));
        named || (near && line.1.contains("carry_out(") && !line.1.contains("fn carry_out("))
    };
    source
        .lines
        .iter()
        .filter(calls)
        .map(|(at, _)| source.says(*at, "only flow/logout.rs may carry out a plan"))
        .collect()
}

#[test]
fn only_the_act_of_logging_out_carries_out_a_plan() {
    holds(the_door_has_one_key);
}

#[test]
fn a_second_caller_of_the_door_is_found() {
    breaks(the_door_has_one_key, "flow/users.rs", "ending::carry_out(act, id, &plan)?;");
    breaks(the_door_has_one_key, "flow/users.rs", "let receipt = carry_out(act, id, &plan)?;");
    breaks(the_door_has_one_key, "cli/kick.rs", "use crate::store::ending::{carry_out, open};");
    passes(the_door_has_one_key, "cli/mod.rs", "match carry_out(args.command) {");
    passes(the_door_has_one_key, "web/console/kick.rs", "pub async fn carry_out(request: HttpRequest) -> Answer {");
}

// ---- one clock, one source of chance

fn the_clock_is_read_in_one_place(source: &Source) -> Vec<String> {
    const CLOCKS: [&str; 6] =
        ["SystemTime::now", "Utc::now", "Local::now", "Timestamp::now", "Zoned::now", "OffsetDateTime::now"];
    let mut broken = Vec::new();
    for (at, line) in &source.lines {
        if source.path != "domain/clock.rs" && CLOCKS.iter().any(|clock| line.contains(clock)) {
            broken.push(source.says(*at, "reads the clock; only domain/clock.rs may"));
        }
        if source.path != "store/db.rs" && line.contains("Instant::now") {
            broken.push(source.says(*at, "reads the stop-watch; only store/db.rs may"));
        }
    }
    broken
}

#[test]
fn the_clock_is_read_in_one_place_only() {
    holds(the_clock_is_read_in_one_place);
}

#[test]
fn a_second_clock_is_found() {
    breaks(the_clock_is_read_in_one_place, "flow/x.rs", "let now = std::time::SystemTime::now();");
    breaks(the_clock_is_read_in_one_place, "page/x.rs", "let now = jiff::Timestamp::now();");
    breaks(the_clock_is_read_in_one_place, "web/x.rs", "let t = Instant::now();");
    passes(the_clock_is_read_in_one_place, "web/x.rs", "let now = state.now();");
}

fn chance_has_one_source(source: &Source) -> Vec<String> {
    const CHANCES: [&str; 7] = ["SystemRandom", "thread_rng", "getrandom", "OsRng", "fastrand", "rand", "RandomState"];
    if source.path == "crypto/random.rs" {
        return Vec::new();
    }
    // The signing primitives want a source handed to them, for blinding; keys they make by themselves.
    let signs = |line: &str| source.path == "crypto/jws.rs" && line.contains("SystemRandom");
    let draws = |line: &&(usize, String)| {
        !signs(&line.1) && (CHANCES.iter().any(|word| names(&line.1, word)) || line.1.contains("::rand::"))
    };
    source
        .lines
        .iter()
        .filter(draws)
        .map(|(at, _)| source.says(*at, "draws chance; only crypto/random.rs may"))
        .collect()
}

#[test]
fn chance_has_one_source_only() {
    holds(chance_has_one_source);
}

#[test]
fn a_second_source_of_chance_is_found() {
    breaks(chance_has_one_source, "flow/x.rs", "let n = rand::random::<u64>();");
    breaks(chance_has_one_source, "crypto/seal.rs", "SystemRandom::new().fill(&mut bytes)");
    breaks(chance_has_one_source, "crypto/seal.rs", "use aws_lc_rs::rand::SecureRandom;");
    passes(chance_has_one_source, "flow/x.rs", "let id = UserId::from_random(random::octets());");
}

// ---- how a house is kept

fn mod_files_define_no_type(source: &Source) -> Vec<String> {
    const WORDS: [&str; 5] = ["struct", "enum", "trait", "type", "union"];
    if !source.path.ends_with("/mod.rs") || source.path == "web/mod.rs" {
        return Vec::new();
    }
    let defines = |line: &&(usize, String)| {
        let mut words = line.1.split_whitespace().skip_while(|w| w.starts_with("pub") || w.starts_with("#["));
        !line.1.starts_with(' ') && words.next().is_some_and(|w| WORDS.contains(&w))
    };
    source
        .lines
        .iter()
        .filter(defines)
        .map(|(at, _)| source.says(*at, "a type in a mod.rs, which holds only words"))
        .collect()
}

#[test]
fn a_mod_file_holds_words_and_no_types() {
    holds(mod_files_define_no_type);
}

#[test]
fn a_type_in_a_mod_file_is_found() {
    breaks(mod_files_define_no_type, "flow/mod.rs", "pub struct State {}");
    breaks(mod_files_define_no_type, "page/console/mod.rs", "pub(crate) enum Row {}");
    passes(mod_files_define_no_type, "flow/mod.rs", "pub mod state;\npub use state::State;");
    passes(mod_files_define_no_type, "web/mod.rs", "struct Sheet;");
}

fn nothing_panics_on_purpose(source: &Source) -> Vec<String> {
    const WORDS: [&str; 6] = [".unwrap()", ".expect(", "panic!(", "unreachable!(", "todo!(", "unimplemented!("];
    if source.is_test() || source.path == "page/gallery/rules.rs" {
        return Vec::new();
    }
    let panics = |line: &&(usize, String)| WORDS.iter().any(|word| line.1.contains(word));
    source.lines.iter().filter(panics).map(|(at, _)| source.says(*at, "may panic outside a test")).collect()
}

#[test]
fn nothing_outside_tests_panics_on_purpose() {
    holds(nothing_panics_on_purpose);
}

#[test]
fn a_panic_outside_tests_is_found() {
    breaks(nothing_panics_on_purpose, "flow/x.rs", "let x = y.unwrap();");
    breaks(nothing_panics_on_purpose, "flow/x.rs", "let x = y.expect(\"y\");");
    passes(nothing_panics_on_purpose, "flow/x.rs", "let x = y.unwrap_or_default();");
    passes(nothing_panics_on_purpose, "flow/x.rs", "#[cfg(test)]\nmod tests {\n  y.unwrap();\n}");
}
