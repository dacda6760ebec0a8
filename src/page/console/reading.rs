//! What somebody who only reads sees of a page of the console: the same page, without what acts on it.
//!
//! It is made from the finished page, so that a page that is added later cannot forget it. Whatever is posted all the same is
//! refused where the console is entered.

use maud::{Markup, PreEscaped, html};

use crate::page::frame::Frame;

/// The page for whoever reads it: as it is, or with the forms that post at rest.
pub(super) fn as_allowed(frame: &Frame, main: &Markup) -> Markup {
    if frame.may_act() {
        return main.clone();
    }
    html! {
        p.reads role="note" { (frame.words().settings.only_reading) }
        (PreEscaped(at_rest(&main.0)))
    }
}

/// Without the buttons of forms that post and the links that lead to an act, and with the fields of such forms at rest. What
/// acts is told by its class, as the eye tells it: `go`, `end`, `ends`. The text is our own, in which `<` only begins a tag.
fn at_rest(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let (mut posts, mut dropped): (bool, Option<&str>) = (false, None);
    for (at, piece) in html.split('<').enumerate() {
        let (tag, text) = piece.split_once('>').unwrap_or(("", piece));
        let name = tag.split(' ').next().unwrap_or_default();
        if let Some(closing) = dropped {
            if name == closing {
                dropped = None;
                out.push_str(text);
            }
            continue;
        }
        match name {
            "form" => posts = tag.contains("method=\"post\""),
            "/form" => posts = false,
            "button" if posts || tag.contains(" form=") => dropped = Some("/button"),
            "a" if leads_to_an_act(tag) => dropped = Some("/a"),
            _ => {}
        }
        if dropped.is_some() {
            continue;
        }
        if at > 0 {
            out.push('<');
            out.push_str(tag);
            if posts && matches!(name, "input" | "select" | "textarea") && !tag.contains("type=\"hidden\"") {
                out.push_str(" disabled");
            }
            out.push('>');
        }
        out.push_str(text);
    }
    out
}

fn leads_to_an_act(tag: &str) -> bool {
    let classes = tag.split("class=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
    classes.split(' ').any(|class| matches!(class, "go" | "end" | "ends"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_is_gone_and_what_asks_stays() {
        let page = html! {
            form method="get" action="/a" { input name="q" value="<x>"; button { "Search" } }
            form method="post" action="/b" {
                input type="hidden" name="csrf" value="c"; input name="n" value="1"; textarea name="t" { "text" }
                button.btn.go { "Save" span { "it" } } " after"
            }
            a.btn.s.ends href="/kick" { "Force" b { "all" } } a href="/read" { "Read" }
        };
        assert_eq!(
            at_rest(&page.0),
            "<form method=\"get\" action=\"/a\"><input name=\"q\" value=\"&lt;x&gt;\"><button>Search</button></form>\
             <form method=\"post\" action=\"/b\"><input type=\"hidden\" name=\"csrf\" value=\"c\">\
             <input name=\"n\" value=\"1\" disabled><textarea name=\"t\" disabled>text</textarea> after</form>\
             <a href=\"/read\">Read</a>"
        );
    }
}
