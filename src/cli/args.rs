//! What can be typed.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::config::Flags;

/// The identity server that logs people out: one binary, one database file.
#[derive(Debug, Parser)]
#[command(name = "exeunt", version, arg_required_else_help = true, max_term_width = 100)]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Answer requests until told to stop
    Serve(ServeFlags),
    /// Try it: the same with a throw-away database, four people and two applications; everything offline
    Demo(ServeFlags),
    /// Force users to log out, from one application or from everything; works while the server runs
    Kick(KickCommand),
    /// Users: add, list, set-password, disable, enable
    #[command(subcommand)]
    User(UserCommand),
    /// Applications: add, list, show, rotate-secret
    #[command(subcommand)]
    App(AppCommand),
    /// Access keys, with which programs call the management API: add, list, revoke
    #[command(subcommand)]
    Key(KeyCommand),
    /// Signing keys, with which this server signs tokens: list, rotate; works while the server runs
    #[command(subcommand)]
    Keys(KeysCommand),
    /// User pools: show, rotate-secret
    #[command(subcommand)]
    Pool(PoolCommand),
    /// Tell whether an application's list allows an address, and if not, which rule refuses it
    CheckRedirect(CheckRedirect),
    /// Fill in or update pools, applications, users and access keys from a file
    Seed(SeedCommand),
    /// Write a checked copy of the database, also while the server runs; its key goes to FILE.key
    Backup(BackupCommand),
    /// Put a backup back, and end every session it remembers; the file before is kept
    Restore(RestoreCommand),
    /// Check the database, page by page, and the modes of its files
    Doctor(Read),
    /// Print the link that makes the first administrator
    SetupLink(Place),
    /// Settings: show each with where it came from, or check them and the seed
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Print the version
    Version,
}

/// Flags of a server.
#[derive(Debug, clap::Args)]
pub struct ServeFlags {
    /// Port at 127.0.0.1; 0 picks a free one, which the line `exeunt ready …` tells
    #[arg(long, value_name = "N", conflicts_with = "listen")]
    port: Option<u16>,
    /// Address to listen on, such as 0.0.0.0:9010; can be given several times
    #[arg(long, value_name = "ADDRESS")]
    listen: Vec<String>,
    /// Directory of the database
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// File of pools, applications and users to fill in or update first
    #[arg(long, value_name = "FILE")]
    seed: Option<PathBuf>,
    /// The address people reach this server by; on loopback the request's own host serves
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// Settings, instead of exeunt.toml in the data directory
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Network of proxies whose X-Forwarded-For is believed; can be given several times
    #[arg(long = "trusted-proxy", value_name = "CIDR")]
    trusted_proxies: Vec<String>,
    /// What is logged, as in info or exeunt=debug
    #[arg(long, value_name = "FILTER")]
    log: Option<String>,
    /// text, json, or auto: text on a terminal and json elsewhere
    #[arg(long, value_name = "FORMAT")]
    log_format: Option<String>,
    /// Development mode: refusals say more
    #[arg(long)]
    dev: bool,
}

impl ServeFlags {
    /// As the settings read them.
    pub fn flags(&self) -> Flags {
        Flags {
            port: self.port,
            listen: self.listen.clone(),
            data_dir: self.data_dir.clone(),
            seed: self.seed.clone(),
            public_url: self.public_url.clone(),
            config: self.config.clone(),
            trusted_proxies: self.trusted_proxies.clone(),
            log: self.log.clone(),
            log_format: self.log_format.clone(),
            dev: self.dev.then_some(true),
        }
    }
}

/// Where the house is.
#[derive(Debug, Clone, clap::Args)]
pub struct Place {
    /// Directory of the database
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Settings, instead of exeunt.toml in the data directory
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl Place {
    /// As the settings read them.
    pub fn flags(&self) -> Flags {
        Flags { data_dir: self.data_dir.clone(), config: self.config.clone(), ..Flags::default() }
    }
}

/// `exeunt seed`
#[derive(Debug, clap::Args)]
pub struct SeedCommand {
    /// The seed file
    pub file: PathBuf,
    #[command(flatten)]
    pub place: Place,
}

/// What only reads.
#[derive(Debug, clap::Args)]
pub struct Read {
    /// Answer in JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub place: Place,
}

/// A pool, when it is not the default one.
#[derive(Debug, clap::Args)]
pub struct InPool {
    /// Another pool than the first, by id or name
    #[arg(long, value_name = "POOL")]
    pub pool: Option<String>,
    #[command(flatten)]
    pub place: Place,
}

/// `exeunt kick`
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  exeunt kick --user lilei --app notes\n  exeunt kick --user lilei --user maya@example.com"
)]
pub struct KickCommand {
    /// Whom, by id or log-in name; can be given several times
    #[arg(long, value_name = "USER", required = true)]
    pub user: Vec<String>,
    /// Only from this application, by id or identifier, on every device; otherwise from everything
    #[arg(long, value_name = "APP")]
    pub app: Option<String>,
    #[command(flatten)]
    pub read: Read,
}

/// Where a password comes from: never an argument.
#[derive(Debug, clap::Args)]
#[group(required = false, multiple = false)]
pub struct PasswordFrom {
    /// File that holds the password; - reads standard input
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
    /// Make a password up and print it once
    #[arg(long)]
    pub generate_password: bool,
}

/// `exeunt user`
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Add a user; without a password nobody can log in as the user yet
    Add {
        /// User name to log in with
        username: String,
        /// What the user is called
        #[arg(long, default_value = "")]
        name: String,
        /// E-mail address
        #[arg(long, default_value = "")]
        email: String,
        /// Phone number
        #[arg(long, default_value = "")]
        phone: String,
        /// Administrator of the pool
        #[arg(long)]
        admin: bool,
        /// Read-only administrator: sees the whole console, changes nothing
        #[arg(long, conflicts_with = "admin")]
        auditor: bool,
        #[command(flatten)]
        password: PasswordFrom,
        #[command(flatten)]
        at: InPool,
    },
    /// List users, newest first
    List {
        /// Only those whose name, log-in names or id hold this
        #[arg(default_value = "")]
        search: String,
        /// Answer in JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        at: InPool,
    },
    /// Set a password; the user's sessions end
    SetPassword {
        /// Id or log-in name
        user: String,
        #[command(flatten)]
        password: PasswordFrom,
        #[command(flatten)]
        at: InPool,
    },
    /// Print a one-time link by which a user sets a new password; it works for a day, and the user's sessions end with it
    ResetLink {
        /// Id or log-in name
        user: String,
        #[command(flatten)]
        at: InPool,
    },
    /// Keep a user from logging in; the user's sessions end
    Disable {
        /// Id or log-in name
        user: String,
        #[command(flatten)]
        at: InPool,
    },
    /// Let a user log in again
    Enable {
        /// Id or log-in name
        user: String,
        #[command(flatten)]
        at: InPool,
    },
}

/// `exeunt app`
#[derive(Debug, Subcommand)]
pub enum AppCommand {
    /// Add an application; its secret is printed once
    Add {
        /// Label of its host: lower-case letters, digits, hyphens
        identifier: String,
        /// Its name; the identifier when none is given
        #[arg(long)]
        name: Option<String>,
        /// Log-in callback; can be given several times
        #[arg(long, value_name = "URL")]
        redirect_uri: Vec<String>,
        /// Log-out callback; can be given several times
        #[arg(long, value_name = "URL")]
        logout_redirect_uri: Vec<String>,
        /// What the base host means when no application is named
        #[arg(long)]
        default: bool,
        #[command(flatten)]
        at: InPool,
    },
    /// List applications
    List {
        /// Answer in JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        at: InPool,
    },
    /// Show one application
    Show {
        /// Id or identifier
        app: String,
        #[command(flatten)]
        read: Read,
    },
    /// Give it a new secret, printed once
    RotateSecret {
        /// Id or identifier
        app: String,
        #[command(flatten)]
        place: Place,
    },
}

/// `exeunt key`
#[derive(Debug, Subcommand)]
pub enum KeyCommand {
    /// Make an access key; its secret is printed once
    Add {
        /// What it is for
        #[arg(default_value = "")]
        name: String,
        /// An administrator with whose rights its own end; otherwise it is the pool's
        #[arg(long, value_name = "USER")]
        user: Option<String>,
        #[command(flatten)]
        at: InPool,
    },
    /// List access keys
    List {
        /// Answer in JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        at: InPool,
    },
    /// Revoke one; its tokens stop working at once
    Revoke {
        /// Its id
        id: String,
        #[command(flatten)]
        at: InPool,
    },
}

/// `exeunt keys`
#[derive(Debug, Subcommand)]
#[command(after_help = "Access keys of the management API are another thing: exeunt key --help")]
pub enum KeysCommand {
    /// List the signing keys, oldest first: which one waits, which one signs, which ones are retired or no
    /// longer believed
    List(Read),
    /// Make new signing keys: published at once, they sign a day later, so that every application has fetched them by then.
    /// The old ones are destroyed then; what they signed can be verified for good
    Rotate {
        /// The old keys may have been stolen: sign with the new ones at once and believe nothing any more that an older one
        /// signed. Sessions and refresh tokens stand; applications get new tokens by them
        #[arg(long)]
        now: bool,
        #[command(flatten)]
        place: Place,
    },
}

/// `exeunt pool`
#[derive(Debug, Subcommand)]
pub enum PoolCommand {
    /// Show the pools
    Show(Read),
    /// Give a pool a new secret, printed once; tokens made with the old one stop working
    RotateSecret(InPool),
}

/// `exeunt check-redirect`
#[derive(Debug, clap::Args)]
pub struct CheckRedirect {
    /// Whose list, by id or identifier; the default application when none is named
    #[arg(long, value_name = "APP")]
    pub app: Option<String>,
    /// Judge by the log-in list instead of the log-out list
    #[arg(long)]
    pub login: bool,
    /// The address as it would be asked for
    pub url: String,
    #[command(flatten)]
    pub read: Read,
}

/// `exeunt backup`
#[derive(Debug, clap::Args)]
pub struct BackupCommand {
    /// Where to; a name that exists is refused
    pub file: PathBuf,
    /// Replace a backup of this name
    #[arg(long)]
    pub force: bool,
    #[command(flatten)]
    pub place: Place,
}

/// `exeunt restore`
#[derive(Debug, clap::Args)]
pub struct RestoreCommand {
    /// The backup
    pub file: PathBuf,
    #[command(flatten)]
    pub place: Place,
}

/// `exeunt config`
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Every setting with its value and where it came from; secrets are masked
    Show(ServeRead),
    /// Say whether settings and seed are right
    Check(ServeFlags),
}

/// `exeunt config show`
#[derive(Debug, clap::Args)]
pub struct ServeRead {
    /// Answer in JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub flags: ServeFlags,
}
