//! The face of an application: one page, which says whether somebody is logged in, and how that ended.
//!
//! It is made of the house's parts in other colours. Everything works without a script; with one, what changes at the
//! application is shown by itself (`assets/demo.js`).

use maud::{DOCTYPE, Markup, html};

use super::asset;
use super::memory::{Asked, Behaviour, Deed, Heard, Memory, Question, Session, Way};
use super::party::Kind;
use super::provider::Trouble;
use super::words::{Lang, Words, words};
use crate::domain::clock::Timestamp;

/// What the page shows.
pub struct View<'a> {
    /// Which application.
    pub kind: Kind,
    /// Language.
    pub lang: Lang,
    /// Now.
    pub now: Timestamp,
    /// The session of this browser, living or ended.
    pub session: Option<&'a Session>,
    /// What the application remembers.
    pub memory: &'a Memory,
}

struct Document<'a> {
    kind: Kind,
    lang: Lang,
    title: &'a str,
    /// Who is logged in.
    who: Option<&'a str>,
    main: Markup,
}

fn document(document: &Document) -> Markup {
    let (words, kind) = (words(document.lang), document.kind);
    let app = words.content(kind).name;
    html! {
        (DOCTYPE)
        html.demo.notes[kind == Kind::Notes].mail[kind == Kind::Mail] lang=(document.lang.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex";
                title { (document.title) " · " (app) }
                link rel="icon" href=(asset::MARK_SVG) type="image/svg+xml";
                link rel="stylesheet" href=(asset::HOUSE_CSS);
                link rel="stylesheet" href=(asset::DEMO_CSS);
                script src=(asset::DEMO_JS) defer {}
            }
            body.house data-live={ (kind.path()) "/live" } {
                a.skip href="#main" { (words.skip) }
                header.top {
                    a.brand href=(kind.path()) {
                        span.seal.app.s32 aria-hidden="true" { (app.chars().next().unwrap_or('?')) }
                        b { (app) }
                    }
                    span.what { (words.demo) }
                    div.end #bar data-region {
                        @if let Some(who) = document.who {
                            bdi.who { (who) }
                            (button(&format!("{}/logout", kind.path()), "btn", words.log_out))
                        }
                    }
                }
                main #main { (document.main) }
                footer.elsewhere {
                    a href=(kind.other().path()) { (words.content(kind.other()).name) }
                    a href="/u" { "exeunt · " (words.personal_center) }
                    a href="/console" { "exeunt · " (words.console) }
                }
                p.hid #said role="status" {}
            }
        }
    }
}

fn button(action: &str, class: &str, label: &str) -> Markup {
    html! { form method="post" action=(action) { button class=(class) { (label) } } }
}

/// A moment; a script puts it into the reader's own zone.
fn moment(at: Timestamp) -> Markup {
    let iso = at.iso();
    html! { time datetime=(iso) { (iso.get(11..19).unwrap_or_default()) " UTC" } }
}

/// The page of the application.
pub fn home(view: &View) -> Markup {
    let words = words(view.lang);
    let living = view.session.filter(|session| session.ended.is_none());
    let name = living.map(|session| session.name.as_deref().unwrap_or(&session.sub));
    let title = match (living, view.session) {
        (Some(_), _) => words.content(view.kind).title,
        (None, Some(session)) => over(words, session),
        (None, None) => words.not_logged_in,
    };
    let main = html! {
        section.state #state data-region data-title={ (title) " · " (words.content(view.kind).name) } data-was=[view.session.map(|session| &session.was)] {
            @match (living, view.session) {
                (Some(session), _) => (logged_in(view, words, session)),
                (None, Some(session)) => (logged_out(view, words, session)),
                (None, None) => {
                    (heading(words.not_logged_in, words.not_logged_in_more))
                    (ways_in(view.kind, words, words.log_in))
                }
            }
        }
        (behaves(view, words))
        (heard(view, words))
    };
    document(&Document { kind: view.kind, lang: view.lang, title, who: name, main })
}

fn heading(title: &str, more: &str) -> Markup {
    html! { div.title { span.doorline aria-hidden="true" {} h1 { (title) } p { (more) } } }
}

fn ways_in(kind: Kind, words: &Words, label: &str) -> Markup {
    html! {
        div.acts {
            a.btn.go href={ (kind.path()) "/login" } { (label) }
            a.quiet href={ (kind.path()) "/login?quiet=1" } { (words.quietly) }
        }
    }
}

fn logged_in(view: &View, words: &Words, session: &Session) -> Markup {
    let content = words.content(view.kind);
    let name = session.name.as_deref().unwrap_or(&session.sub);
    html! {
        (heading(content.title, &(words.logged_in_as)(name)))
        div.now {
            section {
                ul.ruled.items {
                    @for (head, line) in &content.items { li { div.grow { b { (head) } small { (line) } } } }
                }
            }
            section aria-labelledby="session-head" {
                h2 #session-head { (words.session) }
                (facts(words, session))
                div.acts {
                    (button(&format!("{}/userinfo", view.kind.path()), "btn s", words.ask_userinfo))
                    @if session.tokens.refresh.is_some() {
                        (button(&format!("{}/renew", view.kind.path()), "btn s", words.renew))
                    }
                }
                @if let Some(asked) = &session.asked { (answer(words, asked)) }
            }
        }
    }
}

fn facts(words: &Words, session: &Session) -> Markup {
    let tokens = &session.tokens;
    html! {
        dl.pairs {
            dt { (words.who) } dd { bdi { (session.name.as_deref().unwrap_or(words.unknown)) } }
            dt { "sub" } dd { code { (session.sub) } }
            dt { "sid" } dd { code { (session.sid.as_deref().unwrap_or("-")) } }
            dt { (words.issuer) } dd { code { (session.issuer) } }
            dt { (words.since) } dd { (moment(session.since)) }
            dt { (words.id_token_until) } dd { (moment(tokens.id_expires)) }
            dt { (words.access_token_until) } dd {
                @match tokens.access_expires { Some(at) => (moment(at)), None => (words.unknown) }
            }
            dt { (words.refresh_token) } dd { @if tokens.refresh.is_some() { (words.yes) } @else { (words.no) } }
        }
    }
}

fn answer(words: &Words, asked: &Asked) -> Markup {
    let says = match (asked.what, asked.refused.is_some()) {
        (Question::Userinfo, false) => words.userinfo_alive,
        (Question::Userinfo, true) => words.userinfo_dead,
        (Question::Renew, false) => words.renewed,
        (Question::Renew, true) => words.not_renewed,
    };
    html! {
        p.answer.refused[asked.refused.is_some()] {
            (moment(asked.at)) " " (says)
            @if let Some(error) = &asked.refused { ": " code { (error) } }
        }
    }
}

fn over(words: &Words, session: &Session) -> &'static str {
    match session.ended {
        Some((_, Way::Here)) => words.left_here,
        Some((_, Way::BackChannel | Way::FrontChannel)) | None => words.told_by_house,
    }
}

fn logged_out(view: &View, words: &Words, session: &Session) -> Markup {
    let (at, way) = session.ended.unwrap_or((view.now, Way::BackChannel));
    let told = way != Way::Here;
    html! {
        div.title {
            span.doorline.over[told] aria-hidden="true" {}
            h1 { (over(words, session)) }
            p {
                @if told {
                    span.part { (words.way(way)) } " " span.part { (moment(at)) } " "
                    bdi.part { (session.name.as_deref().unwrap_or(&session.sub)) } " "
                    @if let Some(sid) = &session.sid { span.part { "sid " code { (sid) } } }
                } @else if session.is_back {
                    (words.left_here_back)
                } @else {
                    (words.left_here_more)
                }
            }
        }
        (ways_in(view.kind, words, words.log_in_again))
    }
}

fn behaves(view: &View, words: &Words) -> Markup {
    html! {
        section aria-labelledby="behave-head" {
            h2 #behave-head { (words.behaves) }
            p.small { (words.behaves_more) }
            form.choices #behave data-region method="post" action={ (view.kind.path()) "/behave" } {
                @for behaviour in Behaviour::ALL {
                    @let chosen = behaviour == view.memory.behaviour;
                    button.btn.s name="behaviour" value=(behaviour.as_str()) aria-pressed=(chosen.to_string()) {
                        (words.behaviour(behaviour))
                    }
                }
            }
        }
    }
}

fn heard(view: &View, words: &Words) -> Markup {
    html! {
        section #heard data-region aria-labelledby="heard-head" {
            h2 #heard-head { (words.heard) }
            @if view.memory.heard().next().is_none() {
                p.small { (words.heard_nothing) }
            } @else {
                ol.ruled { @for heard in view.memory.heard() { (one_heard(words, heard)) } }
            }
        }
    }
}

fn one_heard(words: &Words, heard: &Heard) -> Markup {
    html! {
        li {
            div.grow {
                b.wrong[!matches!(heard.deed, Deed::Ended(_))] {
                    @match heard.deed {
                        Deed::Ended(count) => ((words.ended)(count)),
                        Deed::Disbelieved(part) => { (words.disbelieved) ": " code { (part) } },
                        Deed::Misbehaved(how) => (words.behaviour(how)),
                    }
                }
                small {
                    span.part { (words.way(heard.way)) } " "
                    @if let Some(sub) = &heard.sub { span.part { "sub " code { (sub) } } " " }
                    @if let Some(sid) = &heard.sid { span.part { "sid " code { (sid) } } }
                }
            }
            (moment(heard.at))
        }
    }
}

/// A log-in that did not work.
pub fn trouble(kind: Kind, lang: Lang, trouble: &Trouble) -> Markup {
    let words = words(lang);
    let (says, code) = match trouble {
        Trouble::Unreachable => (words.unreachable, None),
        Trouble::Refused(error) => (words.refused, Some(error.as_str())),
        Trouble::Unsound(part) => (words.unsound, Some(*part)),
    };
    let main = html! {
        section.state {
            (heading(words.trouble, says))
            @if let Some(code) = code { p.small { code { (code) } } }
            (ways_in(kind, words, words.try_again))
        }
    };
    document(&Document { kind, lang, title: words.trouble, who: None, main })
}

/// The application was asked for at an address that it does not know.
pub fn elsewhere(kind: Kind, lang: Lang, origin: &str) -> Markup {
    let words = words(lang);
    let to = format!("{origin}{}", kind.path());
    let main = html! {
        section.state {
            (heading(words.elsewhere, ""))
            p { a href=(to) { (to) } }
        }
    };
    document(&Document { kind, lang, title: words.elsewhere, who: None, main })
}

/// What stands in a frame that nobody looks at.
pub fn framed(lang: Lang, says: &str) -> Markup {
    html! { (DOCTYPE) html lang=(lang.tag()) { head { title { (says) } } body { p { (says) } } } }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::memory::Tokens;

    fn session(ended: Option<(Timestamp, Way)>) -> Session {
        let hostile = "<script>alert(1)</script>\u{202e}";
        let at = Timestamp(1_763_796_000_000);
        Session {
            issuer: "http://localhost:1/oidc".into(),
            sub: hostile.into(),
            sid: Some(hostile.into()),
            name: Some(hostile.into()),
            since: at,
            tokens: Tokens {
                id_token: "very-secret".into(),
                id_expires: at,
                access: "very-secret".into(),
                access_expires: Some(at),
                refresh: Some("very-secret".into()),
            },
            asked: Some(Asked { at, what: Question::Userinfo, refused: Some(hostile.into()) }),
            ended,
            was: "was".into(),
            leaving: None,
            is_back: false,
        }
    }

    fn pages() -> Vec<String> {
        let at = Timestamp(1_763_796_000_000);
        let mut memory = Memory::default();
        for deed in [Deed::Ended(2), Deed::Disbelieved("aud"), Deed::Misbehaved(Behaviour::Hang)] {
            memory.keep(Heard { at, way: Way::BackChannel, sub: Some("<b>".into()), sid: None, deed });
        }
        let mut pages = Vec::new();
        for (kind, lang) in [(Kind::Notes, Lang::Zh), (Kind::Mail, Lang::En)] {
            for session in [
                None,
                Some(session(None)),
                Some(session(Some((at, Way::BackChannel)))),
                Some(session(Some((at, Way::FrontChannel)))),
                Some(session(Some((at, Way::Here)))),
            ] {
                let view = View { kind, lang, now: at, session: session.as_ref(), memory: &memory };
                pages.push(home(&view).into_string());
            }
            pages.push(trouble(kind, lang, &Trouble::Refused("<b>".into())).into_string());
            pages.push(elsewhere(kind, lang, "http://localhost:1").into_string());
        }
        pages
    }

    #[test]
    fn no_page_holds_code_of_its_own_or_a_token_or_a_name_as_markup() {
        for html in pages() {
            assert_eq!(html.matches("<script").count(), 1, "{html}");
            assert!(!html.contains(" style=") && !html.contains("<style"), "{html}");
            assert!(!html.contains("very-secret"), "{html}");
            assert_eq!(html.matches("<h1").count(), 1, "{html}");
            let ids: Vec<&str> = html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
            let distinct: std::collections::BTreeSet<_> = ids.iter().collect();
            assert_eq!(ids.len(), distinct.len(), "{ids:?}");
        }
    }
}
