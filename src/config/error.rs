//! Why a start is refused before anything was opened. These sentences are for the operator and name what they wrote, but
//! never the value of a secret.

use std::path::PathBuf;

use super::sources::Origin;

/// Why the settings are refused.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A name that nothing reads; silence would hide a typing error.
    #[error("{name} in {place} is not known{}", suggestion(.nearest.as_deref()))]
    UnknownKey {
        /// What was written.
        name: String,
        /// Where: the environment, or a file with its line.
        place: String,
        /// The known name that looks most like it.
        nearest: Option<String>,
    },
    /// A value that does not fit its key.
    #[error("{key} ({origin}): {why}")]
    Value {
        /// The key.
        key: &'static str,
        /// Where the value came from.
        origin: Origin,
        /// What would fit.
        why: String,
    },
    /// A file that cannot be read.
    #[error("{} cannot be read: {why}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        why: String,
    },
    /// A file that is no TOML.
    #[error("{} line {line}: {why}", .path.display())]
    Toml {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1.
        line: usize,
        /// What the parser says.
        why: String,
    },
    /// Two settings of one source that exclude each other.
    #[error("{one} and {other} exclude each other ({origin})")]
    Both {
        /// The one.
        one: String,
        /// The other.
        other: String,
        /// The source that names both.
        origin: Origin,
    },
    /// Nowhere to keep data.
    #[error("no data directory: name one with --data-dir, or set HOME")]
    NoDataDir,
}

/// The end of a sentence about an unknown name.
pub(super) fn suggestion(nearest: Option<&str>) -> String {
    nearest.map(|name| format!("; did you mean {name}?")).unwrap_or_default()
}

/// The line, counted from 1, in which `offset` lies.
pub(super) fn line_of(text: &str, offset: usize) -> usize {
    1 + text.bytes().take(offset).filter(|b| *b == b'\n').count()
}

/// What a TOML parser says, without the value that it quotes.
pub(super) fn without_value(message: &str) -> String {
    match message.rsplit_once(", expected ") {
        Some((head, expected)) if head.starts_with("invalid ") => format!("expected {expected}"),
        Some(_) | None => message.lines().next().unwrap_or_default().to_owned(),
    }
}
