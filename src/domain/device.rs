//! Which browser and system a session runs in, read from the user agent for people to recognise.
//!
//! A user agent is a claim: it is shown and never decides anything (CVE-2026-34457). What `woothee` does not know is told
//! apart here first: the chat applications in whose windows Chinese users log in, `HarmonyOS`, and programs.

use woothee::parser::Parser;

/// What kind of thing a session runs in, by which an icon is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum DeviceKind {
    /// A computer with a browser.
    Desk,
    /// A phone or tablet with a browser.
    Phone,
    /// The window of a chat application.
    Chat,
    /// A program without a person before it.
    Code,
    /// Nothing that is known.
    #[default]
    Unknown,
}

impl DeviceKind {
    /// The stable name of this kind.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Desk => "desk",
            Self::Phone => "phone",
            Self::Chat => "chat",
            Self::Code => "code",
            Self::Unknown => "unknown",
        }
    }
}

/// A browser on a system, in short words; empty where nothing is known.
///
/// ```
/// use exeunt::domain::device::{Device, DeviceKind};
/// let device = Device::from_user_agent("curl/8.5.0");
/// assert_eq!((device.browser.as_str(), device.version.as_str(), device.kind), ("curl", "8", DeviceKind::Code));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Device {
    /// The browser or program.
    pub browser: String,
    /// Its major version, digits only.
    pub version: String,
    /// The operating system.
    pub os: String,
    /// Which icon fits.
    pub kind: DeviceKind,
}

/// Octets of a user agent that are read; real ones are shorter.
const READ: usize = 1024;
/// Longest browser or system name that is kept, in characters.
const WORD: usize = 40;

/// Marks of chat applications, most particular first: `WeCom` also says `MicroMessenger`.
const CHATS: &[(&str, &str)] = &[
    ("wxwork/", "WeCom"),
    ("MicroMessenger/", "WeChat"),
    ("DingTalk/", "DingTalk"),
    ("Feishu/", "Feishu"),
    ("Lark/", "Lark"),
    ("AlipayClient/", "Alipay"),
    (" QQ/", "QQ"),
    ("Slack/", "Slack"),
    ("Slack_SSB/", "Slack"),
];

/// Marks of programs. A mark that begins a user agent is not asked for elsewhere in it.
const PROGRAMS: &[(&str, &str)] = &[
    ("curl/", "curl"),
    ("Wget/", "Wget"),
    ("python-requests/", "python-requests"),
    ("python-httpx/", "python-httpx"),
    ("Python-urllib/", "Python-urllib"),
    ("Python/", "Python"),
    ("axios/", "axios"),
    ("node-fetch/", "node-fetch"),
    ("undici", "Node.js"),
    ("node", "Node.js"),
    ("Deno/", "Deno"),
    ("Bun/", "Bun"),
    ("got ", "got"),
    ("Go-http-client/", "Go"),
    ("okhttp/", "okhttp"),
    ("Java/", "Java"),
    ("Java-http-client/", "Java"),
    ("Apache-HttpClient/", "Apache-HttpClient"),
    ("GuzzleHttp/", "Guzzle"),
    ("PHP", "PHP"),
    ("Ruby", "Ruby"),
    ("Faraday ", "Faraday"),
    ("Dart/", "Dart"),
    ("reqwest/", "reqwest"),
    ("ureq/", "ureq"),
    ("PostmanRuntime/", "Postman"),
    ("insomnia/", "Insomnia"),
    ("HTTPie/", "HTTPie"),
    ("RestSharp/", "RestSharp"),
];

/// Marks of browsers that `woothee` takes for Chrome or Safari, most particular first.
const BROWSERS: &[(&str, &str)] = &[
    ("HuaweiBrowser/", "Huawei Browser"),
    ("ArkWeb/", "ArkWeb"),
    ("MiuiBrowser/", "Mi Browser"),
    ("VivoBrowser/", "vivo Browser"),
    ("HeyTapBrowser/", "HeyTap Browser"),
    ("MQQBrowser/", "QQ Browser"),
    ("QQBrowser/", "QQ Browser"),
    ("UCBrowser/", "UC Browser"),
    ("Quark/", "Quark"),
    ("DuckDuckGo/", "DuckDuckGo"),
    ("OPR/", "Opera"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
];

impl Device {
    /// Reads a user agent; an empty or unreadable one is an unknown device.
    pub fn from_user_agent(agent: &str) -> Self {
        let agent = head(agent.trim(), READ);
        if agent.is_empty() || agent == "-" {
            return Self::default();
        }
        if let Some((name, version)) = program(agent) {
            return Self { browser: name.to_owned(), version, os: system(agent), kind: DeviceKind::Code };
        }
        if let Some((name, version)) = marked(agent, CHATS) {
            return Self { browser: name.to_owned(), version, os: system(agent), kind: DeviceKind::Chat };
        }
        browser(agent)
    }
}

fn program(agent: &str) -> Option<(&'static str, String)> {
    if let Some((_, rest)) = agent.split_once("HeadlessChrome/") {
        return Some(("Headless Chrome", major(rest)));
    }
    PROGRAMS.iter().find_map(|(mark, name)| {
        let rest = agent.strip_prefix(mark)?;
        // `node` and `PHP` stand alone or before a version; `nodeling` is somebody else.
        let ends = mark.ends_with(['/', ' ']) || !rest.starts_with(|c: char| c.is_alphanumeric());
        ends.then(|| (*name, major(rest.trim_start_matches(['/', ' ']))))
    })
}

fn marked(agent: &str, marks: &[(&'static str, &'static str)]) -> Option<(&'static str, String)> {
    marks.iter().find_map(|(mark, name)| agent.split_once(mark).map(|(_, rest)| (*name, major(rest))))
}

fn browser(agent: &str) -> Device {
    let Some(known) = Parser::new().parse(agent) else {
        return Device { os: system(agent), ..Device::default() };
    };
    let (browser, version) = match marked(agent, BROWSERS) {
        Some((name, version)) => (name.to_owned(), version),
        None => (word(known.name), major(known.version)),
    };
    let os = system(agent);
    let kind = match known.category {
        "crawler" => DeviceKind::Code,
        _ if is_hand_held(agent, &os) => DeviceKind::Phone,
        "smartphone" | "mobilephone" => DeviceKind::Phone,
        "pc" => DeviceKind::Desk,
        _ if !os.is_empty() => DeviceKind::Desk,
        _ => DeviceKind::Unknown,
    };
    Device { browser, version, os, kind }
}

fn is_hand_held(agent: &str, os: &str) -> bool {
    match os {
        "iOS" | "iPadOS" | "Android" => true,
        "HarmonyOS" => !agent.contains("(PC;"),
        _ => false,
    }
}

/// The system, named as people name it.
fn system(agent: &str) -> String {
    if agent.contains("HarmonyOS") || agent.contains("OpenHarmony") {
        return "HarmonyOS".to_owned();
    }
    let Some(known) = Parser::new().parse(agent) else {
        return String::new();
    };
    match known.os {
        // Windows 11 still calls itself Windows 10.
        "Windows 10" | "Windows UNKNOWN Ver" => "Windows".to_owned(),
        "Mac OSX" | "Mac OS Classic" => "macOS".to_owned(),
        "iPhone" | "iPod" | "iOS" => "iOS".to_owned(),
        "iPad" => "iPadOS".to_owned(),
        other => word(other),
    }
}

/// A word of `woothee`'s, which says `UNKNOWN` for nothing.
fn word(text: &str) -> String {
    if text == "UNKNOWN" { String::new() } else { text.chars().take(WORD).collect() }
}

/// The leading digits of a version.
fn major(version: &str) -> String {
    version.chars().take_while(char::is_ascii_digit).take(6).collect()
}

/// At most `octets` of `text`, cut between characters.
fn head(text: &str, octets: usize) -> &str {
    &text[..text.floor_char_boundary(octets)]
}

#[cfg(test)]
mod tests {
    use super::*;

    const AGENTS: &str = include_str!("device/agents.txt");

    #[test]
    fn devices_are_named_as_people_know_them() {
        let rows = AGENTS.lines().filter(|line| !line.is_empty());
        for row in rows {
            let (expected, agent) = row.split_once(" <- ").unwrap();
            let device = Device::from_user_agent(agent);
            let got = [&device.browser, &device.version, &device.os, device.kind.as_str()].join("|");
            assert_eq!(got, expected, "{agent}");
        }
        assert!(AGENTS.lines().count() >= 40);
    }

    #[test]
    fn hostile_agents_are_bounded() {
        for agent in ["", " ", "-", "\u{0}", "💩", &"退".repeat(5000), &"(".repeat(100_000), "curl/99999999999999"] {
            let device = Device::from_user_agent(agent);
            assert!(
                device.browser.chars().count() <= WORD
                    && device.version.len() <= 6
                    && device.os.chars().count() <= WORD
            );
        }
        assert_eq!(Device::from_user_agent(""), Device::default());
    }
}
