//! The list of all pictures.

use maud::Markup;

use super::people::Stage;
use super::{applications, authorize, console, directory, gate, import, person, powers, receipts, status};
use crate::page::words::Lang;

/// Every page × state in one language, each with a name for its address.
pub fn all(lang: Lang) -> Vec<(&'static str, Markup)> {
    let stage = Stage::new(lang);
    let mut pages = gate::pages(&stage);
    pages.extend(authorize::pages(&stage));
    pages.extend(person::pages(&stage));
    pages.extend(of_the_console(&stage));
    pages.extend(powers::pages(&stage));
    pages.extend(reading(lang));
    pages
}

fn of_the_console(stage: &Stage) -> Vec<(&'static str, Markup)> {
    let mut pages = console::pages(stage);
    pages.extend(status::pages(stage));
    pages.extend(receipts::pages(stage));
    pages.extend(applications::pages(stage));
    pages.extend(directory::pages(stage));
    pages.extend(import::pages(stage));
    pages.extend(powers::settings_pages(stage));
    pages
}

/// Every page of the console in one language, as somebody sees it who only reads.
pub(super) fn console_at_rest(lang: Lang) -> Vec<(&'static str, Markup)> {
    of_the_console(&Stage::reading(lang))
}

/// Some of them as pictures.
fn reading(lang: Lang) -> impl Iterator<Item = (&'static str, Markup)> {
    const SHOWN: [(&str, &str); 5] = [
        ("status", "reading-status"),
        ("user", "reading-user"),
        ("users", "reading-users"),
        ("settings", "reading-settings"),
        ("application", "reading-application"),
    ];
    console_at_rest(lang)
        .into_iter()
        .filter_map(|(name, page)| SHOWN.iter().find(|(of, _)| *of == name).map(|(_, shown)| (*shown, page)))
}
