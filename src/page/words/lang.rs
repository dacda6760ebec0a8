//! Which language a page speaks: what was asked for by name, else what the browser prefers, else English.

use super::{
    Applications, Authorize, Common, Console, Directory, Docs, Events, Gate, Import, Kick, Ledger, Log, PasswordLink,
    PersonalCenter, Protocol, Refusals, Register, Settings, Setup,
};

/// A language of the house.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lang {
    /// 简体中文
    Zh,
    /// English
    #[default]
    En,
}

/// Every sentence of every page in one language.
#[derive(Debug)]
pub struct Words {
    /// Words that many pages share.
    pub common: Common,
    /// Pages that meet a person for ten seconds: log in, log out, errors.
    pub gate: Gate,
    /// Between an application's authorization request and its answer.
    pub authorize: Authorize,
    /// Why something was refused.
    pub refusal: Refusals,
    /// What happened, as a sentence.
    pub event: Events,
    /// The personal center.
    pub person: PersonalCenter,
    /// The console.
    pub console: Console,
    /// Applications, users and access keys in the console.
    pub directory: Directory,
    /// The pages of one application.
    pub applications: Applications,
    /// How an application speaks OpenID Connect.
    pub protocol: Protocol,
    /// Forcing people to log out, and the receipt.
    pub kick: Kick,
    /// Users from a table.
    pub import: Import,
    /// A link by which a person sets a new password.
    pub password_link: PasswordLink,
    /// People make themselves a user.
    pub register: Register,
    /// What can be asked of the ledger.
    pub ledger: Ledger,
    /// The audit log.
    pub log: Log,
    /// The first start.
    pub setup: Setup,
    /// Settings of a pool, powers of administrators.
    pub settings: Settings,
    /// Pages for developers.
    pub docs: Docs,
}

static ZH: Words = Words {
    common: Common::ZH,
    gate: Gate::ZH,
    authorize: Authorize::ZH,
    refusal: Refusals::ZH,
    event: Events::ZH,
    person: PersonalCenter::ZH,
    console: Console::ZH,
    directory: Directory::ZH,
    applications: Applications::ZH,
    protocol: Protocol::ZH,
    kick: Kick::ZH,
    import: Import::ZH,
    password_link: PasswordLink::ZH,
    register: Register::ZH,
    ledger: Ledger::ZH,
    log: Log::ZH,
    setup: Setup::ZH,
    settings: Settings::ZH,
    docs: Docs::ZH,
};

static EN: Words = Words {
    common: Common::EN,
    gate: Gate::EN,
    authorize: Authorize::EN,
    refusal: Refusals::EN,
    event: Events::EN,
    person: PersonalCenter::EN,
    console: Console::EN,
    directory: Directory::EN,
    applications: Applications::EN,
    protocol: Protocol::EN,
    kick: Kick::EN,
    import: Import::EN,
    password_link: PasswordLink::EN,
    register: Register::EN,
    ledger: Ledger::EN,
    log: Log::EN,
    setup: Setup::EN,
    settings: Settings::EN,
    docs: Docs::EN,
};

impl Lang {
    /// The first language of a list of tags (`ui_locales`) that the house speaks.
    pub fn first_of(tags: &str) -> Option<Self> {
        tags.split_ascii_whitespace().find_map(|tag| match tag.split('-').next() {
            Some("zh") => Some(Self::Zh),
            Some("en") => Some(Self::En),
            Some(_) | None => None,
        })
    }

    /// The language for a reader: `explicit` (a parameter or a cookie) wins, then the `Accept-Language` header.
    pub fn negotiate(explicit: Option<&str>, accept_language: Option<&str>) -> Self {
        explicit.and_then(Self::of_tag).or_else(|| accept_language.and_then(Self::preferred)).unwrap_or_default()
    }

    /// The BCP 47 tag for `<html lang>`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }

    /// The short name used in the cookie and in `?lang=`.
    pub fn key(self) -> &'static str {
        match self {
            Self::Zh => "zh",
            Self::En => "en",
        }
    }

    /// The language's name in itself.
    pub fn own_name(self) -> &'static str {
        match self {
            Self::Zh => "中文",
            Self::En => "English",
        }
    }

    /// The one that is not spoken now.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Zh => Self::En,
            Self::En => Self::Zh,
        }
    }

    /// The sentences.
    pub fn words(self) -> &'static Words {
        match self {
            Self::Zh => &ZH,
            Self::En => &EN,
        }
    }

    /// `zh`, `zh-Hant-TW`, `EN-gb` …; a language of another house is nobody's.
    fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next().unwrap_or_default();
        if primary.eq_ignore_ascii_case("zh") {
            Some(Self::Zh)
        } else if primary.eq_ignore_ascii_case("en") {
            Some(Self::En)
        } else {
            None
        }
    }

    /// RFC 9110 section 12.5.4: the highest quality wins, the first of equals; `q=0` means never.
    fn preferred(header: &str) -> Option<Self> {
        let mut best: Option<(f32, Self)> = None;
        for range in header.split(',') {
            let mut pieces = range.split(';');
            let Some(lang) = pieces.next().and_then(Self::of_tag) else { continue };
            let quality = pieces
                .find_map(|p| p.trim().strip_prefix("q="))
                .map_or(1.0, |q| q.trim().parse::<f32>().ok().filter(|q| (0.0..=1.0).contains(q)).unwrap_or(0.0));
            if quality > 0.0 && best.is_none_or(|(highest, _)| quality > highest) {
                best = Some((quality, lang));
            }
        }
        best.map(|(_, lang)| lang)
    }
}

#[cfg(test)]
mod tests {
    use super::Lang;

    #[test]
    fn the_reader_decides_the_language() {
        for (explicit, header, expected) in [
            (None, None, Lang::En),
            (Some("zh"), Some("en"), Lang::Zh),
            (Some("en"), Some("zh-CN,zh;q=0.9"), Lang::En),
            (Some("klingon"), Some("zh-CN"), Lang::Zh),
            (None, Some("zh-CN,zh;q=0.9,en;q=0.8"), Lang::Zh),
            (None, Some("en;q=0.5, zh-TW;q=0.7"), Lang::Zh),
            (None, Some("fr, de;q=0.9, zh;q=0.1"), Lang::Zh),
            (None, Some("zh;q=0, en;q=0.1"), Lang::En),
            (None, Some("zh;q=nonsense"), Lang::En),
            (None, Some("fr"), Lang::En),
            (None, Some("ZH_hans"), Lang::Zh),
        ] {
            assert_eq!(Lang::negotiate(explicit, header), expected, "{explicit:?} {header:?}");
        }
    }
}
