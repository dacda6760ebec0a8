//! Where settings come from: flag, environment, `exeunt.toml`, default, in this order; unknown names are errors.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

use super::error::{ConfigError, line_of, without_value};
use super::keys::{self, Key, PREFIX};

/// What the command line said.
#[derive(Debug, Clone, Default)]
pub struct Flags {
    /// `--port`
    pub port: Option<u16>,
    /// `--listen`, as often as it was given.
    pub listen: Vec<String>,
    /// `--data-dir`
    pub data_dir: Option<PathBuf>,
    /// `--seed`
    pub seed: Option<PathBuf>,
    /// `--public-url`
    pub public_url: Option<String>,
    /// `--config`
    pub config: Option<PathBuf>,
    /// `--trusted-proxy`, as often as it was given.
    pub trusted_proxies: Vec<String>,
    /// `--log`
    pub log: Option<String>,
    /// `--log-format`
    pub log_format: Option<String>,
    /// `--dev`
    pub dev: Option<bool>,
}

/// Where a setting came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The command line.
    Flag,
    /// This environment variable.
    Environment(String),
    /// This file: `exeunt.toml`.
    File(PathBuf),
    /// Nobody set it.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag => f.write_str("flag"),
            Self::Environment(name) => write!(f, "environment {name}"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Default => f.write_str("default"),
        }
    }
}

/// How files are read: a parameter, so that tests need no disk.
pub(super) type ReadFile<'a> = &'a dyn Fn(&Path) -> io::Result<String>;

/// All settings that somebody made, the strongest source for each.
pub(super) type Values = BTreeMap<&'static str, (String, Origin)>;

type Environment = BTreeMap<String, String>;

/// Gathers from the weakest source to the strongest, each overwriting what it sets.
pub(super) fn gather(
    flags: &Flags,
    env: impl Iterator<Item = (String, String)>,
    read: ReadFile,
) -> Result<Values, ConfigError> {
    // An empty variable sets nothing: that is how a compose file leaves one out.
    let env: Environment = env.filter(|(_, value)| !value.is_empty()).collect();
    let (from_flags, from_env) = (flag_values(flags), env_values(&env, read)?);
    let mut values = Values::new();
    let nearer = from_flags.get("data_dir").or_else(|| from_env.get("data_dir"));
    let found = nearer.map(|(path, _)| PathBuf::from(path)).or_else(|| default_data_dir(&env));
    if let Some(dir) = &found {
        values.insert("data_dir", (dir.display().to_string(), Origin::Default));
    }
    overlay(&mut values, file_values(flags, &env, found.as_deref(), read)?)?;
    overlay(&mut values, from_env)?;
    overlay(&mut values, from_flags)?;
    Ok(values)
}

/// Lays a stronger source over weaker ones. `port` and `listen` are two words for one thing, so either replaces both.
fn overlay(values: &mut Values, stronger: Values) -> Result<(), ConfigError> {
    if let (Some(_), Some((_, origin))) = (stronger.get("port"), stronger.get("listen")) {
        return Err(ConfigError::Both { one: "port".into(), other: "listen".into(), origin: origin.clone() });
    }
    if stronger.contains_key("port") || stronger.contains_key("listen") {
        values.remove("port");
        values.remove("listen");
    }
    values.extend(stronger);
    Ok(())
}

fn flag_values(flags: &Flags) -> Values {
    let path = |path: &Option<PathBuf>| path.as_ref().map(|p| p.display().to_string());
    let list = |list: &[String]| (!list.is_empty()).then(|| list.join(","));
    [
        ("port", flags.port.map(|port| port.to_string())),
        ("listen", list(&flags.listen)),
        ("data_dir", path(&flags.data_dir)),
        ("seed", path(&flags.seed)),
        ("public_url", flags.public_url.clone()),
        ("trusted_proxies", list(&flags.trusted_proxies)),
        ("log", flags.log.clone()),
        ("log_format", flags.log_format.clone()),
        ("dev", flags.dev.map(|dev| dev.to_string())),
    ]
    .into_iter()
    .filter_map(|(key, value)| Some((key, (value?, Origin::Flag))))
    .collect()
}

fn env_values(env: &Environment, read: ReadFile) -> Result<Values, ConfigError> {
    let mut values = Values::new();
    for (name, value) in env.iter().filter(|(name, _)| name.starts_with(PREFIX) && *name != CONFIG) {
        let origin = Origin::Environment(name.clone());
        let (key, value) = if let Some(key) = keys::KNOWN.iter().find(|key| key.env() == *name) {
            (key, value.clone())
        } else if let Some(key) = secret_of_file(name) {
            let path = PathBuf::from(value);
            let text = read(&path).map_err(|e| ConfigError::Unreadable { path, why: e.to_string() })?;
            (key, text.trim_end_matches(['\r', '\n']).to_owned())
        } else {
            return Err(unknown_variable(name));
        };
        if values.insert(key.name, (value, origin.clone())).is_some() {
            return Err(ConfigError::Both { one: key.env(), other: key.env() + "_FILE", origin });
        }
    }
    Ok(values)
}

/// The variable that names the settings file.
const CONFIG: &str = "EXEUNT_CONFIG";

fn secret_of_file(name: &str) -> Option<&'static Key> {
    let env = name.strip_suffix("_FILE")?;
    keys::KNOWN.iter().find(|key| key.secret && key.env() == env)
}

fn unknown_variable(name: &str) -> ConfigError {
    let mut known: Vec<String> = keys::KNOWN.iter().map(Key::env).collect();
    known.extend(keys::KNOWN.iter().filter(|key| key.secret).map(|key| key.env() + "_FILE"));
    known.push(CONFIG.to_owned());
    // Compared without the common beginning, which would make everything look alike.
    let bare = known.iter().filter_map(|name| name.strip_prefix(PREFIX));
    let nearest = keys::nearest(name.trim_start_matches(PREFIX), bare).map(|bare| format!("{PREFIX}{bare}"));
    ConfigError::UnknownKey { name: name.to_owned(), place: "the environment".to_owned(), nearest }
}

/// Reads the named settings file, or the one in the data directory if there is one.
fn file_values(
    flags: &Flags,
    env: &Environment,
    data_dir: Option<&Path>,
    read: ReadFile,
) -> Result<Values, ConfigError> {
    let named = flags.config.clone().or_else(|| env.get(CONFIG).map(PathBuf::from));
    let Some(path) = named.clone().or_else(|| data_dir.map(|dir| dir.join("exeunt.toml"))) else {
        return Ok(Values::new());
    };
    let text = match read(&path) {
        Ok(text) => text,
        Err(error) if named.is_none() && error.kind() == io::ErrorKind::NotFound => return Ok(Values::new()),
        Err(error) => return Err(ConfigError::Unreadable { path, why: error.to_string() }),
    };
    let values = toml_values(&text, &path)?;
    if let (None, Some((_, origin))) = (&named, values.get("data_dir")) {
        let why = "a settings file inside the data directory cannot move it".to_owned();
        return Err(ConfigError::Value { key: "data_dir", origin: origin.clone(), why });
    }
    Ok(values)
}

fn toml_values(text: &str, path: &Path) -> Result<Values, ConfigError> {
    let table = DeTable::parse(text).map_err(|error| ConfigError::Toml {
        path: path.to_owned(),
        line: line_of(text, error.span().map_or(0, |span| span.start)),
        why: without_value(error.message()),
    })?;
    let mut values = Values::new();
    for (name, value) in table.get_ref() {
        let line = line_of(text, name.span().start);
        let Some(key) = keys::find(name.get_ref()) else {
            return Err(ConfigError::UnknownKey {
                name: name.get_ref().to_string(),
                place: format!("{} line {line}", path.display()),
                nearest: keys::nearest(name.get_ref(), keys::KNOWN.iter().map(|k| k.name)).map(str::to_owned),
            });
        };
        let value = plain(value.get_ref()).ok_or_else(|| ConfigError::Toml {
            path: path.to_owned(),
            line,
            why: format!("{} is a text, a number, true or false, or a list of texts", key.name),
        })?;
        values.insert(key.name, (value, Origin::File(path.to_owned())));
    }
    Ok(values)
}

/// The text of a plain value; lists are written with commas, as in flags and environment.
fn plain(value: &DeValue) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => Some(number.as_str().to_owned()),
        DeValue::Boolean(yes) => Some(yes.to_string()),
        DeValue::Array(items) => {
            let texts: Option<Vec<&str>> = items.iter().map(|item| item.get_ref().as_str()).collect();
            texts.map(|texts| texts.join(","))
        }
        DeValue::Float(_) | DeValue::Datetime(_) | DeValue::Table(_) => None,
    }
}

/// `$STATE_DIRECTORY` (systemd), else `$XDG_DATA_HOME/exeunt`, else `~/.local/share/exeunt`.
fn default_data_dir(env: &Environment) -> Option<PathBuf> {
    let absolute = |name: &str| env.get(name).map(PathBuf::from).filter(|path| path.is_absolute());
    // systemd writes several state directories with colons between them; the first is ours.
    let state = env.get("STATE_DIRECTORY").and_then(|list| list.split(':').next()).map(PathBuf::from);
    state
        .or_else(|| absolute("XDG_DATA_HOME").map(|dir| dir.join("exeunt")))
        .or_else(|| absolute("HOME").map(|dir| dir.join(".local/share/exeunt")))
}
