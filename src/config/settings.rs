//! The settings as types, and the refusal of unsafe ones in words.

use std::fmt::Display;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::num::NonZero;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::{fmt, io};

use url::{Host, Url};

use super::cidr::Cidr;
use super::error::ConfigError;
use super::keys;
use super::sources::{self, Flags, Origin, Values};
use crate::domain::contact::{Password, Username};

#[cfg(test)]
mod tests;

/// The port that is listened on when none is named.
const PORT: u16 = 9010;

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// Text on a terminal, JSON elsewhere.
    Auto,
    /// Lines for people.
    Text,
    /// Lines for machines.
    Json,
}

/// An admin to create at the first start.
#[derive(Debug, Clone)]
pub struct FirstAdmin {
    /// The log-in name.
    pub username: Username,
    /// The password.
    pub password: Password,
}

/// Somebody whose password everybody knows: a person of the demo, to log in as with one press.
#[derive(Debug, Clone)]
pub struct Stroller {
    /// The log-in name.
    pub username: &'static str,
    /// What they are called.
    pub name: &'static str,
    /// The password.
    pub password: &'static str,
}

/// What the operator decided. Defaults stand in [`keys::KNOWN`].
#[derive(Clone)]
pub struct Config {
    /// Addresses to listen on.
    pub listen: Vec<SocketAddr>,
    /// Where the database lives.
    pub data_dir: PathBuf,
    /// The origin people reach this server by; none on a loopback listener that takes the request's own host.
    pub public_url: Option<Url>,
    /// Networks whose forwarding headers are believed.
    pub trusted_proxies: Vec<Cidr>,
    /// A seed file to apply at the start.
    pub seed: Option<PathBuf>,
    /// Refusals say more.
    pub dev: bool,
    /// Filter of log lines.
    pub log: String,
    /// Form of log lines.
    pub log_format: LogFormat,
    /// A session ends after so long without use.
    pub session_idle_seconds: u32,
    /// A session ends after so long in any case.
    pub session_absolute_seconds: u32,
    /// Who stated the first of them; nobody, and a pool may settle it.
    pub session_idle_stated: Option<Origin>,
    /// The same for the second.
    pub session_absolute_stated: Option<Origin>,
    /// Most sessions of one user.
    pub session_limit_per_user: u32,
    /// Life of an access token.
    pub access_token_seconds: u32,
    /// Life of a refresh token and all its successors.
    pub refresh_token_seconds: u32,
    /// Days after which signing keys are replaced; 0 for never.
    pub key_rotation_days: u32,
    /// Whether log-out messages may go to loopback and private addresses.
    pub deliver_to_private: bool,
    /// The bearer token with which applications may register themselves.
    pub registration_token: Option<String>,
    /// Threads that answer requests.
    pub workers: usize,
    /// Passwords verified at once.
    pub hash_threads: usize,
    /// Log-ins that may wait for a password check.
    pub hash_queue: usize,
    /// Most open event streams.
    pub max_streams: usize,
    /// Most open event streams of one user.
    pub max_streams_per_user: usize,
    /// Wrong passwords for one log-in name within the window.
    pub login_tries_per_name: u32,
    /// Wrong passwords from one address within the window.
    pub login_tries_per_address: u32,
    /// The window in which wrong passwords are counted.
    pub login_window_seconds: u32,
    /// How long the set-up link of a first start works.
    pub setup_link_seconds: u32,
    /// An admin to create at the first start.
    pub first_admin: Option<FirstAdmin>,
    /// The bearer token of `/metrics`.
    pub metrics_token: Option<String>,
    /// The people of the demo; nobody can set them.
    pub strollers: Vec<Stroller>,
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Fields are told by `Loaded::origins`, which masks secrets.
        f.debug_struct("Config").field("listen", &self.listen).field("data_dir", &self.data_dir).finish_non_exhaustive()
    }
}

/// One setting as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// Its name.
    pub key: &'static str,
    /// Its value; `(set)` for a secret.
    pub value: String,
    /// Where the value came from.
    pub origin: Origin,
}

/// The settings, where each came from, and what the operator should hear.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The settings.
    pub config: Config,
    /// Every setting with its origin, in the order of [`keys::KNOWN`].
    pub origins: Vec<Setting>,
    /// Sentences about what is allowed but unwise.
    pub warnings: Vec<String>,
}

impl Config {
    /// Reads the settings: flag before environment before file before default.
    pub fn load(
        flags: &Flags,
        env: impl Iterator<Item = (String, String)>,
        read_file: &dyn Fn(&Path) -> io::Result<String>,
    ) -> Result<Loaded, ConfigError> {
        let values = Reader(sources::gather(flags, env, read_file)?);
        let config = values.config()?;
        let warnings = config.warnings();
        let origins = keys::KNOWN.iter().filter_map(|key| values.shown(key, &config)).collect();
        Ok(Loaded { config, origins, warnings })
    }

    /// Tells whether every listener is reachable from this machine only.
    pub fn listens_on_loopback_only(&self) -> bool {
        self.listen.iter().all(|address| address.ip().to_canonical().is_loopback())
    }

    fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        let open = !self.listens_on_loopback_only();
        match &self.public_url {
            Some(url) if url.scheme() == "http" && (open || !is_loopback(url)) => warnings.push(
                "public_url is http: passwords and cookies travel unprotected, so put a TLS proxy in front".to_owned(),
            ),
            None if open => warnings.push(
                "no public_url is set: a listener that is not loopback answers requests for localhost only".to_owned(),
            ),
            Some(_) | None => {}
        }
        if self.dev && open {
            warnings.push(
                "dev is on and the listener is not loopback: refusals tell strangers more than they need".to_owned(),
            );
        }
        warnings
    }
}

/// Tells whether a URL names this machine.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

const YEAR: u32 = 365 * 24 * 3600;

struct Reader(Values);

impl Reader {
    fn config(&self) -> Result<Config, ConfigError> {
        let listen = self.listen()?;
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        let (idle, absolute) = self.lifetimes()?;
        Ok(Config {
            data_dir: self.text("data_dir").map(PathBuf::from).ok_or(ConfigError::NoDataDir)?,
            public_url: self.text("public_url").map(|text| self.public_url(text)).transpose()?,
            trusted_proxies: self.list("trusted_proxies", |item| Cidr::parse(item).map_err(|e| e.to_string()))?,
            seed: self.text("seed").map(PathBuf::from),
            dev: self.yes("dev", false)?,
            log: self.text("log").unwrap_or_default().to_owned(),
            log_format: self.log_format()?,
            session_idle_seconds: idle,
            session_absolute_seconds: absolute,
            session_idle_stated: self.stated("session_idle_seconds"),
            session_absolute_stated: self.stated("session_absolute_seconds"),
            session_limit_per_user: self.number("session_limit_per_user", 1..=100_000, 0)?,
            access_token_seconds: self.number("access_token_seconds", 30..=86_400, 0)?,
            refresh_token_seconds: self.number("refresh_token_seconds", 60..=10 * YEAR, 0)?,
            key_rotation_days: self.number("key_rotation_days", 0..=3_650, 0)?,
            deliver_to_private: self
                .yes("deliver_to_private", listen.iter().all(|address| address.ip().to_canonical().is_loopback()))?,
            registration_token: self.text("registration_token").map(str::to_owned),
            workers: self.number("workers", 1..=1024, cores)?,
            hash_threads: self.number("hash_threads", 1..=1024, cores)?,
            hash_queue: self.number("hash_queue", 0..=100_000, 0)?,
            max_streams: self.number("max_streams", 0..=1_000_000, 0)?,
            max_streams_per_user: self.number("max_streams_per_user", 1..=100_000, 0)?,
            login_tries_per_name: self.number("login_tries_per_name", 1..=1_000_000, 0)?,
            login_tries_per_address: self.number("login_tries_per_address", 1..=1_000_000, 0)?,
            login_window_seconds: self.number("login_window_seconds", 1..=86_400, 0)?,
            setup_link_seconds: self.number("setup_link_seconds", 60..=YEAR, 0)?,
            first_admin: self.first_admin()?,
            metrics_token: self.text("metrics_token").map(str::to_owned),
            strollers: Vec::new(),
            listen,
        })
    }

    /// The value that counts: somebody's, else the default of the table.
    fn text(&self, name: &str) -> Option<&str> {
        let default = || keys::find(name).map(|key| key.default);
        self.0.get(name).map(|(value, _)| value.as_str()).or_else(default).filter(|text| !text.is_empty())
    }

    /// Who stated it, if anybody did.
    fn stated(&self, name: &str) -> Option<Origin> {
        self.0.get(name).map(|(_, origin)| origin.clone())
    }

    fn refuse(&self, name: &'static str, why: impl Display) -> ConfigError {
        let origin = self.0.get(name).map_or(Origin::Default, |(_, origin)| origin.clone());
        ConfigError::Value { key: name, origin, why: why.to_string() }
    }

    fn number<N>(&self, name: &'static str, fits: RangeInclusive<N>, found: N) -> Result<N, ConfigError>
    where
        N: FromStr + PartialOrd + Display,
    {
        let Some(text) = self.text(name) else {
            return Ok(found);
        };
        let number = text.trim().parse().ok().filter(|number| fits.contains(number));
        number.ok_or_else(|| self.refuse(name, format!("a whole number from {} to {}", fits.start(), fits.end())))
    }

    fn yes(&self, name: &'static str, found: bool) -> Result<bool, ConfigError> {
        match self.text(name).map(str::to_ascii_lowercase).as_deref() {
            None => Ok(found),
            Some("true" | "1" | "yes" | "on") => Ok(true),
            Some("false" | "0" | "no" | "off") => Ok(false),
            Some(_) => Err(self.refuse(name, "true or false")),
        }
    }

    fn list<T>(&self, name: &'static str, parse: impl Fn(&str) -> Result<T, String>) -> Result<Vec<T>, ConfigError> {
        let items = self.text(name).unwrap_or_default().split(',').map(str::trim).filter(|item| !item.is_empty());
        items.map(|item| parse(item).map_err(|why| self.refuse(name, format!("{item}: {why}")))).collect()
    }

    fn listen(&self) -> Result<Vec<SocketAddr>, ConfigError> {
        if self.text("port").is_some() {
            let port = self.number("port", 0..=u16::MAX, PORT)?;
            return Ok(vec![SocketAddr::from((Ipv4Addr::LOCALHOST, port))]);
        }
        let addresses = self.list("listen", address)?;
        if addresses.is_empty() { Err(self.refuse("listen", "no address")) } else { Ok(addresses) }
    }

    fn public_url(&self, text: &str) -> Result<Url, ConfigError> {
        let key = "public_url";
        let url = Url::parse(text).map_err(|e| self.refuse(key, format!("not a url: {e}")))?;
        let why = if !matches!(url.scheme(), "http" | "https") {
            "begins with http:// or https://"
        } else if !url.username().is_empty() || url.password().is_some() {
            "names no user"
        } else if url.path() != "/" {
            "has no path: applications are told apart by host"
        } else if url.query().is_some() || url.fragment().is_some() {
            "has no query and no fragment"
        } else if url.host_str().is_none_or(|host| host.contains('*')) {
            "names one host"
        } else {
            return Ok(url);
        };
        Err(self.refuse(key, why))
    }

    fn log_format(&self) -> Result<LogFormat, ConfigError> {
        match self.text("log_format") {
            None | Some("auto") => Ok(LogFormat::Auto),
            Some("text") => Ok(LogFormat::Text),
            Some("json") => Ok(LogFormat::Json),
            Some(_) => Err(self.refuse("log_format", "auto, text or json")),
        }
    }

    fn lifetimes(&self) -> Result<(u32, u32), ConfigError> {
        let idle = self.number("session_idle_seconds", 60..=YEAR, 0)?;
        let absolute = self.number("session_absolute_seconds", 60..=10 * YEAR, 0)?;
        if idle > absolute {
            let name = if self.0.contains_key("session_idle_seconds") {
                "session_idle_seconds"
            } else {
                "session_absolute_seconds"
            };
            return Err(self.refuse(name, "session_idle_seconds is at most session_absolute_seconds"));
        }
        Ok((idle, absolute))
    }

    fn first_admin(&self) -> Result<Option<FirstAdmin>, ConfigError> {
        let (name, password) = (self.text("admin_username"), self.text("admin_password"));
        let (Some(name), Some(password)) = (name, password) else {
            return match (name, password) {
                (Some(_), None) => Err(self.refuse("admin_username", "admin_password is missing")),
                (None, Some(_)) => Err(self.refuse("admin_password", "admin_username is missing")),
                (None, None) | (Some(_), Some(_)) => Ok(None),
            };
        };
        let username = Username::parse(name).map_err(|e| self.refuse("admin_username", e))?;
        let password = Password::parse(password).map_err(|e| self.refuse("admin_password", e))?;
        Ok(Some(FirstAdmin { username, password }))
    }

    /// The setting as it is shown: with what was found out at the start, and without secrets.
    fn shown(&self, key: &keys::Key, config: &Config) -> Option<Setting> {
        let set = self.0.get(key.name);
        let value = match key.name {
            "port" if set.is_none() => return None,
            "listen" => config.listen.iter().map(SocketAddr::to_string).collect::<Vec<_>>().join(","),
            "workers" => config.workers.to_string(),
            "deliver_to_private" => config.deliver_to_private.to_string(),
            "hash_threads" => config.hash_threads.to_string(),
            name if key.secret => self.text(name).map(|_| "(set)".to_owned()).unwrap_or_default(),
            name => self.text(name).unwrap_or_default().to_owned(),
        };
        let origin = set.map_or(Origin::Default, |(_, origin)| origin.clone());
        Some(Setting { key: key.name, value, origin })
    }
}

/// Reads `127.0.0.1:9010`, `[::1]:9010`, `localhost:9010`, or an address without a port.
fn address(text: &str) -> Result<SocketAddr, String> {
    let numeric = match text.strip_prefix("localhost") {
        Some(port) if port.is_empty() || port.starts_with(':') => format!("127.0.0.1{port}"),
        Some(_) | None => text.to_owned(),
    };
    let bare = numeric.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    numeric
        .parse()
        .or_else(|_| bare.map(|ip| SocketAddr::new(ip, PORT)))
        .map_err(|_| "not an address such as 127.0.0.1:9010".to_owned())
}
