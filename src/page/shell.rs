//! What stands around every page: the document, the gate with its wall and door, the top bar with the avatar menu.
//!
//! Nothing here needs a script: the menu is a popover, the switches and the log-out are forms.

use maud::{DOCTYPE, Markup, html};

use super::asset;
use super::frame::{Frame, Person, Theme};
use super::parts::{Seal, brand, calm, csrf, icon, name, seal};
use super::words::Lang;

/// One HTML document.
pub(super) struct Document<'a> {
    /// The name of the page, without the name of the house.
    pub title: &'a str,
    /// Whether the page tells of an error; then its title says so first.
    pub error: bool,
    /// `gate`, `house` or `console`.
    pub class: &'static str,
    /// What the head holds beside the usual: the page's script.
    pub script: Markup,
    /// What stands in the body, after the skip link.
    pub body: Markup,
}

pub(super) fn document(frame: &Frame, document: &Document) -> Markup {
    let common = &frame.words().common;
    let theme = match frame.theme {
        Theme::System => None,
        Theme::Light | Theme::Dark => Some(frame.theme.as_str()),
    };
    html! {
        (DOCTYPE)
        html lang=(frame.lang.tag()) data-theme=[theme] data-density=[(document.class == "console").then_some("dense")] {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex";
                title {
                    @if document.error { (common.error_prefix) } @else if let Some(said) = frame.said { (calm(said)) " · " }
                    (document.title) " · exeunt"
                }
                link rel="icon" href=(asset::MARK_SVG) type="image/svg+xml";
                link rel="stylesheet" href=(asset::HOUSE_CSS);
                @if document.class == "console" { link rel="stylesheet" href=(asset::CONSOLE_CSS); }
                @if let Some(sheet) = frame.brand.sheet { link rel="stylesheet" href=(sheet); }
                (document.script)
            }
            body class=(document.class) data-live=[frame.live] data-ago=(common.ago.join("|")) data-ago-short=(common.ago_short.join("|")) {
                a.skip href="#main" { (common.skip) }
                (document.body)
                p.hid #said role="status" {}
            }
        }
    }
}

/// The script of almost every page.
pub(super) fn live() -> Markup {
    html! { script src=(asset::LIVE_JS) defer {} }
}

/// How the door in the wall stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Door {
    /// Log in.
    Shut,
    /// We ask.
    Ajar,
    /// You have left.
    Open,
    /// An error: there is no door.
    None,
}

/// A page that meets a person for ten seconds.
pub(super) struct Gate<'a> {
    pub title: &'a str,
    pub error: bool,
    /// Who or where: the seal, the heading, a line of trust.
    pub side: Markup,
    pub door: Door,
    /// What to do: an element with the class `deed`.
    pub deed: Markup,
}

pub(super) fn gate(frame: &Frame, gate: &Gate) -> Markup {
    gate_with(frame, gate, live())
}

/// A gate with a script of its own in place of the usual one.
pub(super) fn gate_with(frame: &Frame, gate: &Gate, script: Markup) -> Markup {
    let other = frame.lang.other();
    let body = html! {
        header { (brand(frame, "/u", None)) }
        main #main {
            div.side { (gate.side) }
            (wall(gate.door))
            (gate.deed)
        }
        footer {
            a href=(frame.path_in(other)) lang=(other.tag()) hreflang=(other.tag()) { (other.own_name()) }
            @if frame.dev { span { (frame.words().common.development) } }
            span.push { (name(frame.pool_name)) }
            span { "exeunt " (frame.version) }
        }
    };
    document(frame, &Document { title: gate.title, error: gate.error, class: "gate", script, body })
}

fn wall(door: Door) -> Markup {
    html! {
        div.wall.blind[door == Door::None] aria-hidden="true" {
            span.doorway {
                @if door != Door::None {
                    svg viewBox="0 0 88 88" {
                        path.jamb d="M-4 0H6M-4 88H6" {}
                        @match door {
                            Door::Shut => path.leaf.shut d="M1 3v82" {},
                            Door::Ajar => {
                                path.swing d="M36.8 80.4A88 88 0 0 1 1 88" {}
                                path.leaf d="M1 0 36.8 80.4" {}
                            },
                            Door::Open | Door::None => {
                                path.swing d="M78.7 41.3A88 88 0 0 1 1 88" {}
                                path.leaf d="M1 0 78.7 41.3" {}
                            },
                        }
                    }
                }
            }
        }
    }
}

/// The tabs of the personal center.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tab {
    Overview,
    Devices,
    Applications,
    Activity,
    Profile,
    Security,
}

/// A page of the personal center.
pub(super) struct House<'a> {
    pub title: &'a str,
    pub error: bool,
    pub tab: Tab,
    pub main: Markup,
}

pub(super) fn house(frame: &Frame, house: &House) -> Markup {
    let (common, person) = (&frame.words().common, &frame.words().person);
    let tabs = [
        (Tab::Overview, "/u", person.overview),
        (Tab::Devices, "/u/devices", common.devices),
        (Tab::Applications, "/u/applications", person.applications),
        (Tab::Activity, "/u/activity", person.activity),
        (Tab::Profile, "/u/profile", person.profile),
        (Tab::Security, "/u/security", person.security),
    ];
    let body = html! {
        header.top {
            (brand(frame, "/u", Some(common.personal_center)))
            nav.tabs aria-label=(common.personal_center) {
                @for (tab, href, label) in tabs {
                    a href=(href) aria-current=[(tab == house.tab).then_some("page")] { (label) }
                }
            }
            (avatar(frame))
        }
        main #main { (house.main) }
    };
    document(frame, &Document { title: house.title, error: house.error, class: "house", script: live(), body })
}

/// The avatar at the top right and its menu, whose last item logs out.
pub(super) fn avatar(frame: &Frame) -> Markup {
    let common = &frame.words().common;
    html! {
        div.end {
            @if let Some(who) = frame.who {
                button.me type="button" popovertarget="menu" aria-label=((common.menu_of)(who.name)) { (seal(who.name, Seal::Bar)) }
                (menu(frame, who))
            } @else {
                a.btn.s href="/login" { (common.log_in) }
            }
        }
    }
}

fn menu(frame: &Frame, who: Person) -> Markup {
    let common = &frame.words().common;
    html! {
        nav.menu #menu popover aria-label=((common.menu_of)(who.name)) {
            p.id-row { b { (name(who.name)) } small { (name(who.identifier)) } }
            hr;
            a href="/u" { (common.personal_center) }
            a href="/u/devices" { (common.devices) }
            @if who.role.may_read() { a href="/console" { (common.console) } }
            hr;
            (switch(frame, common.appearance, "theme", [Theme::System, Theme::Light, Theme::Dark].map(|theme| {
                let label = match theme {
                    Theme::System => common.system,
                    Theme::Light => common.light,
                    Theme::Dark => common.dark,
                };
                Choice { value: theme.as_str(), label, chosen: theme == frame.theme, lang: None }
            })))
            (switch(frame, common.language, "lang", [Lang::Zh, Lang::En].map(|lang| {
                Choice { value: lang.key(), label: lang.own_name(), chosen: lang == frame.lang, lang: Some(lang.tag()) }
            })))
            hr;
            (log_out_form(frame, "out"))
        }
    }
}

struct Choice {
    value: &'static str,
    label: &'static str,
    chosen: bool,
    lang: Option<&'static str>,
}

/// A row of the menu in which one of several buttons is pressed.
fn switch<const N: usize>(frame: &Frame, label: &str, field: &str, choices: [Choice; N]) -> Markup {
    html! {
        form.switch method="post" action="/prefs" {
            (csrf(frame))
            input type="hidden" name="next" value=(frame.path);
            span { (label) }
            span.choices role="group" aria-label=(label) {
                @for choice in choices {
                    button name=(field) value=(choice.value) lang=[choice.lang] aria-pressed=(choice.chosen.to_string()) { (choice.label) }
                }
            }
        }
    }
}

/// Logging out is a form, never a link: nothing that merely loads a page may end a session.
pub(super) fn log_out_form(frame: &Frame, class: &str) -> Markup {
    html! {
        form method="post" action="/u/logout" data-leaves {
            (csrf(frame))
            button class=(class) { (icon("leave")) (frame.words().common.log_out) }
        }
    }
}
