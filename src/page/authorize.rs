//! Between an application's authorization request and its answer: the question, the pages that carry the answer back,
//! the frame of Session Management, and the wall before a request that may not be answered at all.
//!
//! Specs: OpenID Connect Core 3.1.2.1 (`prompt`) and 3.1.2.6, OAuth 2.0 Form Post Response Mode, OAuth 2.0 Web Message
//! Response Mode (draft), OpenID Connect Session Management 3. Scripts are files of their own; what cannot run one still
//! shows a button or a sentence.

use maud::{DOCTYPE, Markup, html};

use super::asset;
use super::error::{ErrorView, what_to_do};
use super::frame::Frame;
use super::login::AppFace;
use super::logout::{Refused, difference};
use super::parts::{Seal, Stamp, calm, csrf, hidden, icon, name, seal, stamp};
use super::shell::{Door, Gate, gate, gate_with};
use super::words::Authorize;
use crate::domain::oauth::Scope;

/// What the question shows.
#[derive(Debug, Clone, Copy)]
pub struct AskView<'a> {
    /// Where the form is posted; it sends `csrf`, `request`, and `answer`, which is `yes` or `no`.
    pub action: &'a str,
    /// The opaque value of the request that waits; the form sends it back.
    pub request: &'a str,
    /// The application that asks.
    pub application: AppFace<'a>,
    /// What it asks for; empty where no consent is in question.
    pub scopes: &'a [Scope],
    /// Where to log in as somebody else.
    pub other_account: &'a str,
    /// Whether the question is who goes on (`prompt=select_account`), and not whether to.
    pub choose: bool,
}

/// *Continue to Notes?* The door stands ajar.
pub fn ask(frame: &Frame, view: &AskView) -> Markup {
    let (common, words) = (&frame.words().common, &frame.words().authorize);
    let (who, identifier) = frame.who.map_or(("", ""), |who| (who.name, who.identifier));
    let app = calm(view.application.name);
    let question = if view.choose { (words.continue_as)(&calm(who)) } else { (words.continue_to)(&app) };
    let side = html! {
        (seal(view.application.name, Seal::AppGate))
        h1 { (question) }
        p { b { (name(view.application.name)) } " " span.os { (name(view.application.identifier)) } }
        p.trust { ((words.why_asked)(&app)) }
    };
    let gifts: Vec<&str> = view.scopes.iter().filter_map(|scope| Authorize::scope(frame.lang, *scope)).collect();
    let deed = html! {
        form.deed method="post" action=(view.action) {
            (csrf(frame))
            (hidden("request", view.request))
            section {
                h2 { (words.you_are) }
                ul.ruled {
                    li {
                        (seal(who, Seal::Bar))
                        span.grow { b { (name(who)) } @if identifier != who { small { (name(identifier)) } } }
                    }
                    li { a href=(view.other_account) { (words.other_account) } }
                }
            }
            @if !gifts.is_empty() {
                section {
                    h2 { ((words.it_gets)(&app)) }
                    ul.ruled.close-set { @for gift in gifts { li { (gift) } } }
                }
            }
            div.acts {
                button.btn.go name="answer" value="yes" { (words.go_on) }
                button.btn name="answer" value="no" { (common.cancel) }
            }
        }
    };
    gate(frame, &Gate { title: &question, error: false, side, door: Door::Ajar, deed })
}

/// An answer on its way to the application by a form.
#[derive(Debug, Clone, Copy)]
pub struct FormPostView<'a> {
    /// The registered address.
    pub action: &'a str,
    /// What is sent, names and values.
    pub fields: &'a [(String, String)],
    /// To whom.
    pub application: AppFace<'a>,
}

/// A form that posts itself; whoever runs no script presses its button.
pub fn form_post(frame: &Frame, view: &FormPostView) -> Markup {
    posting(frame, view, html! { script src=(asset::FORM_POST_JS) defer {} })
}

/// The same as it stands without script.
pub(super) fn form_post_by_hand(frame: &Frame, view: &FormPostView) -> Markup {
    posting(frame, view, html! {})
}

fn posting(frame: &Frame, view: &FormPostView, script: Markup) -> Markup {
    let words = &frame.words().authorize;
    let title = (words.returning)(&calm(view.application.name));
    let side = html! {
        (seal(view.application.name, Seal::AppGate))
        h1 { (title) }
        p { (words.returning_line) }
    };
    // No value of ours that proves a form goes to somebody else.
    let deed = html! {
        form.deed method="post" action=(view.action) data-answer {
            @for (field, value) in view.fields { (hidden(field, value)) }
            div.acts { button.btn.go { (words.go_on) } }
        }
    };
    gate_with(frame, &Gate { title: &title, error: false, side, door: Door::Ajar, deed }, script)
}

/// An answer on its way to the window that asked.
#[derive(Debug, Clone, Copy)]
pub struct WebMessageView<'a> {
    /// Origin of the registered address: the only one whose window may read the answer.
    pub origin: &'a str,
    /// The answer, a JSON object.
    pub response_json: &'a str,
}

/// A page that hands the answer over and says that it may be closed. Its script does not wait for anything: the
/// application gives the frame a few seconds.
pub fn web_message(frame: &Frame, view: &WebMessageView) -> Markup {
    let words = &frame.words().authorize;
    let done = frame.words().common.stamp_done;
    let side = html! {
        span.seal.s88.word[done.chars().count() > 1] aria-hidden="true" { (done) }
        h1 { (words.close_window) }
        p { (words.answer_went_to) b { (name(view.origin)) } }
    };
    let script = html! {
        script src=(asset::WEB_MESSAGE_JS) async data-origin=(view.origin) data-response=(view.response_json) {}
    };
    let deed = html! { div.deed {} };
    gate_with(frame, &Gate { title: words.close_window, error: false, side, door: Door::Open, deed }, script)
}

/// The frame that applications ask whether the login is still the same. Nobody looks at it, so it wears nothing.
pub fn check_session(frame: &Frame) -> Markup {
    let words = &frame.words().authorize;
    html! {
        (DOCTYPE)
        html lang=(frame.lang.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex";
                title { (words.frame_title) " · exeunt" }
                script src=(asset::CHECK_SESSION_JS) async {}
            }
            body { main { h1 { (words.frame_title) } p { (words.frame_line) } } }
        }
    }
}

/// An authorization request that has no answer: the application or its address is not known, so nobody may be sent there
/// (RFC 6749 section 4.1.2.1).
#[derive(Debug, Clone, Copy, Default)]
pub struct AuthorizeErrorView<'a> {
    /// The OAuth error code.
    pub code: &'a str,
    /// What is wrong, for developers.
    pub description: &'a str,
    /// The number by which the log knows this request.
    pub request_id: &'a str,
    /// The application that asked, when it is known.
    pub application: Option<AppFace<'a>>,
    /// The address that was refused, when that is what is wrong.
    pub refused: Option<Refused<'a>>,
    /// Where an administrator would register it.
    pub settings: Option<&'a str>,
}

/// The wall without a door: what was wrong, and who can mend it how.
pub fn refused(frame: &Frame, view: &AuthorizeErrorView) -> Markup {
    let words = &frame.words().authorize;
    let app = view.application.map(|app| calm(app.name));
    let title = app.as_deref().map_or_else(|| words.not_answered.to_owned(), |app| (words.not_answered_at)(app));
    let side = html! {
        span.seal.s88.word aria-hidden="true" { (400) }
        h1 { (title) }
        p { (words.not_answered_line) }
    };
    let help = ErrorView {
        status: 400,
        request_id: view.request_id,
        retry_seconds: None,
        again_seconds: None,
        way_back: None,
    };
    let deed = html! {
        div.deed {
            (fault(frame, view, app.as_deref()))
            (what_to_do(frame, &help))
        }
    };
    gate(frame, &Gate { title: &title, error: true, side, door: Door::None, deed })
}

fn fault(frame: &Frame, view: &AuthorizeErrorView, app: Option<&str>) -> Markup {
    let (gate, words) = (&frame.words().gate, &frame.words().authorize);
    html! {
        div.notice.no.wider {
            (stamp(&frame.words().common, Stamp::No))
            div {
                p { b { @if view.refused.is_some() { (words.address) } @else { (words.to_mend) } } }
                @if let Some(refused) = view.refused {
                    code.id { (name(refused.address)) }
                    p { (refused.rule) }
                }
                details open[frame.dev || view.refused.is_none()] {
                    summary { (icon("down")) (gate.for_developers) }
                    @if let Some((refused, (closest, at))) = view.refused.and_then(|r| r.developer.map(|d| (r, d))) {
                        (difference(frame, refused.address, closest, at))
                    }
                    @if let Some(app) = app.filter(|_| view.refused.is_some()) { p { ((words.register_it)(app)) } }
                    @if let Some(settings) = view.settings { p { a href=(settings) { (words.open_settings) } } }
                    p { (words.code) }
                    code.id { (view.code) }
                    @if !view.description.is_empty() { p lang="en" { (calm(view.description)) } }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::frame::Theme;
    use crate::page::time::Zone;
    use crate::page::words::Lang;

    fn shown(draw: impl Fn(&Frame) -> Markup) -> String {
        let zone = Zone::default();
        let frame = Frame {
            said: None,
            lang: Lang::En,
            zone: &zone,
            now: crate::domain::clock::Timestamp(0),
            theme: Theme::System,
            who: None,
            csrf: "ours",
            path: "/oidc/auth",
            pool_name: "Acme",
            brand: crate::page::Brand::default(),
            version: "0",
            dev: false,
            live: None,
        };
        draw(&frame).into_string()
    }

    #[test]
    fn an_answer_is_posted_letter_for_letter_and_without_the_proof_of_our_own_forms() {
        let fields = vec![("code".to_owned(), "c&1".to_owned()), ("state".to_owned(), "\"><script>".to_owned())];
        let application = AppFace { name: "Notes", identifier: "notes" };
        let view = FormPostView { action: "https://notes.example/cb?a=1&b=2", fields: &fields, application };
        let html = shown(|frame| form_post(frame, &view));
        assert!(html.contains(r#"method="post" action="https://notes.example/cb?a=1&amp;b=2""#), "{html}");
        assert!(html.contains(r#"<input type="hidden" name="code" value="c&amp;1">"#), "{html}");
        assert!(html.contains(r#"<input type="hidden" name="state" value="&quot;&gt;&lt;script&gt;">"#), "{html}");
        assert!(!html.contains("ours"), "{html}");
        let script = format!("<script src=\"{}\" defer></script>", asset::FORM_POST_JS);
        assert!(html.contains(&script) && html.matches("<script").count() == 1, "{html}");
    }

    #[test]
    fn an_answer_to_a_window_stands_in_attributes_only() {
        let view = WebMessageView { origin: "https://notes.example", response_json: r#"{"state":"</script>'<"}"# };
        let html = shown(|frame| web_message(frame, &view));
        assert_eq!(html.matches("</script>").count(), 1, "{html}");
        assert!(html.contains(r#"data-response="{&quot;state&quot;:&quot;&lt;/script&gt;'&lt;&quot;}""#), "{html}");
        assert!(html.contains(r#"data-origin="https://notes.example""#), "{html}");
    }
}
