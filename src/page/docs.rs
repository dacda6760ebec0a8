//! `/docs/authing`: which calls of Authing's SDKs are answered, and which are not.

use maud::{Markup, html};

use super::frame::Frame;
use super::parts::brand;
use super::shell::{Document, avatar, document, live};

/// A path that is answered.
#[derive(Debug, Clone, Copy)]
pub struct AnsweredRow<'a> {
    /// Method.
    pub method: &'a str,
    /// Path.
    pub path: &'a str,
    /// Who calls it.
    pub callers: &'a str,
}

/// What is not here, and why.
#[derive(Debug, Clone, Copy)]
pub struct MissingRow<'a> {
    /// What.
    pub what: &'a str,
    /// Why, in the reader's language.
    pub why: &'a str,
}

/// What the page shows.
#[derive(Debug, Clone)]
pub struct DocsView<'a> {
    /// Answered, in the order of the route sheet.
    pub answered: Vec<AnsweredRow<'a>>,
    /// Not here.
    pub missing: Vec<MissingRow<'a>>,
}

/// The page.
pub fn authing(frame: &Frame, view: &DocsView) -> Markup {
    let words = &frame.words().docs;
    let main = html! {
        div.title {
            span.doorline {}
            h1 { (words.title) }
            p { (words.line) }
        }
        section {
            div.head { h2 { (words.answered) } }
            ul.ruled {
                @for row in &view.answered {
                    li { span.grow { code { (row.method) " " (row.path) } small translate="no" { (row.callers) } } }
                }
            }
        }
        section {
            div.head { h2 { (words.missing) } }
            ul.ruled {
                @for row in &view.missing { li { span.grow { code { (row.what) } small { (row.why) } } } }
            }
        }
    };
    let body = html! {
        header.top { (brand(frame, "/u", None)) (avatar(frame)) }
        main #main { (main) }
    };
    document(frame, &Document { title: words.title, error: false, class: "house", script: live(), body })
}
