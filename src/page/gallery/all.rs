//! The list of all pictures.

use maud::Markup;

use super::people::Stage;
use super::{applications, authorize, console, directory, gate, person, receipts};
use crate::page::words::Lang;

/// Every page × state in one language, each with a name for its address.
pub fn all(lang: Lang) -> Vec<(&'static str, Markup)> {
    let stage = Stage::new(lang);
    let mut pages = gate::pages(&stage);
    pages.extend(authorize::pages(&stage));
    pages.extend(person::pages(&stage));
    pages.extend(console::pages(&stage));
    pages.extend(receipts::pages(&stage));
    pages.extend(applications::pages(&stage));
    pages.extend(directory::pages(&stage));
    pages
}
