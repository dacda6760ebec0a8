//! `/console/settings`: what the pool is called and looks like, how long sessions last, who may enter the console, how the
//! server sees you, and what to quote when it does not behave.

use maud::{Markup, html};

use super::frame::{Crumb, Rail, Room, Section, room, title};
use crate::domain::id::UserId;
use crate::domain::look::Colour;
use crate::domain::user::Role;
use crate::page::count::Count;
use crate::page::frame::Frame;
use crate::page::parts::{Field, Notice, Stamp, calm, copy_button, csrf, hidden, name, stamp};
use crate::page::words::FieldProblem;

/// A field of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SettingsField {
    /// `name`
    Name,
    /// `contact`
    Contact,
    /// `accent`
    Accent,
    /// `idle_hours`
    IdleHours,
    /// `absolute_hours`
    AbsoluteHours,
    /// `logo`
    Logo,
}

impl SettingsField {
    /// All of the form, in its order; the picture has one of its own.
    pub const ALL: [Self; 5] = [Self::Name, Self::Contact, Self::Accent, Self::IdleHours, Self::AbsoluteHours];

    /// The name of the field in the form.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Contact => "contact",
            Self::Accent => "accent",
            Self::IdleHours => "idle_hours",
            Self::AbsoluteHours => "absolute_hours",
            Self::Logo => "logo",
        }
    }
}

/// Who decides a lifetime that cannot be settled here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stated {
    /// The command line.
    Flag,
    /// This environment variable.
    Environment(String),
    /// The settings file.
    File,
}

/// One lifetime.
#[derive(Debug, Clone, Default)]
pub struct Lifetime {
    /// As typed or kept.
    pub hours: String,
    /// What holds where nothing is settled, and what is stated where it is stated.
    pub default_hours: u32,
    /// Who states it.
    pub stated: Option<Stated>,
}

/// Somebody who may enter the console.
#[derive(Debug, Clone)]
pub struct KeeperRow {
    /// Who.
    pub id: UserId,
    /// Their name.
    pub name: String,
    /// What they log in with.
    pub identifier: String,
    /// What they may do.
    pub role: Role,
    /// Whether they may log in.
    pub enabled: bool,
}

/// What came of the last press.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Outcome {
    /// The page was only opened.
    #[default]
    Opened,
    /// It was saved.
    Saved,
    /// It is only shown what it would look like.
    Preview,
    /// Somebody else was faster; the fields below hold what is kept by now.
    Stale,
}

/// What the page shows.
#[derive(Debug, Clone)]
pub struct SettingsView<'a> {
    /// Name of the pool.
    pub name: &'a str,
    /// Whom to ask.
    pub contact: &'a str,
    /// The colour as typed.
    pub accent: &'a str,
    /// Without use.
    pub idle: Lifetime,
    /// In any case.
    pub absolute: Lifetime,
    /// Which state of the settings the form was made from.
    pub seen: &'a str,
    /// What was refused.
    pub problems: Vec<(SettingsField, FieldProblem)>,
    /// What came of the last press.
    pub outcome: Outcome,
    /// Fields that somebody else changed meanwhile, with what they hold now.
    pub theirs: Vec<(SettingsField, String)>,
    /// Address of the picture.
    pub logo: Option<&'a str>,
    /// Who may enter the console.
    pub keepers: Vec<KeeperRow>,
    /// Access keys that hold.
    pub keys: Count,
    /// The reader's address as the server sees it.
    pub address: &'a str,
    /// Networks whose forwarding headers are believed.
    pub proxies: Vec<String>,
    /// Whether a header of a proxy came from an address that is none.
    pub strange_proxy: bool,
    /// What to quote, line by line.
    pub diagnostics: &'a str,
}

impl SettingsView<'_> {
    fn problem(&self, field: SettingsField) -> Option<FieldProblem> {
        self.problems.iter().find(|(of, _)| *of == field).map(|(_, problem)| *problem)
    }
}

/// The page.
pub fn settings(frame: &Frame, rail: &Rail, view: &SettingsView) -> Markup {
    let words = &frame.words().settings;
    let main = html! {
        (title(words.title, &html! { (words.line) }, &html! {}))
        (form(frame, view))
        (picture(frame, view))
        (keepers(frame, view))
        (network(frame, view))
        (diagnostics(frame, view))
    };
    let crumbs = vec![Crumb::new(words.title, "/console/settings")];
    let error = !view.problems.is_empty() || view.outcome == Outcome::Stale;
    room(frame, rail, &Room { title: words.title, error, section: Section::Settings, crumbs, slip: true, main })
}

fn form(frame: &Frame, view: &SettingsView) -> Markup {
    let words = &frame.words().settings;
    let text = |field: SettingsField, label, value, hint| Field {
        hint: Some(hint),
        problem: view.problem(field),
        ..Field::text(field.as_str(), label, value)
    };
    html! {
        form.form method="post" action="/console/settings" novalidate data-keep {
            (csrf(frame))
            (hidden("seen", view.seen))
            (notice(frame, view))
            h2 { (words.looks) }
            (text(SettingsField::Name, words.pool_name, view.name, words.pool_name_hint).markup(frame))
            (Field { optional: true, ..text(SettingsField::Contact, words.contact, view.contact, words.contact_hint) }.markup(frame))
            (Field { optional: true, ..text(SettingsField::Accent, words.accent, view.accent, words.accent_hint) }.markup(frame))
            (sample(frame, view.accent))
            h2 { (words.lifetimes) }
            (lifetime(frame, view, SettingsField::IdleHours, words.idle_hours, &view.idle))
            (lifetime(frame, view, SettingsField::AbsoluteHours, words.absolute_hours, &view.absolute))
            p.small { (words.lifetime_note) }
            div.acts {
                button.btn.go { (frame.words().common.save) }
                button.btn name="preview" value="1" { (words.preview) }
            }
        }
    }
}

fn notice(frame: &Frame, view: &SettingsView) -> Markup {
    let (words, refusal) = (&frame.words().settings, &frame.words().refusal);
    let said = |all: &[(SettingsField, String)]| -> Vec<(&'static str, String)> {
        all.iter().map(|(field, sentence)| (field.as_str(), sentence.clone())).collect()
    };
    if view.outcome == Outcome::Stale {
        let theirs: Vec<_> = view
            .theirs
            .iter()
            .map(|(field, value)| {
                let value = if value.is_empty() { frame.words().common.nothing } else { value.as_str() };
                (*field, (words.now_holds)(words.label(*field), &calm(value)))
            })
            .collect();
        return Notice::Refused { title: words.stale, line: words.stale_line, fields: said(&theirs) }.markup(frame);
    }
    if !view.problems.is_empty() {
        let problems: Vec<_> =
            view.problems.iter().map(|(f, p)| (*f, (words.fault)(words.label(*f), &p.sentence(frame.lang)))).collect();
        return Notice::Refused {
            title: refusal.form_refused,
            line: refusal.form_refused_note,
            fields: said(&problems),
        }
        .markup(frame);
    }
    match view.outcome {
        Outcome::Saved => Notice::Done(refusal.saved).markup(frame),
        Outcome::Preview => html! {
            div.notice role="status" { (stamp(&frame.words().common, Stamp::Wait)) div { p { b { (words.preview_only) } } } }
        },
        Outcome::Opened | Outcome::Stale => html! {},
    }
}

/// The colour by day and by night, drawn: a drawing may hold a colour where a page may hold no style.
fn sample(frame: &Frame, typed: &str) -> Markup {
    let words = &frame.words().settings;
    let Some(colour) = Some(typed.trim()).filter(|t| !t.is_empty()).map_or(Some(Colour::CELADON), Colour::parse) else {
        return html! {};
    };
    let ratio = |n: f64| format!("{n:.1}");
    let (day, night) = (ratio(colour.on_paper()), ratio(colour.at_night()));
    let (light, dark) = (colour.to_string(), colour.night().to_string());
    let panels = [
        (0, "#faf8f4", &light, "#fefefb", (words.by_day)(&day)),
        (176, "#111419", &dark, "#0b0e14", (words.by_night)(&night)),
    ];
    html! {
        figure.sample {
            svg viewBox="0 0 344 104" width="344" height="104" role="img" aria-label=((words.sample_label)(&day, &night)) {
                @for (x, ground, colour, on, line) in panels {
                    g transform={ "translate(" (x) ")" } {
                        rect x="0.5" y="0.5" width="167" height="103" fill=(ground) stroke="#888c92" {}
                        rect x="16" y="16" width="96" height="36" rx="8" fill=(colour) {}
                        text x="64" y="39" text-anchor="middle" font-size="14" font-weight="600" fill=(on) { (frame.words().common.log_in) }
                        text x="16" y="84" font-size="14" fill=(colour) { (line) }
                    }
                }
            }
            figcaption.small { (words.sample_note) }
        }
    }
}

fn lifetime(frame: &Frame, view: &SettingsView, field: SettingsField, label: &str, life: &Lifetime) -> Markup {
    let words = &frame.words().settings;
    let Some(stated) = &life.stated else {
        let hint = (words.hours_hint)(life.default_hours.into());
        return Field {
            optional: true,
            hint: Some(&hint),
            problem: view.problem(field),
            ..Field::text(field.as_str(), label, &life.hours)
        }
        .markup(frame);
    };
    let by = match stated {
        Stated::Flag => html! { (words.stated_flag) },
        Stated::Environment(name) => html! { (words.stated_environment) code { (name) } },
        Stated::File => html! { (words.stated_file) },
    };
    html! {
        div.field {
            b { (label) }
            p { ((words.hours)(life.default_hours.into())) }
            p.hint { (by) }
        }
    }
}

fn picture(frame: &Frame, view: &SettingsView) -> Markup {
    let words = &frame.words().settings;
    let problem = view.problem(SettingsField::Logo);
    html! {
        section.apart #picture {
            div.head { h2 { (words.logo) } }
            @if let Some(src) = view.logo {
                div.between {
                    p.logo { img src=(src) alt=((words.logo_of)(&calm(frame.pool_name))) height="40"; }
                    form method="post" action="/console/settings/logo/remove" {
                        (csrf(frame))
                        button.btn.s.ends { (words.logo_remove) }
                    }
                }
            }
            form.form method="post" action="/console/settings/logo" enctype="multipart/form-data" novalidate {
                (csrf(frame))
                div.field {
                    label for="logo" { (if view.logo.is_some() { words.logo_other } else { words.logo_choose }) }
                    input #logo type="file" name="logo" accept="image/png,image/jpeg,image/webp"
                        aria-invalid=[problem.map(|_| "true")] aria-describedby=(if problem.is_some() { "logo-why logo-hint" } else { "logo-hint" });
                    @if let Some(problem) = problem { p.why #logo-why { (problem.sentence(frame.lang)) } }
                    p.hint #logo-hint { (words.logo_hint) }
                }
                div.acts { button.btn { (words.logo_set) } }
            }
        }
    }
}

fn keepers(frame: &Frame, view: &SettingsView) -> Markup {
    let (common, words, directory) = (&frame.words().common, &frame.words().settings, &frame.words().directory);
    html! {
        section.apart {
            div.head { h2 { (words.keepers) } a.small href="/console/users" { (words.all_users) } }
            ul.ruled.close-set.keepers {
                @for keeper in &view.keepers {
                    li {
                        (stamp(common, if keeper.enabled { Stamp::In } else { Stamp::Off }))
                        span.grow { a href={ "/console/users/" (keeper.id) } { (name(&keeper.name)) } small { (name(&keeper.identifier)) } }
                        span.small { (directory.of_role(keeper.role).0) }
                    }
                }
                li { span.grow { a href="/console/keys" { (frame.words().console.access_keys) } small { (words.keys_note) } } span.small { ((words.n_keys)(view.keys)) } }
            }
        }
    }
}

fn network(frame: &Frame, view: &SettingsView) -> Markup {
    let words = &frame.words().settings;
    html! {
        section.apart {
            div.head { h2 { (words.network) } }
            dl.pairs {
                dt { (words.your_address) } dd { code { (view.address) } }
                dt { (words.proxies) }
                dd { @if view.proxies.is_empty() { (words.no_proxies) } @else { code { (view.proxies.join(", ")) } } }
            }
            p.small { (words.proxies_note) }
            @if view.strange_proxy {
                div.notice role="note" { (stamp(&frame.words().common, Stamp::Wait)) div { p { b { (words.strange_proxy) } } p { (words.strange_proxy_line) } } }
            }
        }
    }
}

fn diagnostics(frame: &Frame, view: &SettingsView) -> Markup {
    let words = &frame.words().settings;
    html! {
        section.apart {
            div.head { h2 { (words.system) } (copy_button(frame, "diagnostics", Some(words.copy_diagnostics))) }
            pre.quoted #diagnostics tabindex="0" { (view.diagnostics) }
            p.small { (words.diagnostics_note) }
        }
    }
}
