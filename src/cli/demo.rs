//! `exeunt demo`: a throw-away house with four people and two applications, and what to paste to see all four ways out.
//!
//! The sockets are bound before the seed is sown: the applications register addresses that hold the port.

use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::signal::unix::SignalKind;

use super::args::ServeFlags;
use super::failure::Failure;
use super::{logging, open, serve};
use crate::config::{Config, Flags, Seed, SeedFile, Stroller};
use crate::crypto::{random, seal};
use crate::demo::party::{Ground, Kind};
use crate::demo::provider::Credentials;
use crate::demo::wire::Demo;
use crate::domain::clock::SystemClock;
use crate::server::Server;

/// What ends a demo: also a closed terminal, so that nothing stays behind.
const ENDS: [SignalKind; 3] = [SignalKind::terminate(), SignalKind::interrupt(), SignalKind::hangup()];
/// Password of all four.
const PASSWORD: &str = "letmeout";
const POOL: &str = "5f9d0cef60d09ff5a4c87c06";
const POOL_SECRET: &str = "0123456789abcdef0123456789abcdef";
const NOTES: &str = "6099a1b2c3d4e5f60718293a";
const LILEI: &str = "60aa0000000000000000000a";

/// The people and applications; `{base}`, `{port}` and `{told}` stand for what is known once the sockets are bound. The
/// hash is of [`PASSWORD`], so that a demo starts at once.
const SEED: &str = include_str!("demo.toml");

const PEOPLE: [(&str, &str, &str); 4] = [
    ("lilei", "Li Lei 李雷", ""),
    ("hanmeimei", "Han Meimei 韩梅梅", ""),
    ("maya", "Maya Okafor", ""),
    ("chenliqun", "Chen Liqun 陈立群", "administrator"),
];

/// A directory that goes when the demo does.
struct ThrowAway(PathBuf);

impl ThrowAway {
    /// A new directory that nobody else can have prepared.
    fn make() -> Result<Self, Failure> {
        let (dir, process) = (std::env::temp_dir(), std::process::id());
        for number in 0..100 {
            let more = if number == 0 { String::new() } else { format!("-{number}") };
            let path = dir.join(format!("exeunt-demo-{process}{more}"));
            match std::fs::DirBuilder::new().mode(0o700).create(&path) {
                Ok(()) => return Ok(Self(path)),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(Failure::new(format!("cannot use {}: {error}", path.display()))),
            }
        }
        Err(Failure::new(format!("no free directory in {}", dir.display())))
    }
}

impl Drop for ThrowAway {
    fn drop(&mut self) {
        remove(&self.0);
    }
}

fn remove(dir: &Path) {
    if let Err(error) = std::fs::remove_dir_all(dir) {
        tracing::debug!(%error, "the demo's directory stays");
    }
}

/// Serves the demo until told to stop.
pub fn demo(asked: &ServeFlags) -> Result<(), Failure> {
    let asked = asked.flags();
    // A directory that somebody named is theirs and stays.
    let throw_away = if asked.data_dir.is_some() { None } else { Some(ThrowAway::make()?) };
    let gone = throw_away.as_ref().map(|dir| dir.0.clone());
    let flags = Flags {
        data_dir: asked.data_dir.clone().or_else(|| gone.clone()),
        dev: Some(true),
        log: asked.log.clone().or_else(|| std::env::var_os("EXEUNT_LOG").is_none().then(|| "warn".to_owned())),
        ..asked
    };
    let loaded = open::load(&flags)?;
    logging::start(&loaded.config)?;
    for warning in &loaded.warnings {
        tracing::warn!("{warning}");
    }
    let sockets = serve::sockets(&loaded.config)?;
    let port = sockets.first().and_then(|socket| socket.local_addr().ok()).map_or(0, |address| address.port());
    let base = serve::people_origin(&loaded.config, port);
    let (seed, demo) = match &loaded.config.seed {
        // Somebody's own people and applications: ours are not among them.
        Some(path) => (open::seed_file(path)?, None),
        None => {
            let seed = seed(&loaded.config, &base, port)?;
            let demo = applications(&seed, &base, port)?;
            (seed, Some(demo))
        }
    };
    let mut config = loaded.config;
    if demo.is_some() {
        config.strollers = strollers();
    }
    let said = if demo.is_some() { banner(&base) } else { places(&base) };
    let state = serve::house(config, Some(seed))?;
    serve::run(
        || Server::on(sockets, &state, demo),
        |_| eprint!("{said}"),
        &ENDS,
        move || gone.iter().for_each(|dir| remove(dir)),
    )
}

/// The people of the demo, for the buttons of the log-in page.
fn strollers() -> Vec<Stroller> {
    PEOPLE.map(|(username, name, _)| Stroller { username, name, password: PASSWORD }).to_vec()
}

/// The seed, with the addresses of this run. Log-outs are told over loopback where the house may deliver there.
fn seed(config: &Config, base: &str, port: u16) -> Result<Seed, Failure> {
    let told = if config.deliver_to_private { loopback(port) } else { base.to_owned() };
    let text = SEED.replace("{base}", base).replace("{port}", &port.to_string()).replace("{told}", &told);
    SeedFile::parse(&text).map_err(|error| Failure::config(format!("demo: {error}")))
}

fn loopback(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

/// Notes and Mail, with the ids and secrets of the seed.
fn applications(seed: &Seed, base: &str, port: u16) -> Result<Demo, Failure> {
    let of = |identifier: &str| {
        let mut all = seed.pools.iter().flat_map(|pool| &pool.applications);
        let found = all.find(|application| application.identifier.as_str() == identifier);
        let credentials = found.and_then(|application| {
            let (id, secret) = (application.id?, application.secret.as_ref()?);
            Some(Credentials { client_id: id.to_string(), secret: secret.expose().to_owned() })
        });
        credentials.ok_or_else(|| Failure::config(format!("demo: no {identifier} in the seed")))
    };
    let ground = Ground {
        origins: vec![base.to_owned(), loopback(port)],
        clock: Arc::new(SystemClock),
        chance: || seal::base64url(&random::octets::<32>()),
    };
    let registered = [(Kind::Notes, of("notes")?), (Kind::Mail, of("mail")?)];
    Demo::new(&ground, registered).map_err(|error| Failure::new(format!("demo: {error}")))
}

fn places(base: &str) -> String {
    format!("\nexeunt demo\n  personal center  {base}/u\n  console          {base}/console\n\n")
}

/// Who can log in, where, and the four ways out.
fn banner(base: &str) -> String {
    use std::fmt::Write as _;
    let mut text = "\nexeunt demo: a throw-away house, gone when it stops; nothing leaves this machine\n\n".to_owned();
    let _ = writeln!(text, "  log in as    password   who");
    for (username, name, role) in PEOPLE {
        let _ = writeln!(text, "  {username:<12} {PASSWORD:<10} {name} {role}");
    }
    let _ = write!(
        text,
        r#"
  base       {base}
  Notes      {base}/demo/notes
  Mail       {base}/demo/mail
  console    {base}/console    (chenliqun)

Notes and Mail are applications that log in by OpenID Connect. Open both, then leave by any way: their pages turn by
themselves, and each can be told to answer badly. The console's receipt shows who was told.

Four ways out
  1 personal center: log in, then the seal at the top right, "Log out"
      {base}/u
  2 front end: open this link in the same browser
      {base}/login/profile/logout?redirect_uri={base}/signed-out?reason=front_end
  3 kick: lilei out of Notes, on every device; paste both lines
      TOKEN=$(curl -s {base}/api/v3/get-management-token -H 'content-type: application/json' -d '{{"accessKeyId":"{POOL}","accessKeySecret":"{POOL_SECRET}"}}' | sed -n 's/.*"access_token":"\([^"]*\)".*/\1/p')
      curl -s {base}/api/v2/applications/{NOTES}/kick-active-users -H "authorization: Bearer $TOKEN" -H 'x-authing-userpool-id: {POOL}' -H 'content-type: application/json' -d '{{"userIds":["{LILEI}"]}}'
  4 console: log in as chenliqun, pick rows, "Force log out"
      {base}/console/applications/{NOTES}/sessions

"#
    );
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Credential;
    use crate::crypto::password::{Memory, Verdict, verify};
    use crate::domain::user::Role;

    #[test]
    fn the_printed_logins_are_the_seeded_ones() {
        let text = SEED.replace("{base}", "http://localhost:1").replace("{port}", "1").replace("{told}", &loopback(1));
        let seed = SeedFile::parse(&text).unwrap();
        assert!(applications(&seed, "http://localhost:1", 1).is_ok());
        let pool = &seed.pools[0];
        assert_eq!(pool.id.unwrap().as_str(), POOL);
        assert_eq!(pool.secret.as_ref().unwrap().expose(), POOL_SECRET);
        assert!(pool.applications[0].default && pool.applications[0].id.unwrap().as_str() == NOTES);
        assert_eq!(pool.users[0].id.unwrap().as_str(), LILEI);
        for (user, (username, name, role)) in pool.users.iter().zip(PEOPLE) {
            assert_eq!(user.username.as_ref().unwrap().as_str(), username);
            assert_eq!(user.name.as_ref().unwrap().as_str(), name);
            assert_eq!(user.role == Some(Role::Admin), role == "administrator");
            let Some(Credential::Hash(hash)) = &user.credential else { panic!("{username} has no hash") };
            assert_eq!(verify(&mut Memory::default(), PASSWORD, hash), Verdict::Right, "{username}");
        }
    }
}
