//! What can be typed.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::config::Flags;

/// The identity server that logs people out: one binary, one SQLite file.
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
    /// Fill in or update pools, applications, users and access keys from a file
    Seed(SeedCommand),
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
