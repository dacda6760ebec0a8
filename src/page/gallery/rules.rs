//! What every page must keep, checked on every page of the gallery.

use super::all::{all, console_at_rest};
use crate::page::asset;
use crate::page::words::Lang;

fn pages() -> impl Iterator<Item = (Lang, &'static str, String)> {
    [Lang::Zh, Lang::En]
        .into_iter()
        .flat_map(|lang| all(lang).into_iter().map(move |(name, markup)| (lang, name, markup.into_string())))
}

/// Every opening tag of a page, without its brackets.
fn tags(html: &str) -> impl Iterator<Item = &str> {
    html.split('<').skip(1).filter_map(|piece| piece.split('>').next()).filter(|tag| !tag.starts_with(['/', '!']))
}

/// The text of a page without tags and attributes.
fn text(html: &str) -> String {
    html.split('<').map(|piece| piece.split_once('>').map_or("", |(_, text)| text)).collect::<Vec<_>>().join("\n")
}

/// A page without what programs read: lines to be copied, words of the wire.
fn without_code(html: &str) -> String {
    ["pre", "code"].iter().fold(html.to_owned(), |page, tag| {
        let (begin, end) = (format!("<{tag}"), format!("</{tag}>"));
        let mut pieces = page.split(&begin);
        let first = pieces.next().unwrap_or_default().to_owned();
        pieces.fold(first, |page, piece| page + piece.split_once(&end).map_or("", |(_, rest)| rest))
    })
}

#[test]
fn no_page_holds_code_or_style_of_its_own() {
    for (lang, name, html) in pages() {
        for tag in tags(&html) {
            assert!(!tag.contains(" style="), "{name} {lang:?}: {tag}");
            assert!(!tag.starts_with("style"), "{name} {lang:?}: {tag}");
            assert!(
                !tag.split(' ').skip(1).any(|word| word.starts_with("on") && word.contains('=')),
                "{name} {lang:?}: {tag}"
            );
        }
        // A script is a file of the house; a page that carries an answer has its own, or here none, lest it go away.
        let script = match name {
            "answer-form-post" => None,
            "answer-web-message" => Some(asset::WEB_MESSAGE_JS),
            "answer-check-session" => Some(asset::CHECK_SESSION_JS),
            "departing" => Some(asset::ONWARD_JS),
            _ => Some(asset::LIVE_JS),
        };
        assert_eq!(html.matches("<script").count(), usize::from(script.is_some()), "{name} {lang:?}");
        if let Some(script) = script {
            assert!(html.contains(&format!("<script src=\"{script}\" ")), "{name} {lang:?}");
        }
        assert!(!html.contains("javascript:") || html.contains("javascript:alert(1)"), "{name} {lang:?}");
        assert!(!html.contains("href=\"javascript:"), "{name} {lang:?}");
    }
}

#[test]
fn every_form_that_acts_proves_where_it_came_from() {
    for (lang, name, html) in pages() {
        for form in html.split("<form").skip(1) {
            let form = form.split("</form>").next().unwrap();
            if form.contains("action=\"http") {
                assert!(!form.contains("csrf"), "{name} {lang:?}: our proof goes to somebody else: {form}");
            } else if form.contains("method=\"post\"") {
                assert!(
                    form.contains(r#"<input type="hidden" name="csrf" value="0123456789abcdef">"#),
                    "{name} {lang:?}: {form}"
                );
            } else {
                assert!(form.contains("method=\"get\"") && !form.contains("csrf"), "{name} {lang:?}: {form}");
            }
        }
    }
}

#[test]
fn whoever_only_reads_meets_nothing_that_acts() {
    for lang in [Lang::Zh, Lang::En] {
        for (name, page) in console_at_rest(lang) {
            let page = page.into_string();
            let main = page.split("<main").nth(1).and_then(|rest| rest.split("</main>").next()).unwrap();
            assert!(main.contains("class=\"reads\""), "{name} {lang:?}: it does not say why");
            for form in main.split("<form").skip(1).filter(|form| form.contains("method=\"post\"")) {
                let form = form.split("</form>").next().unwrap();
                assert!(!form.contains("<button"), "{name} {lang:?}: {form}");
            }
            for tag in tags(main).filter(|tag| tag.starts_with("a ") || tag.starts_with("button ")) {
                assert!(!tag.contains("btn go") && !tag.contains("ends\""), "{name} {lang:?}: {tag}");
            }
        }
    }
}

#[test]
fn every_page_has_one_heading_one_title_and_distinct_ids() {
    for (lang, name, html) in pages() {
        assert_eq!(html.matches("<h1").count(), 1, "{name} {lang:?}");
        assert_eq!(html.matches("<main").count(), 1, "{name} {lang:?}");
        assert_eq!(html.matches("<title>").count(), 1, "{name} {lang:?}");
        assert!(html.contains(&format!("<html lang=\"{}\"", lang.tag())), "{name} {lang:?}");
        let mut ids: Vec<&str> = tags(&html)
            .filter_map(|tag| tag.split(" id=\"").nth(1))
            .filter_map(|rest| rest.split('"').next())
            .collect();
        ids.sort_unstable();
        let all = ids.len();
        ids.dedup();
        assert_eq!(ids.len(), all, "{name} {lang:?}: an id stands twice");
    }
}

#[test]
fn whoever_is_logged_in_can_log_out_of_every_page() {
    for (lang, name, html) in pages().filter(|(_, _, html)| html.contains("popovertarget")) {
        assert!(html.contains("action=\"/u/logout\""), "{name} {lang:?}");
    }
}

#[test]
fn a_name_is_never_markup_and_never_turns_the_page() {
    for (lang, name, html) in pages() {
        assert!(!html.contains("<script>alert"), "{name} {lang:?}");
        assert!(!text(&html).contains('\u{202e}'), "{name} {lang:?}");
    }
}

#[test]
fn chinese_pages_speak_chinese() {
    let english = [
        "log in",
        "log out",
        "logged",
        "password",
        "session",
        "device",
        "user",
        "application",
        "save",
        "cancel",
        "search",
        "error",
        "please",
        "the ",
        "you",
        "this",
        "now",
        "ago",
        "delete",
        "create",
        "settings",
        "receipt",
        "copy",
        "show",
    ];
    for (_, name, html) in pages().filter(|(lang, _, _)| *lang == Lang::Zh) {
        for line in text(&without_code(&html)).lines().map(str::to_lowercase) {
            let line = line.trim();
            // Addresses, ids, and names of products are nobody's language.
            if line.contains("://")
                || line.contains("/api/")
                || line.contains("req_")
                || line.contains('@')
                || line.contains('_')
                || line.contains("alert(")
                || line.starts_with("&quot;")
            {
                continue;
            }
            for word in english {
                assert!(!line.contains(word), "{name}: {line}");
            }
        }
    }
}

#[test]
fn english_pages_hold_no_chinese_sentence() {
    for (_, name, html) in pages().filter(|(lang, name, _)| *lang == Lang::En && !name.contains("hostile")) {
        for line in text(&html).lines() {
            let strange = line.chars().any(|c| ('\u{3001}'..='\u{9fff}').contains(&c) && c != '〃' && c != '长');
            assert!(!strange || line.trim() == "中文", "{name}: {line}");
        }
    }
}

/// `GALLERY=/some/folder cargo test gallery` writes the pages as files.
#[test]
fn pages_can_be_written_to_a_folder() {
    let Some(folder) = std::env::var_os("GALLERY").map(std::path::PathBuf::from) else { return };
    let assets = folder.join("assets");
    std::fs::create_dir_all(&assets).unwrap();
    for entry in std::fs::read_dir(concat!(env!("OUT_DIR"), "/assets")).unwrap() {
        let path = entry.unwrap().path();
        std::fs::copy(&path, assets.join(path.file_name().unwrap())).unwrap();
    }
    for (lang, name, html) in pages() {
        std::fs::write(folder.join(format!("{name}.{}.html", lang.key())), html).unwrap();
    }
}
