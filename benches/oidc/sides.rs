//! Those who are measured: the product, `oidc-provider` with two stores, and a bare actix-web. Same applications, same
//! secrets, same numbers of sessions; only paths and the names of cookies differ.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::common::process::{Running, free_port, pinned};
use crate::common::stock::{self, Stock};
use crate::common::{Done, check};

/// Wants its ID tokens signed with RS256.
pub const RS256: &str = stock::APPLICATION;
/// Its twin, which wants ES256.
pub const ES256: &str = "6099a1b2c3d4e5f60718293b";
/// Secret of both.
pub const SECRET: &str = stock::POOL_SECRET;
pub const CALLBACK: &str = "http://127.0.0.1:9/callback";
pub const BYE: &str = "http://127.0.0.1:9/bye";

/// Paths and habits of a kind of server.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    pub name: &'static str,
    pub cookie: &'static str,
    pub authorize: &'static str,
    pub token: &'static str,
    pub userinfo: &'static str,
    pub introspection: &'static str,
    pub revocation: &'static str,
    pub end_session: &'static str,
}

pub const PRODUCT: Kind = Kind {
    name: "exeunt",
    cookie: "exeunt",
    authorize: "/oidc/auth",
    token: "/oidc/token",
    userinfo: "/oidc/me",
    introspection: "/oidc/token/introspection",
    revocation: "/oidc/token/revocation",
    end_session: "/oidc/session/end",
};

impl Kind {
    /// Whether this is the product, in whatever build.
    pub fn is_product(self) -> bool {
        self.cookie == PRODUCT.cookie
    }
}

const PEER: Kind = Kind {
    name: "",
    cookie: "_session",
    authorize: "/auth",
    token: "/token",
    userinfo: "/me",
    introspection: "/token/introspection",
    revocation: "/token/revocation",
    end_session: "/session/end",
};

/// A running server.
pub struct Side {
    pub kind: Kind,
    pub port: u16,
    /// Sessions from this number on have not been used up.
    pub fresh: u64,
    pub sessions: u64,
    running: Running,
    _dir: Option<tempfile::TempDir>,
}

impl Side {
    /// The product's own binary on the stock.
    pub fn product(stock: &Stock, port: u16, seed: &str) -> Done<Self> {
        Self::build(PRODUCT, env!("CARGO_BIN_EXE_exeunt"), (stock, port), seed)
    }

    /// Some build of the product.
    pub fn build(kind: Kind, binary: &str, at: (&Stock, u16), seed: &str) -> Done<Self> {
        let (stock, port) = at;
        let (file, log) = (stock.dir().join("seed.toml"), std::fs::File::create(stock.dir().join("log"))?);
        std::fs::write(&file, seed)?;
        let mut command = pinned("0", &[]);
        command.arg(binary).args(["serve", "--port", &port.to_string(), "--data-dir"]);
        command.arg(stock.dir()).arg("--seed").arg(file).stderr(log);
        let running = Running::spawn(command)?;
        let sessions = stock.size.ordinary();
        Ok(Self { kind, port: running.port, fresh: 0, sessions, running, _dir: None })
    }

    /// `oidc-provider` with this store; `None`: there is no node, or what it needs cannot be installed.
    pub fn peer(name: &'static str, store: &str, sessions: u64) -> Done<Option<Self>> {
        let Some(place) = installed() else { return Ok(None) };
        let (dir, port) = (tempfile::Builder::new().prefix("exeunt-bench-").tempdir()?, free_port()?);
        let mut command = pinned("0", &["node"]);
        command.arg(place.join("server.mjs")).args([store, &port.to_string()]).arg(dir.path());
        command.arg(sessions.to_string()).stderr(Stdio::null());
        let running = Running::spawn(command)?;
        let kind = Kind { name, ..PEER };
        Ok(Some(Self { kind, port: running.port, fresh: 0, sessions, running, _dir: Some(dir) }))
    }

    /// Name and process.
    pub fn at(&self) -> (&'static str, &Running) {
        (self.kind.name, &self.running)
    }

    /// The cookie line of session `n`.
    pub fn cookie(&self, n: u64) -> String {
        format!("Cookie: {}={}", self.kind.cookie, stock::secret(n))
    }

    /// Numbers of `count` sessions in a row that nobody has used.
    pub fn unused(&mut self, count: u64) -> Done<std::ops::Range<u64>> {
        let from = self.fresh;
        self.fresh += count;
        check(self.fresh <= self.sessions, || format!("{}: out of sessions", self.kind.name))?;
        Ok(from..self.fresh)
    }
}

/// Where the peer lies, with its packages.
fn installed() -> Option<PathBuf> {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/oidc/peer");
    if place.join("node_modules/oidc-provider").exists() {
        return Some(place);
    }
    println!("installing the peer into {}", place.display());
    let done = Command::new("npm").args(["ci", "--no-audit", "--no-fund", "--silent"]).current_dir(&place).status();
    done.is_ok_and(|status| status.success()).then_some(place)
}

/// Applications of the product: the twins, and those who hear of log-outs, by address.
pub fn seed(listeners: &[(&str, String)]) -> String {
    let mut text = format!("[pool]\nid = \"{}\"\nname = \"bench\"\nsecret = \"{}\"\n", stock::POOL, stock::POOL_SECRET);
    for (id, name, alg) in [(RS256, "desk", "RS256"), (ES256, "lamp", "ES256")] {
        text.push_str(&application(id, name, alg));
        if id == RS256 {
            text.push_str("default = true\n");
        }
        if let Some((_, address)) = listeners.iter().find(|(of, _)| *of == id) {
            text.push_str(&format!("backchannel_logout_uri = \"{address}\"\n"));
        }
    }
    text
}

fn application(id: &str, name: &str, alg: &str) -> String {
    format!(
        "\n[[applications]]\nid = \"{id}\"\nidentifier = \"{name}\"\nname = \"{name}\"\nsecret = \"{SECRET}\"\n\
         redirect_uris = [\"{CALLBACK}\"]\nlogout_redirect_uris = [\"{BYE}\"]\n\
         grant_types = [\"authorization_code\", \"refresh_token\"]\nid_token_signed_response_alg = \"{alg}\"\n"
    )
}
