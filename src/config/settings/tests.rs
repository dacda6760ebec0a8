use super::*;

fn no_file(_: &Path) -> io::Result<String> {
    Err(io::ErrorKind::NotFound.into())
}

fn load(flags: &Flags, env: &[(&str, &str)], file: &str) -> Result<Loaded, ConfigError> {
    let mut env: Vec<(String, String)> = env.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
    env.push(("HOME".into(), "/home/lilei".into()));
    let read = |path: &Path| match path.to_str() {
        Some("/etc/exeunt.toml") => Ok(file.to_owned()),
        Some("/run/password") => Ok("correct horse\n".to_owned()),
        _ => no_file(path),
    };
    Config::load(flags, env.into_iter(), &read)
}

fn filed(file: &str) -> Result<Loaded, ConfigError> {
    load(&Flags { config: Some("/etc/exeunt.toml".into()), ..Flags::default() }, &[], file)
}

fn sentence(loaded: Result<Loaded, ConfigError>) -> String {
    loaded.map_or_else(|error| error.to_string(), |_| "loaded".to_owned())
}

#[test]
fn nothing_set_is_a_working_start() {
    let Loaded { config, origins, warnings } = load(&Flags::default(), &[], "").unwrap();
    assert_eq!(config.listen, ["127.0.0.1:9010".parse().unwrap()]);
    assert_eq!(config.data_dir, Path::new("/home/lilei/.local/share/exeunt"));
    assert_eq!((config.session_idle_seconds, config.session_absolute_seconds), (259_200, 1_209_600));
    assert!(config.public_url.is_none() && config.trusted_proxies.is_empty() && !config.dev);
    assert!(config.workers >= 1 && warnings.is_empty());
    assert!(origins.iter().all(|setting| setting.origin == Origin::Default));
}

#[test]
fn a_flag_beats_the_environment_beats_the_file() {
    let file = "log = \"debug\"\nworkers = 3\nlisten = [\"127.0.0.1:1\", \"[::1]:1\"]\n";
    let env = [("EXEUNT_CONFIG", "/etc/exeunt.toml"), ("EXEUNT_LOG", "warn"), ("EXEUNT_WORKERS", "")];
    let flags = Flags { log: Some("error".into()), ..Flags::default() };
    let loaded = load(&flags, &env, file).unwrap();
    assert_eq!((loaded.config.log.as_str(), loaded.config.workers, loaded.config.listen.len()), ("error", 3, 2));
    let origin = |key| loaded.origins.iter().find(|s| s.key == key).unwrap().origin.to_string();
    assert_eq!([origin("log"), origin("workers"), origin("dev")], ["flag", "/etc/exeunt.toml", "default"]);
    let loaded = load(&Flags::default(), &env, file).unwrap();
    assert_eq!(loaded.config.log, "warn");
}

#[test]
fn port_and_listen_are_one_setting() {
    let port = Flags { port: Some(0), ..Flags::default() };
    let loaded = load(&port, &[("EXEUNT_LISTEN", "0.0.0.0:80")], "").unwrap();
    assert_eq!(loaded.config.listen, ["127.0.0.1:0".parse().unwrap()]);
    let listen = Flags { listen: vec!["0.0.0.0".into(), "localhost:1".into(), "[::1]".into()], ..Flags::default() };
    let loaded = load(&listen, &[("EXEUNT_PORT", "80")], "").unwrap();
    let expected = ["0.0.0.0:9010", "127.0.0.1:1", "[::1]:9010"].map(|a| a.parse().unwrap());
    assert_eq!(loaded.config.listen, expected);
    let both = Flags { port: Some(1), ..listen };
    assert_eq!(sentence(load(&both, &[], "")), "port and listen exclude each other (flag)");
}

#[test]
fn the_data_directory_is_found() {
    for (env, expected) in [
        (&[("STATE_DIRECTORY", "/var/lib/exeunt:/var/lib/b"), ("XDG_DATA_HOME", "/x")][..], "/var/lib/exeunt"),
        (&[("XDG_DATA_HOME", "/x")], "/x/exeunt"),
        (&[("XDG_DATA_HOME", "relative")], "/home/lilei/.local/share/exeunt"),
        (&[("EXEUNT_DATA_DIR", "/d"), ("STATE_DIRECTORY", "/s")], "/d"),
    ] {
        assert_eq!(load(&Flags::default(), env, "").unwrap().config.data_dir, Path::new(expected));
    }
    let nowhere = Config::load(&Flags::default(), std::iter::empty(), &no_file);
    assert!(matches!(nowhere, Err(ConfigError::NoDataDir)));
}

#[test]
fn the_file_in_the_data_directory_is_read_unless_another_is_named() {
    let read =
        |path: &Path| if path == Path::new("/d/exeunt.toml") { Ok("dev = true".to_owned()) } else { no_file(path) };
    let flags = Flags { data_dir: Some("/d".into()), ..Flags::default() };
    assert!(Config::load(&flags, std::iter::empty(), &read).unwrap().config.dev);
    let moved = |_: &Path| Ok("data_dir = \"/e\"".to_owned());
    assert!(sentence(Config::load(&flags, std::iter::empty(), &moved)).contains("cannot move it"));
    let named = Flags { config: Some("/nowhere.toml".into()), ..flags };
    assert!(sentence(Config::load(&named, std::iter::empty(), &read)).starts_with("/nowhere.toml cannot be read"));
}

#[test]
fn unknown_names_are_errors_that_name_the_nearest() {
    let place = "is not known; did you mean";
    let unknown = filed("\npubic_url = \"http://a\"\n");
    assert_eq!(sentence(unknown), format!("pubic_url in /etc/exeunt.toml line 2 {place} public_url?"));
    let unknown = load(&Flags::default(), &[("EXEUNT_TRUSTED_PROXY", "10.0.0.0/8")], "");
    assert_eq!(sentence(unknown), format!("EXEUNT_TRUSTED_PROXY in the environment {place} EXEUNT_TRUSTED_PROXIES?"));
    let unknown = load(&Flags::default(), &[("EXEUNT_SMTP_HOST", "x")], "");
    assert_eq!(sentence(unknown), "EXEUNT_SMTP_HOST in the environment is not known");
    let plain = load(&Flags::default(), &[("EXEUNT_LOG_FILE", "/run/password")], "");
    assert!(sentence(plain).starts_with("EXEUNT_LOG_FILE in the environment is not known"));
    assert_eq!(sentence(load(&Flags::default(), &[("EXEUNTX", "1"), ("PATH", "/bin")], "")), "loaded");
}

#[test]
fn secrets_come_from_files_and_are_never_shown() {
    let env = [("EXEUNT_ADMIN_USERNAME", "admin"), ("EXEUNT_ADMIN_PASSWORD_FILE", "/run/password")];
    let loaded = load(&Flags::default(), &env, "").unwrap();
    assert_eq!(loaded.config.first_admin.as_ref().unwrap().password.expose(), "correct horse");
    assert!(!format!("{loaded:?}").contains("horse"));
    let both = [("EXEUNT_METRICS_TOKEN", "a"), ("EXEUNT_METRICS_TOKEN_FILE", "/run/password")];
    assert!(sentence(load(&Flags::default(), &both, "")).contains("exclude each other"));
    let half = [("EXEUNT_ADMIN_USERNAME", "admin")];
    assert!(sentence(load(&Flags::default(), &half, "")).contains("admin_password is missing"));
    let missing = [("EXEUNT_METRICS_TOKEN_FILE", "/run/none")];
    assert!(sentence(load(&Flags::default(), &missing, "")).starts_with("/run/none cannot be read"));
}

#[test]
fn unsafe_and_mistyped_values_are_refused_in_words() {
    for (file, words) in [
        ("public_url = \"https://a.com/sso\"", "has no path"),
        ("public_url = \"https://a.com/?x\"", "has no query"),
        ("public_url = \"https://u@a.com\"", "names no user"),
        ("public_url = \"ftp://a.com\"", "begins with http"),
        ("public_url = \"a.com\"", "not a url"),
        ("public_url = \"https://*.a.com\"", "names one host"),
        ("trusted_proxies = [\"10.0.0.0/8\", \"0.0.0.0/0\"]", "0.0.0.0/0: a network of everyone"),
        ("trusted_proxies = \"::/0\"", "a network of everyone"),
        ("listen = \"example.com:80\"", "not an address"),
        ("listen = []", "no address"),
        ("listen = \",\"", "no address"),
        ("port = 70000", "from 0 to 65535"),
        ("workers = 0", "from 1 to 1024"),
        ("workers = 1.5", "line 1: workers is a text"),
        ("[log]\nlevel = 1", "line 1: log is a text"),
        ("log_format = \"xml\"", "auto, text or json"),
        ("dev = \"maybe\"", "true or false"),
        ("session_idle_seconds = 1209601", "at most session_absolute_seconds"),
        ("session_absolute_seconds = 60", "at most session_absolute_seconds"),
        ("dev = \n", "line 1"),
        ("dev = true\ndev = true", "line 2"),
    ] {
        let told = sentence(filed(file));
        assert!(told.contains(words), "{file:?}: {told}");
    }
}

#[test]
fn the_unwise_is_allowed_with_a_warning() {
    let warned = |file: &str| filed(file).unwrap().warnings.join("\n");
    assert!(warned("listen = \"0.0.0.0:80\"\npublic_url = \"http://id.example.com\"").contains("TLS"));
    assert!(warned("public_url = \"http://id.example.com\"").contains("TLS"));
    assert!(warned("listen = \"0.0.0.0:80\"").contains("no public_url"));
    assert!(warned("listen = \"0.0.0.0:80\"\npublic_url = \"https://a.com\"\ndev = true").contains("dev is on"));
    assert_eq!(warned("public_url = \"http://localhost:9010\""), "");
    assert_eq!(warned("listen = \"0.0.0.0:80\"\npublic_url = \"https://id.example.com\""), "");
}
