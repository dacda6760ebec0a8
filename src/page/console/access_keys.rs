//! `/console/keys`: access keys for programs; the secret is shown once.

use maud::{Markup, html};

use super::frame::{Crumb, Rail, Room, Section, room, title};
use crate::domain::clock::Timestamp;
use crate::domain::id::AccessKeyId;
use crate::page::frame::Frame;
use crate::page::parts::{Field, Stamp, calm, copy_button, csrf, stamp};
use crate::page::time::Ago;
use crate::page::words::FieldProblem;

/// One access key.
#[derive(Debug, Clone)]
pub struct AccessKeyRow {
    /// Its id.
    pub id: AccessKeyId,
    /// What it is for.
    pub label: String,
    /// When it was made.
    pub created: Timestamp,
    /// By whom.
    pub by: Option<String>,
    /// When it was last used.
    pub used: Option<Timestamp>,
    /// Whether it was revoked.
    pub revoked: bool,
}

/// What the page of access keys shows.
#[derive(Debug, Clone, Default)]
pub struct AccessKeysView<'a> {
    /// The keys.
    pub keys: Vec<AccessKeyRow>,
    /// The one that was made just now, with its secret.
    pub fresh: Option<(AccessKeyId, &'a str)>,
    /// What was typed for a new one.
    pub label: &'a str,
    /// Why no new one was made.
    pub problem: Option<FieldProblem>,
}

/// The page of access keys.
pub fn access_keys(frame: &Frame, rail: &Rail, view: &AccessKeysView) -> Markup {
    let (console, words) = (&frame.words().console, &frame.words().directory);
    let main = html! {
        (title(console.access_keys, &html! { (words.keys_line) }, &html! {}))
        @if let Some((id, secret)) = view.fresh { (fresh(frame, id, secret)) }
        section { (table(frame, view)) }
        form.form method="post" action="/console/keys" novalidate {
            (csrf(frame))
            h2 { (words.new_key) }
            (Field { hint: Some(words.label_hint), problem: view.problem, ..Field::text("label", words.label, view.label) }.markup(frame))
            div.acts { button.btn.go.s { (words.new_key) } }
        }
    };
    let crumbs = vec![Crumb::new(console.access_keys, "/console/keys")];
    room(
        frame,
        rail,
        &Room {
            title: console.access_keys,
            error: view.problem.is_some(),
            section: Section::Keys,
            crumbs,
            slip: true,
            main,
        },
    )
}

fn fresh(frame: &Frame, id: AccessKeyId, secret: &str) -> Markup {
    let words = &frame.words().directory;
    html! {
        section role="status" {
            p { b { (words.secret_once) } }
            dl.pairs.secret {
                dt { (words.key_id) } dd { code #key-id { (id) } (copy_button(frame, "key-id", None)) }
                dt { (words.key_secret) } dd { code #key-secret { (secret) } (copy_button(frame, "key-secret", None)) }
            }
        }
    }
}

fn table(frame: &Frame, view: &AccessKeysView) -> Markup {
    let (common, words) = (&frame.words().common, &frame.words().directory);
    html! {
        table.ledger.folds.plain role="table" {
            caption.hid { (frame.words().console.access_keys) }
            thead {
                tr role="row" {
                    th.c-state scope="col" role="columnheader" { (common.state) }
                    th.c-who scope="col" role="columnheader" { (words.label) }
                    th.c-dev scope="col" role="columnheader" { (words.created_at) }
                    th.c-seen scope="col" role="columnheader" { (words.last_used) }
                    th.c-act scope="col" role="columnheader" { span.hid { (common.actions) } }
                }
            }
            tbody {
                @if view.keys.is_empty() { tr role="row" { td.c-who colspan="5" role="cell" { (words.no_keys) } } }
                @for key in &view.keys { (row(frame, key)) }
            }
        }
    }
}

fn row(frame: &Frame, key: &AccessKeyRow) -> Markup {
    let (common, words, times) = (&frame.words().common, &frame.words().directory, frame.times());
    html! {
        tr.left[key.revoked] role="row" {
            td.c-state role="cell" { (stamp(common, if key.revoked { Stamp::Off } else { Stamp::In })) }
            td.c-who role="cell" { b { (calm(&key.label)) } br; small.id { (key.id) } }
            td.c-dev role="cell" {
                (times.tag(key.created, &times.moment(key.created)))
                @if let Some(by) = &key.by { br; small { (calm(by)) } }
            }
            td.c-seen.nowrap role="cell" {
                @match key.used { Some(at) => (times.ago_tag(at, Ago::Short)), None => (words.never) }
            }
            td.c-act.act role="cell" {
                @if key.revoked {
                    span.small { (words.revoked) }
                } @else {
                    form method="post" action={ "/console/keys/" (key.id) "/revoke" } {
                        (csrf(frame))
                        button.btn.s.bare.ends { (words.revoke) span.hid { " " (calm(&key.label)) } }
                    }
                }
            }
        }
    }
}
