//! `exeunt demo`: a throw-away house with four people and two applications, and what to paste to see all four ways out.

use std::net::SocketAddr;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use tokio::signal::unix::SignalKind;

use super::args::ServeFlags;
use super::failure::Failure;
use super::{logging, open, serve};
use crate::config::{Flags, SeedFile};
use crate::server::Server;

/// What ends a demo: also a closed terminal, so that nothing stays behind.
const ENDS: [SignalKind; 3] = [SignalKind::terminate(), SignalKind::interrupt(), SignalKind::hangup()];
/// Password of all four.
const PASSWORD: &str = "letmeout";
const POOL: &str = "5f9d0cef60d09ff5a4c87c06";
const POOL_SECRET: &str = "0123456789abcdef0123456789abcdef";
const NOTES: &str = "6099a1b2c3d4e5f60718293a";
const LILEI: &str = "60aa0000000000000000000a";

/// The people and applications. The hash is of [`PASSWORD`], so that a demo starts at once.
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
    let own = loaded.config.seed.is_none();
    let seed = match &loaded.config.seed {
        Some(path) => open::seed_file(path)?,
        None => SeedFile::parse(SEED).map_err(|error| Failure::config(format!("demo: {error}")))?,
    };
    let state = serve::house(loaded.config, Some(seed))?;
    let greet = |server: &Server| {
        let port = server.addresses.first().map_or(0, SocketAddr::port);
        let base = serve::people_origin(&state.config, port);
        eprint!("{}", if own { banner(&base) } else { places(&base) });
    };
    serve::run(&state, greet, &ENDS, move || gone.iter().for_each(|dir| remove(dir)))
}

fn places(base: &str) -> String {
    format!("\nexeunt demo\n  personal center  {base}/u\n  console          {base}/console\n\n")
}

/// Who can log in, where, and the four ways out.
fn banner(base: &str) -> String {
    use std::fmt::Write as _;
    let (scheme, host) = base.split_once("://").unwrap_or(("http", base));
    let mut text = "\nexeunt demo: a throw-away house, gone when it stops; nothing leaves this machine\n\n".to_owned();
    let _ = writeln!(text, "  log in as    password   who");
    for (username, name, role) in PEOPLE {
        let _ = writeln!(text, "  {username:<12} {PASSWORD:<10} {name} {role}");
    }
    let _ = write!(
        text,
        r#"
  base       {base}
  Notes      {scheme}://notes.{host}
  Mail       {scheme}://mail.{host}
  console    {base}/console    (chenliqun)

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

    #[test]
    fn the_printed_logins_are_the_seeded_ones() {
        let seed = SeedFile::parse(SEED).unwrap();
        let pool = &seed.pools[0];
        assert_eq!(pool.id.unwrap().as_str(), POOL);
        assert_eq!(pool.secret.as_ref().unwrap().expose(), POOL_SECRET);
        assert!(pool.applications[0].default && pool.applications[0].id.unwrap().as_str() == NOTES);
        assert_eq!(pool.users[0].id.unwrap().as_str(), LILEI);
        for (user, (username, name, role)) in pool.users.iter().zip(PEOPLE) {
            assert_eq!(user.username.as_ref().unwrap().as_str(), username);
            assert_eq!(user.name.as_ref().unwrap().as_str(), name);
            assert_eq!(user.admin == Some(true), role == "administrator");
            let Some(Credential::Hash(hash)) = &user.credential else { panic!("{username} has no hash") };
            assert_eq!(verify(&mut Memory::default(), PASSWORD, hash), Verdict::Right, "{username}");
        }
    }
}
