//! One application: how it is configured, how it speaks OpenID Connect, and what developers copy.

use maud::{Markup, html};

use super::application_form::{ApplicationForm, ApplicationPart, Sent, form};
use super::frame::{ApplicationTab, Crumb, Rail, Room, Section, application_tabs, pages, room, title};
use super::outbox::{OutboxView, table};
use super::test_message::{TestView, test_message};
use crate::domain::id::{ApplicationId, PoolId};
use crate::page::frame::Frame;
use crate::page::parts::{Field, calm, copy_button, csrf, icon};
use crate::page::words::FieldProblem;

/// What stands fast of an application, for what is copied into its code.
#[derive(Debug, Clone, Copy)]
pub struct ApplicationFacts<'a> {
    /// Its id.
    pub id: ApplicationId,
    /// Its name as it is registered.
    pub name: &'a str,
    /// Its pool.
    pub pool: PoolId,
    /// Origin of its own host.
    pub origin: &'a str,
    /// Origin of the base host.
    pub base: &'a str,
    /// A log-in callback that names one address.
    pub callback: Option<&'a str>,
    /// A log-out callback, likewise.
    pub bye: Option<&'a str>,
    /// The link that logs out and goes there.
    pub log_out: &'a str,
    /// Whether it has a secret.
    pub proves_itself: bool,
}

impl ApplicationFacts<'_> {
    /// An address on its own host.
    pub(super) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    /// The issuer.
    pub(super) fn issuer(&self) -> String {
        self.at("/oidc")
    }

    /// The call that forces people out of it.
    pub(super) fn kick(&self) -> String {
        format!("{}/api/v2/applications/{}/kick-active-users", self.base, self.id)
    }
}

/// Its settings as a file of environment variables. The secret is left open: it is shown once, when it is made.
pub fn env_file(facts: &ApplicationFacts) -> String {
    let mut lines = vec![
        ("AUTHING_APP_ID", facts.id.to_string()),
        ("AUTHING_APP_HOST", facts.origin.to_owned()),
        ("AUTHING_USER_POOL_ID", facts.pool.to_string()),
        ("OIDC_ISSUER", facts.issuer()),
        ("OIDC_CLIENT_ID", facts.id.to_string()),
    ];
    if facts.proves_itself {
        lines.push(("OIDC_CLIENT_SECRET", String::new()));
    }
    lines.extend([
        ("OIDC_REDIRECT_URI", facts.callback.unwrap_or_default().to_owned()),
        ("OIDC_POST_LOGOUT_REDIRECT_URI", facts.bye.unwrap_or_default().to_owned()),
    ]);
    let mut text = format!("# {}\n", calm(facts.name));
    for (key, value) in lines {
        text.push_str(&format!("{key}={}\n", quoted(&value)));
    }
    text
}

/// A value that readers of such files take as it stands: what they would expand or cut off is quoted.
fn quoted(value: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || ":/._-".contains(c);
    if value.chars().all(plain) { value.to_owned() } else { format!("'{}'", value.replace('\'', "%27")) }
}

/// How long things last, in seconds.
#[derive(Debug, Clone, Copy, Default)]
pub struct LifetimesView {
    /// An access token.
    pub access: u32,
    /// A refresh token and all its successors.
    pub refresh: u32,
    /// A session that nobody uses.
    pub idle: u32,
    /// Any session.
    pub absolute: u32,
}

/// What the configuration of one application shows.
#[derive(Debug, Clone)]
pub struct ApplicationView<'a> {
    /// What stands fast.
    pub facts: ApplicationFacts<'a>,
    /// Its identifier as it is registered; typed once more to delete it.
    pub identifier: &'a str,
    /// The form.
    pub form: ApplicationForm,
    /// Whether it hears of log-outs.
    pub test: TestView<'a>,
    /// How long things last.
    pub lifetimes: LifetimesView,
    /// Why it was not deleted.
    pub delete_problem: Option<FieldProblem>,
}

/// The way to a page of an application.
pub(super) fn crumbs<'a>(frame: &Frame, facts: &ApplicationFacts<'a>, last: Option<(&'a str, &str)>) -> Vec<Crumb<'a>> {
    let home = format!("/console/applications/{}", facts.id);
    let mut crumbs = vec![
        Crumb::new(frame.words().console.applications, "/console/applications"),
        Crumb::new(facts.name, home.clone()),
    ];
    crumbs.extend(last.map(|(label, path)| Crumb::new(label, format!("{home}/{path}"))));
    crumbs
}

/// The name of an application, its id to be copied, and its tabs.
pub(super) fn head(frame: &Frame, facts: &ApplicationFacts, tab: ApplicationTab) -> Markup {
    let line = html! {
        (frame.words().applications.app_id) " " code #title-id { (facts.id) } " " (copy_button(frame, "title-id", None))
    };
    html! {
        (title(&calm(facts.name), &line, &html! {}))
        (application_tabs(frame, facts.id, &calm(facts.name), tab))
    }
}

/// The configuration of one application.
pub fn application(frame: &Frame, rail: &Rail, view: &ApplicationView) -> Markup {
    let facts = &view.facts;
    let home = format!("/console/applications/{}", facts.id);
    let sent = Sent { action: &home, part: ApplicationPart::Configuration, act: frame.words().common.save };
    let main = html! {
        (head(frame, facts, ApplicationTab::Settings))
        (form(frame, sent, &view.form))
        (test_message(frame, &home, &view.test))
        (endpoints(frame, facts))
        (lifetimes(frame, &view.lifetimes))
        (danger(frame, view, &home))
    };
    let error = view.form.is_refused() || view.delete_problem.is_some();
    let crumbs = crumbs(frame, facts, None);
    room(
        frame,
        rail,
        &Room { title: &calm(facts.name), error, section: Section::Applications, crumbs, slip: true, main },
    )
}

/// How one application speaks OpenID Connect.
pub fn application_protocol(frame: &Frame, rail: &Rail, facts: &ApplicationFacts, shown: &ApplicationForm) -> Markup {
    let words = &frame.words().applications;
    let action = format!("/console/applications/{}/protocol", facts.id);
    let sent = Sent { action: &action, part: ApplicationPart::Protocol, act: frame.words().common.save };
    let main = html! { (head(frame, facts, ApplicationTab::Protocol)) (form(frame, sent, shown)) };
    let (error, crumbs) = (shown.is_refused(), crumbs(frame, facts, Some((words.protocol, "protocol"))));
    room(frame, rail, &Room { title: words.protocol, error, section: Section::Applications, crumbs, slip: true, main })
}

/// What one application was told of log-outs, and is owed.
pub fn application_deliveries(frame: &Frame, rail: &Rail, facts: &ApplicationFacts, view: &OutboxView) -> Markup {
    let words = &frame.words().console;
    let main = html! {
        (head(frame, facts, ApplicationTab::Deliveries))
        div { (table(frame, view)) (pages(frame, view.first.as_deref(), view.next.as_deref())) }
    };
    let crumbs = crumbs(frame, facts, Some((words.deliveries, "deliveries")));
    room(
        frame,
        rail,
        &Room { title: words.deliveries, error: false, section: Section::Applications, crumbs, slip: false, main },
    )
}

/// What developers copy, each with a button, and all of it as one file.
fn endpoints(frame: &Frame, facts: &ApplicationFacts) -> Markup {
    let (words, protocol, apps) = (&frame.words().directory, &frame.words().protocol, &frame.words().applications);
    let openid = [
        ("endpoint-issuer", protocol.issuer, facts.issuer()),
        ("endpoint-discovery", protocol.discovery, facts.at("/oidc/.well-known/openid-configuration")),
        ("endpoint-authorization", protocol.authorization, facts.at("/oidc/auth")),
        ("endpoint-token", protocol.token, facts.at("/oidc/token")),
        ("endpoint-userinfo", protocol.userinfo, facts.at("/oidc/me")),
        ("endpoint-end-session", protocol.end_session, facts.at("/oidc/session/end")),
        ("endpoint-jwks", protocol.keys, facts.at("/oidc/.well-known/jwks.json")),
    ];
    let people = [
        ("endpoint-host", words.endpoint_host, facts.origin.to_owned()),
        ("endpoint-login", words.endpoint_login, facts.at("/login")),
        ("endpoint-logout", words.endpoint_logout, facts.at("/login/profile/logout?redirect_uri=")),
        ("endpoint-kick", words.endpoint_kick, facts.kick()),
    ];
    let list = |pairs: &[(&str, &str, String)]| {
        html! {
            @for (id, label, url) in pairs { dt { (label) } dd { code #(id) { (url) } (copy_button(frame, id, None)) } }
        }
    };
    html! {
        section #endpoints {
            div.head { h2 { (words.endpoints) } }
            h3 { (protocol.for_openid) }
            dl.pairs.ends {
                dt { (apps.app_id) span.hint { "client_id" } }
                dd { code #app-id { (facts.id) } (copy_button(frame, "app-id", None)) }
                (list(&openid))
            }
            h3 { (protocol.for_people) }
            dl.pairs.ends { (list(&people)) }
            div.acts {
                button.btn.s type="button" hidden data-copy="env" data-done=(frame.words().common.copied) { (icon("copy")) span { (apps.env_copy) } }
                a.btn.s href={ "/console/applications/" (facts.id) "/env" } download { (apps.env_download) }
            }
            details.more {
                summary { (icon("down")) (apps.env_show) }
                pre.code #env { (env_file(facts)) }
                @if facts.proves_itself { p.small { (apps.env_line) } }
            }
        }
    }
}

/// What the operator decided for all applications.
fn lifetimes(frame: &Frame, view: &LifetimesView) -> Markup {
    let words = &frame.words().applications;
    let spans = [
        (words.access_token, view.access),
        (words.refresh_token, view.refresh),
        (words.session_idle, view.idle),
        (words.session_absolute, view.absolute),
    ];
    html! {
        section #lifetimes {
            div.head { h2 { (words.lifetimes) } }
            dl.pairs { @for (label, seconds) in spans { dt { (label) } dd { (words.span(seconds)) } } }
            p.small { (words.lifetimes_line) " " a href="/console/settings" { (words.settings) } }
        }
    }
}

fn danger(frame: &Frame, view: &ApplicationView, home: &str) -> Markup {
    let words = &frame.words().directory;
    let confirm = (words.confirm_name)(&calm(view.identifier));
    html! {
        section #danger {
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
                    p.small { ((words.delete_application_line)(&calm(view.facts.name))) }
                    (Field { problem: view.delete_problem, ..Field::text("confirm", &confirm, "") }.markup(frame))
                }
                button.btn.s.ends { (words.delete_application) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_in_the_file_is_taken_as_it_stands() {
        assert_eq!(quoted("https://a.example:8443/cb"), "https://a.example:8443/cb");
        assert_eq!(quoted("https://a.example/$HOME?x=1&y='"), "'https://a.example/$HOME?x=1&y=%27'");
        assert_eq!(quoted(""), "");
    }

    #[test]
    fn the_file_holds_no_secret_and_only_lines_of_its_own() {
        let facts = ApplicationFacts {
            id: ApplicationId::from_random([1; 12]),
            name: "Notes\nEVIL=1\u{202e}",
            pool: PoolId::from_random([2; 12]),
            origin: "https://notes.acme.lan",
            base: "https://acme.lan",
            callback: Some("https://notes.acme.lan/cb"),
            bye: None,
            log_out: "",
            proves_itself: true,
        };
        let file = env_file(&facts);
        assert!(file.starts_with("# NotesEVIL=1\nAUTHING_APP_ID=0101"), "{file}");
        assert!(file.contains("\nOIDC_ISSUER=https://notes.acme.lan/oidc\n"), "{file}");
        assert!(file.contains("\nOIDC_CLIENT_SECRET=\n"), "{file}");
        assert!(!env_file(&ApplicationFacts { proves_itself: false, ..facts }).contains("SECRET"));
    }
}
