//! The parts of an application's form that say how it hears of log-outs and how it speaks OpenID Connect.

use maud::{Markup, html};

use super::application_form::{ApplicationField as Of, ApplicationForm, DefaultChoice};
use crate::domain::oauth::{AuthMethod, GrantType, ResponseType, TokenAlg};
use crate::page::frame::Frame;
use crate::page::parts::{Field, icon};
use crate::page::words::Protocol as Words;

/// A box to tick, its meaning beside it.
struct Tick<'a> {
    id: String,
    field: &'static str,
    value: &'static str,
    ticked: bool,
    label: &'a str,
    hint: Option<&'a str>,
}

impl Tick<'_> {
    fn one<'a>(field: &'static str, ticked: bool, label: &'a str, hint: Option<&'a str>) -> Tick<'a> {
        Tick { id: field.to_owned(), field, value: "1", ticked, label, hint }
    }

    fn markup(&self) -> Markup {
        html! {
            label.check {
                input type="checkbox" #(self.id) name=(self.field) value=(self.value) checked[self.ticked];
                span { (self.label) @if let Some(hint) = self.hint { small { (hint) } } }
            }
        }
    }
}

/// Whether the base host means this application, and whether people may register themselves in it.
pub(super) fn basics(frame: &Frame, form: &ApplicationForm) -> Markup {
    let words = &frame.words().protocol;
    html! {
        @match form.default {
            DefaultChoice::Is => p.small { (words.is_default) },
            DefaultChoice::Chosen | DefaultChoice::No => {
                (Tick::one("default", form.default == DefaultChoice::Chosen, words.make_default, Some(words.default_hint)).markup())
            }
        }
        (Tick::one("self_registration", form.protocol.self_registration, words.registration, Some(words.registration_hint)).markup())
    }
}

/// How it is told that somebody left.
pub(super) fn telling(frame: &Frame, form: &ApplicationForm) -> Markup {
    let (words, protocol) = (&frame.words().protocol, &form.protocol);
    let address = |of: Of, label, held: &Option<String>, hint| {
        let typed = held.as_deref().unwrap_or_default();
        let field = Field {
            hint: Some(hint),
            optional: true,
            problem: form.problem(of),
            ..Field::text(of.as_str(), label, typed)
        };
        field.markup(frame)
    };
    let flag = |field, ticked, label| Tick::one(field, ticked, label, Some(words.always_sent)).markup();
    html! {
        h2 { (words.telling) }
        (address(Of::BackchannelLogoutUri, words.backchannel, &protocol.backchannel_logout_uri, words.backchannel_hint))
        (flag("backchannel_logout_session_required", protocol.backchannel_session_required, words.backchannel_session))
        (address(Of::FrontchannelLogoutUri, words.frontchannel, &protocol.frontchannel_logout_uri, words.frontchannel_hint))
        (flag("frontchannel_logout_session_required", protocol.frontchannel_session_required, words.frontchannel_session))
        (Tick::one("tokens_outlive_logout", protocol.tokens_outlive_logout, words.outlive, Some(words.outlive_hint)).markup())
    }
}

/// How it proves itself, what it may ask for, how tokens are signed for it.
pub(super) fn protocol(frame: &Frame, form: &ApplicationForm) -> Markup {
    let (words, protocol) = (&frame.words().protocol, &form.protocol);
    let methods = AuthMethod::ALL
        .iter()
        .map(|method| (method.as_str(), Words::auth_method(frame.lang, *method), *method == protocol.auth_method));
    let algs =
        TokenAlg::ALL.iter().map(|alg| (alg.as_str(), Words::alg(frame.lang, *alg), *alg == protocol.id_token_alg));
    html! {
        h2 { (words.protocol) }
        (choice(frame, form, Of::AuthMethod, (words.proves, None), methods))
        (keys(frame, form))
        (grants(frame, form))
        (old_flows(frame, form))
        (choice(frame, form, Of::IdTokenAlg, (words.signature, Some(words.signature_hint)), algs))
    }
}

/// One of several, each with its name on the wire.
fn choice<'a>(
    frame: &Frame,
    form: &ApplicationForm,
    of: Of,
    (label, hint): (&str, Option<&str>),
    options: impl Iterator<Item = (&'a str, &'a str, bool)>,
) -> Markup {
    let (id, problem) = (of.as_str(), form.problem(of));
    let (why, about) = (format!("{id}-why"), format!("{id}-hint"));
    let described: Vec<&str> =
        [problem.map(|_| why.as_str()), hint.map(|_| about.as_str())].into_iter().flatten().collect();
    html! {
        div.field {
            label for=(id) { (label) }
            select.input #(id) name=(id) aria-invalid=[problem.map(|_| "true")]
                aria-describedby=[(!described.is_empty()).then(|| described.join(" "))] {
                @for (value, meaning, chosen) in options {
                    option value=(value) selected[chosen] { ((frame.words().applications.on_the_wire)(meaning, value)) }
                }
            }
            @if let Some(problem) = problem { p.why #(why) { (problem.sentence(frame.lang)) } }
            @if let Some(hint) = hint { p.hint #(about) { (hint) } }
        }
    }
}

fn keys(frame: &Frame, form: &ApplicationForm) -> Markup {
    let (words, problem) = (&frame.words().protocol, form.problem(Of::Jwks));
    let described = if problem.is_some() { "jwks-why jwks-hint" } else { "jwks-hint" };
    html! {
        div.field {
            label for="jwks" { (words.jwks) " " span.hint { (frame.words().common.optional) } }
            textarea.area #jwks name="jwks" rows="3" spellcheck="false" autocapitalize="none" autocomplete="off"
                aria-invalid=[problem.map(|_| "true")] aria-describedby=(described) { (form.protocol.jwks.as_deref().unwrap_or_default()) }
            @if let Some(problem) = problem { p.why #jwks-why { (problem.sentence(frame.lang)) } }
            p.hint #jwks-hint { (words.jwks_hint) }
        }
    }
}

/// The grants; the implicit one comes with the flows that need it.
fn grants(frame: &Frame, form: &ApplicationForm) -> Markup {
    let problem = form.problem(Of::GrantTypes);
    let shown = GrantType::ALL.iter().filter(|grant| **grant != GrantType::Implicit);
    let tick = |grant: &GrantType| {
        let (label, hint) = Words::grant(frame.lang, *grant);
        let (field, value) = (Of::GrantTypes.as_str(), grant.as_str());
        Tick { id: format!("grant-{value}"), field, value, ticked: form.protocol.may(*grant), label, hint: Some(hint) }
    };
    html! {
        fieldset.status #grant_types {
            legend { (frame.words().protocol.grants) }
            @if let Some(problem) = problem { p.small.end-text { (problem.sentence(frame.lang)) } }
            @for grant in shown { (tick(grant).markup()) }
        }
    }
}

/// What is off unless an old application needs it.
fn old_flows(frame: &Frame, form: &ApplicationForm) -> Markup {
    let (words, on) = (&frame.words().protocol, &form.protocol.response_types);
    let problem = form.problem(Of::ResponseTypes);
    let old = || ResponseType::ALL.iter().filter(|kind| **kind != ResponseType::Code);
    let tick = |kind: &ResponseType| {
        let (field, value) = (Of::ResponseTypes.as_str(), kind.as_str());
        let id = format!("response-{}", value.replace(' ', "-"));
        Tick { id, field, value, ticked: on.contains(kind), label: value, hint: None }
    };
    html! {
        details.more #response_types open[problem.is_some() || old().any(|kind| on.contains(kind))] {
            summary { (icon("down")) (words.old_flows) }
            p.small { (words.old_flows_warning) }
            @if let Some(problem) = problem { p.small.end-text { (problem.sentence(frame.lang)) } }
            @for kind in old() { (tick(kind).markup()) }
        }
    }
}
