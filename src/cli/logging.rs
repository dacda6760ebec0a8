//! Log lines on standard error: text on a terminal, JSON elsewhere.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

use super::failure::Failure;
use crate::config::{Config, LogFormat};

/// Starts logging as the settings say.
pub fn start(config: &Config) -> Result<(), Failure> {
    // What the HTTP library says about its own start is news to nobody.
    let wanted =
        if config.log.contains("actix") { config.log.clone() } else { format!("{},actix_server=warn", config.log) };
    let filter = EnvFilter::try_new(wanted).map_err(|error| Failure::config(format!("log: {error}")))?;
    let terminal = std::io::stderr().is_terminal();
    let text = match config.log_format {
        LogFormat::Auto => terminal,
        LogFormat::Text => true,
        LogFormat::Json => false,
    };
    let colours = terminal && std::env::var_os("NO_COLOR").is_none_or(|set| set.is_empty());
    // A line that cannot be written (full disk, reader gone) is lost; saying so on the same stream would panic.
    let lines =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).log_internal_errors(false);
    // A second start in one process (tests) keeps the first one's logging.
    let _ = if text { lines.with_ansi(colours).try_init() } else { lines.json().flatten_event(true).try_init() };
    Ok(())
}
