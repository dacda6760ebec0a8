//! Applications: the list, a new one, the settings of one, and its secret shown once.

use maud::{Markup, html};

use super::application_form::{ApplicationForm, form};
use super::frame::{ApplicationTab, Crumb, Rail, Room, Section, application_tabs, room, title};
use super::test_message::{TestView, test_message};
use crate::domain::id::ApplicationId;
use crate::page::count::Count;
use crate::page::frame::Frame;
use crate::page::parts::{Field, Seal, Stamp, calm, copy_button, csrf, name, seal, stamp};
use crate::page::words::FieldProblem;

/// One application of the list.
#[derive(Debug, Clone)]
pub struct ApplicationRow {
    /// Its id.
    pub id: ApplicationId,
    /// Its name.
    pub name: String,
    /// The first label of its host.
    pub identifier: String,
    /// People online in it.
    pub online: Count,
    /// How many log-out addresses it has registered.
    pub logout_addresses: Count,
}

/// What the list shows.
#[derive(Debug, Clone, Default)]
pub struct ApplicationsView {
    /// The applications.
    pub applications: Vec<ApplicationRow>,
}

/// The list of applications.
pub fn applications(frame: &Frame, rail: &Rail, view: &ApplicationsView) -> Markup {
    let (common, console, words) = (&frame.words().common, &frame.words().console, &frame.words().directory);
    let acts = html! { a.btn.s.go href="/console/applications/new" { (words.new_application) } };
    let main = html! {
        (title(console.applications, &html! { (words.applications_line) }, &acts))
        table.ledger.folds.plain #applications data-live-region role="table" {
            caption.hid { (console.applications) }
            thead {
                tr role="row" {
                    th.c-state scope="col" role="columnheader" { (common.state) }
                    th.c-who scope="col" role="columnheader" { (words.name) }
                    th.c-dev scope="col" role="columnheader" { (words.application_id) }
                    th.c-ip scope="col" role="columnheader" { (words.logout_redirect_uris) }
                    th.c-seen scope="col" role="columnheader" { (words.online_now) }
                }
            }
            tbody {
                @if view.applications.is_empty() { tr role="row" { td.c-who colspan="5" role="cell" { (words.no_applications) } } }
                @for app in &view.applications { (row(frame, app)) }
            }
        }
    };
    let crumbs = vec![Crumb::new(console.applications, "/console/applications")];
    room(
        frame,
        rail,
        &Room { title: console.applications, error: false, section: Section::Applications, crumbs, slip: false, main },
    )
}

fn row(frame: &Frame, app: &ApplicationRow) -> Markup {
    let (common, words) = (&frame.words().common, &frame.words().directory);
    html! {
        tr role="row" {
            td.c-state role="cell" { @if !app.online.is_none() { (stamp(common, Stamp::In)) } }
            td.c-who role="cell" {
                div.who {
                    (seal(&app.name, Seal::AppRow))
                    div { a href={ "/console/applications/" (app.id) } { b { (name(&app.name)) } } }
                    small.id { (calm(&app.identifier)) }
                }
            }
            td.c-dev role="cell" { span.id { (app.id) } }
            td.c-ip role="cell" {
                @if app.logout_addresses.is_none() { span.ochre { (words.no_addresses) } } @else { ((words.n_addresses)(app.logout_addresses)) }
            }
            td.c-seen.nowrap role="cell" { a href={ "/console/applications/" (app.id) "/sessions" } { ((common.people)(app.online)) } }
        }
    }
}

/// The form of a new application, posted to its own address.
pub fn new_application(frame: &Frame, rail: &Rail, view: &ApplicationForm) -> Markup {
    let (console, words) = (&frame.words().console, &frame.words().directory);
    let main = html! {
        (title(words.new_application, &html! {}, &html! {}))
        (form(frame, "/console/applications/new", view, words.create))
    };
    let crumbs = vec![
        Crumb::new(console.applications, "/console/applications"),
        Crumb::new(words.new_application, "/console/applications/new"),
    ];
    let error = view.is_refused();
    room(
        frame,
        rail,
        &Room { title: words.new_application, error, section: Section::Applications, crumbs, slip: true, main },
    )
}

/// What the settings of one application show.
#[derive(Debug, Clone)]
pub struct ApplicationView<'a> {
    /// Its id.
    pub id: ApplicationId,
    /// Its name as it is registered.
    pub name: &'a str,
    /// Its identifier as it is registered; typed once more to delete it.
    pub identifier: &'a str,
    /// The form.
    pub form: ApplicationForm,
    /// Origin of its own host.
    pub origin: &'a str,
    /// Origin of the base host.
    pub base: &'a str,
    /// Whether it hears of log-outs.
    pub test: TestView<'a>,
    /// Why it was not deleted.
    pub delete_problem: Option<FieldProblem>,
}

/// The settings of one application.
pub fn application(frame: &Frame, rail: &Rail, view: &ApplicationView) -> Markup {
    let (common, console, words) = (&frame.words().common, &frame.words().console, &frame.words().directory);
    let home = format!("/console/applications/{}", view.id);
    let main = html! {
        (title(&calm(view.name), &html! { (words.application_id) " " code { (view.id) } }, &html! {}))
        (application_tabs(frame, view.id, &calm(view.name), ApplicationTab::Settings))
        (form(frame, &home, &view.form, common.save))
        (endpoints(frame, view))
        (test_message(frame, &home, &view.test))
        (danger(frame, view, &home))
    };
    let crumbs = vec![Crumb::new(console.applications, "/console/applications"), Crumb::new(view.name, home.clone())];
    let error = view.form.is_refused() || view.delete_problem.is_some();
    room(frame, rail, &Room { title: view.name, error, section: Section::Applications, crumbs, slip: true, main })
}

/// What developers copy, each with a button.
fn endpoints(frame: &Frame, view: &ApplicationView) -> Markup {
    let (words, protocol) = (&frame.words().directory, &frame.words().protocol);
    let at = |path: &str| format!("{}{path}", view.origin);
    let openid = [
        ("endpoint-issuer", protocol.issuer, at("/oidc")),
        ("endpoint-discovery", protocol.discovery, at("/oidc/.well-known/openid-configuration")),
        ("endpoint-authorization", protocol.authorization, at("/oidc/auth")),
        ("endpoint-token", protocol.token, at("/oidc/token")),
        ("endpoint-userinfo", protocol.userinfo, at("/oidc/me")),
        ("endpoint-end-session", protocol.end_session, at("/oidc/session/end")),
        ("endpoint-jwks", protocol.keys, at("/oidc/.well-known/jwks.json")),
    ];
    let people = [
        ("endpoint-host", words.endpoint_host, view.origin.to_owned()),
        ("endpoint-login", words.endpoint_login, at("/login")),
        ("endpoint-logout", words.endpoint_logout, at("/login/profile/logout?redirect_uri=")),
        (
            "endpoint-kick",
            words.endpoint_kick,
            format!("{}/api/v2/applications/{}/kick-active-users", view.base, view.id),
        ),
    ];
    let list = |pairs: &[(&str, &str, String)]| {
        html! {
            @for (id, label, url) in pairs { dt { (label) } dd { code #(id) { (url) } (copy_button(frame, id, None)) } }
        }
    };
    html! {
        section {
            div.head { h2 { (words.endpoints) } }
            h3 { (protocol.for_openid) }
            dl.pairs.ends {
                dt { (words.application_id) span.hint { "client_id" } }
                dd { code #app-id { (view.id) } (copy_button(frame, "app-id", None)) }
                (list(&openid))
            }
            h3 { (protocol.for_people) }
            dl.pairs.ends { (list(&people)) }
        }
    }
}

fn danger(frame: &Frame, view: &ApplicationView, home: &str) -> Markup {
    let words = &frame.words().directory;
    let confirm = (words.confirm_name)(&calm(view.identifier));
    html! {
        section {
            div.head { h2 { (words.danger) } }
            form.danger method="post" action={ (home) "/secret" } {
                (csrf(frame))
                div { b { (words.rotate_secret) } p.small { (words.rotate_line) } }
                button.btn.s.ends { (words.rotate_secret) }
            }
            form.danger method="post" action={ (home) "/delete" } {
                (csrf(frame))
                div {
                    b { (words.delete_application) }
                    p.small { ((words.delete_application_line)(&calm(view.name))) }
                    (Field { problem: view.delete_problem, ..Field::text("confirm", &confirm, "") }.markup(frame))
                }
                button.btn.s.ends { (words.delete_application) }
            }
        }
    }
}

/// What the page with a fresh secret shows.
#[derive(Debug, Clone, Copy)]
pub struct SecretView<'a> {
    /// Of which application.
    pub id: ApplicationId,
    /// Its name.
    pub name: &'a str,
    /// The secret.
    pub secret: &'a str,
}

/// A secret, shown once.
pub fn secret(frame: &Frame, rail: &Rail, view: &SecretView) -> Markup {
    let (console, words) = (&frame.words().console, &frame.words().directory);
    let home = format!("/console/applications/{}", view.id);
    let main = html! {
        (title(words.secret_title, &html! { (name(view.name)) }, &html! {}))
        section {
            p { b { (words.secret_once) } }
            p.small { (words.secret_kept) }
            dl.pairs.secret {
                dt { (words.application_id) } dd { code #app-id { (view.id) } (copy_button(frame, "app-id", None)) }
                dt { (words.application_secret) } dd { code #secret { (view.secret) } (copy_button(frame, "secret", None)) }
            }
        }
        div.acts { a.btn.go.s href=(home) { (words.copied_it) } }
    };
    let crumbs = vec![
        Crumb::new(console.applications, "/console/applications"),
        Crumb::new(view.name, home.clone()),
        Crumb::new(words.secret_title, format!("{home}/secret")),
    ];
    room(
        frame,
        rail,
        &Room { title: words.secret_title, error: false, section: Section::Applications, crumbs, slip: true, main },
    )
}
