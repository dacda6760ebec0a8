//! An address that an administrator tries on a list, judged by the one function that judges every redirect.

use url::Url;

use crate::domain::redirect::{ListKind, RedirectEntry, RedirectList, Rule};
use crate::page::console::{Trial, TrialVerdict};
use crate::web::body::Form;
use crate::web::error::Refusal;
use crate::web::view;

/// Reads what is tried, and judges it by the lists as they were typed.
pub fn trial(form: &Form, login: &[String], logout: &[String]) -> Result<Trial, Refusal> {
    let url = form.text("try_url")?.trim().to_owned();
    let (list, typed) = match form.text("try_list")? {
        "login" => (ListKind::Login, login),
        _ => (ListKind::Logout, logout),
    };
    let verdict = (!url.is_empty()).then(|| judge(&url, list, typed));
    Ok(Trial { url, list, verdict })
}

fn judge(url: &str, kind: ListKind, typed: &[String]) -> TrialVerdict {
    let entries: Vec<RedirectEntry> = typed.iter().filter_map(|line| RedirectEntry::parse(line.trim()).ok()).collect();
    let list = RedirectList::new(entries.clone());
    let refusal = match list.allow(url) {
        Ok(registered) => {
            let alone = |entry: &&RedirectEntry| RedirectList::new(vec![(*entry).clone()]).allow(url).is_ok();
            return TrialVerdict::Allowed {
                entry: entries.iter().find(alone).map(|entry| entry.original().to_owned()).unwrap_or_default(),
                sent: registered.as_str().to_owned(),
                as_text: kind == ListKind::Login || list.allow_text(url).is_ok(),
            };
        }
        Err(refusal) => refusal,
    };
    match (refusal.rule, refusal.closest, Url::parse(url)) {
        (Rule::Differs(differs), Some(closest), Ok(asked)) => {
            TrialVerdict::Differs { differs, asked: asked.into(), entry: closest.entry, at: closest.differs_at }
        }
        (rule, _, _) => TrialVerdict::Refused(view::rule(rule.code())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::redirect::Differs;
    use crate::page::words;

    fn tried(url: &str, kind: ListKind) -> TrialVerdict {
        let list = ["", " https://a.example/cb ", "not an address", "https://*.b.example/x/*", "https://c.example/?*"];
        judge(url, kind, &list.map(str::to_owned))
    }

    #[test]
    fn an_allowed_address_names_the_entry_that_lets_it_through() {
        let allowed = |entry: &str, sent: &str, as_text| TrialVerdict::Allowed {
            entry: entry.to_owned(),
            sent: sent.to_owned(),
            as_text,
        };
        let logout = ListKind::Logout;
        assert_eq!(
            tried("https://a.example/cb", logout),
            allowed("https://a.example/cb", "https://a.example/cb", true)
        );
        assert_eq!(
            tried("HTTPS://A.example:443/cb", logout),
            allowed("https://a.example/cb", "https://a.example/cb", false)
        );
        assert_eq!(
            tried("HTTPS://A.example:443/cb", ListKind::Login),
            allowed("https://a.example/cb", "https://a.example/cb", true)
        );
        assert_eq!(
            tried("https://one.b.example/x/y", logout),
            allowed("https://*.b.example/x/*", "https://one.b.example/x/y", true)
        );
    }

    #[test]
    fn a_refused_address_names_the_rule_and_the_first_character_that_differs() {
        let TrialVerdict::Differs { differs, asked, entry, at } = tried("https://A.example/cc", ListKind::Logout)
        else {
            panic!("allowed")
        };
        assert_eq!((differs, asked.as_str()), (Differs::Path, "https://a.example/cc"));
        assert_eq!((entry.as_str(), at), ("https://a.example/cb", 19));
        for (url, rule) in [
            ("javascript:alert(1)", words::Rule::Scheme),
            ("https://a.example\\@evil.example/", words::Rule::ForbiddenCharacter),
            ("https://user@a.example/cb", words::Rule::UserInfo),
            ("https://a.example/cb#x", words::Rule::Fragment),
            ("/local", words::Rule::Unreadable),
        ] {
            assert_eq!(tried(url, ListKind::Logout), TrialVerdict::Refused(rule), "{url}");
        }
        let nothing = judge("https://a.example/", ListKind::Login, &[]);
        assert_eq!(nothing, TrialVerdict::Refused(words::Rule::NothingRegistered));
    }
}
