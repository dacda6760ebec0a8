//! Every setting there is, with its default: one table for flags, environment, file, errors and documentation.

/// One setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// Its name in `exeunt.toml`.
    pub name: &'static str,
    /// Its value when nobody sets it; empty for none, or for one that is found out at the start.
    pub default: &'static str,
    /// Secrets are masked when shown, and may be read from the file that `EXEUNT_…_FILE` names.
    pub secret: bool,
    /// What it does, in a sentence.
    pub about: &'static str,
}

const fn key(name: &'static str, default: &'static str, about: &'static str) -> Key {
    Key { name, default, secret: false, about }
}

/// All settings.
pub const KNOWN: &[Key] = &[
    key("listen", "127.0.0.1:9010", "addresses to listen on"),
    key("port", "", "port to listen on at 127.0.0.1, instead of listen; 0 picks a free one"),
    key("data_dir", "", "directory of the database; $STATE_DIRECTORY, $XDG_DATA_HOME/exeunt or ~/.local/share/exeunt"),
    key("public_url", "", "the address people reach this server by; on loopback the request's own host serves"),
    key("trusted_proxies", "", "networks whose forwarding headers are believed; none by default"),
    key("seed", "", "file of pools, applications and users to fill in at the start"),
    key("dev", "false", "development mode: refusals say more"),
    key("log", "info", "what is logged, as in info or exeunt=debug"),
    key("log_format", "auto", "text, json, or auto: text on a terminal and json elsewhere"),
    key("session_idle_seconds", "259200", "a session ends after so long without use (3 days)"),
    key("session_absolute_seconds", "1209600", "a session ends after so long in any case (14 days)"),
    key("session_limit_per_user", "1000", "most sessions of one user; at the limit a log-in ends the oldest"),
    key("access_token_seconds", "600", "life of an access token (10 minutes)"),
    key("refresh_token_seconds", "1209600", "life of a refresh token and its successors, from the log-in on (14 days)"),
    key("key_rotation_days", "90", "signing keys are replaced after so many days; 0 for never"),
    key(
        "deliver_to_private",
        "",
        "whether log-out messages may go to loopback and private addresses; on when listening on loopback only",
    ),
    key("workers", "", "threads that answer requests; the number of cores"),
    key("hash_threads", "", "passwords that are verified at once; the number of cores"),
    key("hash_queue", "64", "log-ins that may wait for a password check before 503 is answered"),
    key("max_streams", "10000", "most open event streams"),
    key("max_streams_per_user", "20", "most open event streams of one user"),
    key("login_tries_per_name", "10", "wrong passwords for one log-in name within login_window_seconds"),
    key("login_tries_per_address", "100", "wrong passwords from one address within login_window_seconds"),
    key("login_window_seconds", "300", "the window in which wrong passwords are counted"),
    key("setup_link_seconds", "3600", "how long the set-up link of a first start works"),
    key("admin_username", "", "user name of an admin to create at the first start"),
    Key { name: "admin_password", default: "", secret: true, about: "password of that admin" },
    Key {
        name: "registration_token",
        default: "",
        secret: true,
        about: "bearer token with which applications may register themselves; none turns that off",
    },
    Key {
        name: "metrics_token",
        default: "",
        secret: true,
        about: "bearer token that /metrics asks for elsewhere than on loopback",
    },
];

/// What an environment variable of ours begins with.
pub const PREFIX: &str = "EXEUNT_";

/// The setting of this name.
pub fn find(name: &str) -> Option<&'static Key> {
    KNOWN.iter().find(|key| key.name == name)
}

impl Key {
    /// The environment variable that sets it.
    pub fn env(&self) -> String {
        format!("{PREFIX}{}", self.name.to_ascii_uppercase())
    }
}

/// The candidate that looks most like `name`, when one looks like it at all.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name = name.to_ascii_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&name, &candidate.to_ascii_lowercase()), candidate))
        .filter(|(distance, candidate)| *distance <= 1 + candidate.len() / 3)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_found_or_none() {
        let names = || KNOWN.iter().map(|key| key.name);
        for (typed, expected) in [
            ("pubic_url", Some("public_url")),
            ("PUBLIC-URL", Some("public_url")),
            ("trusted_proxy", Some("trusted_proxies")),
            ("sesion_idle_second", Some("session_idle_seconds")),
            ("prot", Some("port")),
            ("smtp_host", None),
        ] {
            assert_eq!(nearest(typed, names()), expected, "{typed}");
        }
    }

    #[test]
    fn names_are_unique_and_described() {
        for (at, key) in KNOWN.iter().enumerate() {
            assert!(
                !key.about.is_empty() && KNOWN[at + 1..].iter().all(|other| other.name != key.name),
                "{}",
                key.name
            );
        }
        assert_eq!(find("data_dir").unwrap().env(), "EXEUNT_DATA_DIR");
    }
}
