//! Applications: the list, the pages of one, a new one, its secret.

use maud::Markup;

use super::console::RAIL;
use super::people::{MINUTE, NOW, Stage, application, chrome, hostile};
use crate::domain::application::Protocol;
use crate::domain::id::{EndingId, PoolId};
use crate::domain::oauth::{AuthMethod, GrantType, ResponseType, TokenAlg};
use crate::domain::redirect::{Differs, ListKind};
use crate::page::console::{
    ApplicationFacts, ApplicationField, ApplicationForm, ApplicationKind, ApplicationRow, ApplicationView,
    ApplicationsView, Callbacks, DefaultChoice, Delivery, DeliveryState, FormState, LifetimesView, Line, OutboxRow,
    OutboxView, Recipient, SecretView, Stored, TestView, Trial, TrialVerdict, Verdict, application as application_page,
    application_deliveries, application_protocol, applications, new_application, quick_start, secret,
};
use crate::page::words::{Channel, FieldProblem, Rule, Trouble};

pub(super) fn pages(stage: &Stage) -> Vec<(&'static str, Markup)> {
    let mut pages = lists(stage);
    pages.extend(configurations(stage));
    pages.extend(protocols(stage));
    pages.extend(trials(stage));
    pages.extend(quick_starts(stage));
    pages.extend(new_ones(stage));
    pages.extend(deliveries(stage));
    pages
}

fn lists(stage: &Stage) -> Vec<(&'static str, Markup)> {
    let frame = stage.admin();
    let row = |n: u8, name: String, kind, callbacks| ApplicationRow {
        id: application(n),
        name,
        identifier: ["notes", "mail", "wiki", "timesheet", "library", "x"][usize::from(n % 6)].to_owned(),
        is_default: n == 0,
        kind,
        online: [21u32, 17, 9, 4, 0, 0][usize::from(n % 6)].into(),
        logins: [31, 42, 28, 0, 3, 40, 26].map(|at: u32| at.saturating_sub(u32::from(n) * 9)),
        callbacks,
    };
    let names = &stage.applications;
    let rows = vec![
        row(0, names[0].clone(), ApplicationKind::Server, Callbacks::Complete),
        row(1, names[1].clone(), ApplicationKind::Server, Callbacks::Complete),
        row(2, names[2].clone(), ApplicationKind::Public, Callbacks::NoLogout),
        row(3, names[3].clone(), ApplicationKind::Server, Callbacks::NoLogin),
        row(4, names[4].clone(), ApplicationKind::Program, Callbacks::Complete),
        ApplicationRow {
            identifier: "a-label-of-the-greatest-length-that-a-name-of-a-host-can-have-yes".to_owned(),
            ..row(5, hostile(), ApplicationKind::Public, Callbacks::NoLogin)
        },
    ];
    vec![
        ("applications", applications(&frame, &RAIL, &ApplicationsView { applications: rows })),
        ("applications-empty", applications(&frame, &RAIL, &ApplicationsView::default())),
    ]
}

fn facts(stage: &Stage) -> ApplicationFacts<'_> {
    ApplicationFacts {
        id: application(0),
        name: &stage.applications[0],
        pool: PoolId::from_random([0x5f; 12]),
        origin: "https://notes.acme.lan",
        base: "https://acme.lan",
        callback: Some("https://notes.acme.lan/callback"),
        bye: Some("https://notes.acme.lan/bye"),
        log_out: "https://notes.acme.lan/login/profile/logout?redirect_uri=https%3A%2F%2Fnotes.acme.lan%2Fbye",
        proves_itself: true,
    }
}

fn line(typed: &str, verdict: Verdict) -> Line {
    Line { typed: typed.to_owned(), verdict }
}

fn fine(url: &str) -> Line {
    line(url, Verdict::Fine(url.to_owned()))
}

fn filled(stage: &Stage) -> ApplicationForm {
    ApplicationForm {
        name: stage.applications[0].clone(),
        identifier: "notes".to_owned(),
        redirect_uris: vec![
            fine("https://notes.acme.lan/callback"),
            line("HTTPS://Notes.acme.lan:443/cb", Verdict::Fine("https://notes.acme.lan/cb".to_owned())),
        ],
        logout_redirect_uris: vec![fine("https://notes.acme.lan/bye")],
        protocol: Protocol {
            backchannel_logout_uri: Some("https://notes.acme.lan/backchannel".to_owned()),
            backchannel_session_required: true,
            ..Protocol::default()
        },
        default: DefaultChoice::Is,
        seen: Some(NOW),
        ..ApplicationForm::default()
    }
}

fn refused(stage: &Stage) -> ApplicationForm {
    ApplicationForm {
        logout_redirect_uris: vec![
            fine("https://notes.acme.lan/bye"),
            line("https://*.com/bye", Verdict::Refused(Rule::PublicSuffix)),
            line("javascript:alert(1)", Verdict::Refused(Rule::Scheme)),
            // A field holds what was typed, marks and all; below it they are dropped.
            line(&hostile().replace('\u{202e}', ""), Verdict::Refused(Rule::Unreadable)),
        ],
        protocol: Protocol {
            backchannel_logout_uri: Some("http://169.254.169.254/latest".to_owned()),
            frontchannel_logout_uri: Some("https://elsewhere.example/*".to_owned()),
            auth_method: AuthMethod::None,
            grant_types: vec![GrantType::AuthorizationCode, GrantType::ClientCredentials],
            response_types: vec![ResponseType::Code, ResponseType::IdTokenToken],
            id_token_alg: TokenAlg::Hs256,
            jwks: Some(r#"{"keys":[]}"#.to_owned()),
            ..Protocol::default()
        },
        default: DefaultChoice::Chosen,
        seen: None,
        problems: vec![
            (ApplicationField::Identifier, FieldProblem::NotAnIdentifier),
            (ApplicationField::BackchannelLogoutUri, FieldProblem::Address(Rule::ForbiddenHost)),
            (ApplicationField::FrontchannelLogoutUri, FieldProblem::NoWildcard),
            (ApplicationField::Jwks, FieldProblem::NoKeys),
            (ApplicationField::GrantTypes, FieldProblem::NeedsProof),
            (ApplicationField::IdTokenAlg, FieldProblem::NeedsProof),
        ],
        ..filled(stage)
    }
}

fn whole(stage: &Stage, form: ApplicationForm) -> ApplicationView<'_> {
    ApplicationView {
        facts: facts(stage),
        identifier: "notes",
        form,
        test: TestView { address: Some("https://notes.acme.lan/backchannel"), last: None },
        lifetimes: LifetimesView { access: 600, refresh: 1_209_600, idle: 259_200, absolute: 1_209_600 },
        delete_problem: None,
    }
}

fn configurations(stage: &Stage) -> Vec<(&'static str, Markup)> {
    let frame = stage.admin();
    let view = whole(stage, filled(stage));
    let draw = |form: ApplicationForm| application_page(&frame, &RAIL, &ApplicationView { form, ..view.clone() });
    let heard = |state| {
        let test = TestView { last: Some((NOW, state)), ..view.test };
        application_page(&frame, &RAIL, &ApplicationView { test, ..view.clone() })
    };
    let stale = FormState::Stale(vec![
        (ApplicationField::Name, Stored::Lines(vec![hostile()])),
        (
            ApplicationField::RedirectUris,
            Stored::Lines(vec!["https://notes.acme.lan/callback".to_owned(), "https://new.acme.lan/cb".to_owned()]),
        ),
        (ApplicationField::LogoutRedirectUris, Stored::Lines(Vec::new())),
        (ApplicationField::SelfRegistration, Stored::Switch(true)),
    ]);
    let bare = ApplicationForm { redirect_uris: Vec::new(), logout_redirect_uris: Vec::new(), ..filled(stage) };
    let long = hostile();
    let strange = ApplicationView {
        facts: ApplicationFacts { name: &long, ..view.facts },
        form: ApplicationForm { name: long.clone(), ..filled(stage) },
        ..view.clone()
    };
    vec![
        ("application", draw(filled(stage))),
        ("application-saved", draw(ApplicationForm { state: FormState::Saved, ..filled(stage) })),
        ("application-stale", draw(ApplicationForm { state: stale, ..filled(stage) })),
        (
            "application-changed-refused",
            draw(ApplicationForm { seen: Some(NOW), default: DefaultChoice::Is, ..refused(stage) }),
        ),
        ("application-bare", draw(bare)),
        ("application-hostile", application_page(&frame, &RAIL, &strange)),
        (
            "application-not-deleted",
            application_page(
                &frame,
                &RAIL,
                &ApplicationView { delete_problem: Some(FieldProblem::NotThatName), ..view.clone() },
            ),
        ),
        (
            "application-deaf",
            application_page(&frame, &RAIL, &ApplicationView { test: TestView::default(), ..view.clone() }),
        ),
        ("application-heard", heard(DeliveryState::Acked { ms: 38, status: Some(200) })),
        ("application-refuses", heard(DeliveryState::GaveUp { ms: 41, trouble: Trouble::Status(400) })),
        ("application-silent", heard(DeliveryState::GaveUp { ms: 5_002, trouble: Trouble::TimedOut })),
        ("application-asked", heard(DeliveryState::Waiting)),
    ]
}

fn protocols(stage: &Stage) -> Vec<(&'static str, Markup)> {
    let (frame, facts) = (stage.admin(), facts(stage));
    let draw = |form: &ApplicationForm| application_protocol(&frame, &RAIL, &facts, form);
    let stale = FormState::Stale(vec![(ApplicationField::IdTokenAlg, Stored::Lines(vec!["ES256".to_owned()]))]);
    let mut wrong = ApplicationForm { seen: Some(NOW), ..refused(stage) };
    wrong.logout_redirect_uris.truncate(1);
    wrong.problems.drain(..3);
    vec![
        ("application-protocol", draw(&filled(stage))),
        ("application-protocol-saved", draw(&ApplicationForm { state: FormState::Saved, ..filled(stage) })),
        ("application-protocol-stale", draw(&ApplicationForm { state: stale, ..filled(stage) })),
        ("application-protocol-refused", draw(&wrong)),
    ]
}

fn trials(stage: &Stage) -> Vec<(&'static str, Markup)> {
    let frame = stage.admin();
    let draw = |url: &str, list, verdict| {
        let trial = Trial { url: url.to_owned(), list, verdict: Some(verdict) };
        let form = ApplicationForm { state: FormState::Checked, trial, ..filled(stage) };
        application_page(&frame, &RAIL, &whole(stage, form))
    };
    let allowed = TrialVerdict::Allowed {
        entry: "https://notes.acme.lan/bye".to_owned(),
        sent: "https://notes.acme.lan/bye".to_owned(),
        as_text: false,
    };
    let differs = TrialVerdict::Differs {
        differs: Differs::Path,
        asked: "https://notes.acme.lan/bye/2".to_owned(),
        entry: "https://notes.acme.lan/bye".to_owned(),
        at: 26,
    };
    vec![
        ("application-trial-allowed", draw("HTTPS://notes.acme.lan:443/bye", ListKind::Logout, allowed)),
        ("application-trial-differs", draw("https://notes.acme.lan/bye/2", ListKind::Login, differs)),
        ("application-trial-refused", draw(&hostile(), ListKind::Logout, TrialVerdict::Refused(Rule::Unreadable))),
    ]
}

fn quick_starts(stage: &Stage) -> Vec<(&'static str, Markup)> {
    let (frame, facts, long) = (stage.admin(), facts(stage), hostile());
    let bare = ApplicationFacts { name: &long, callback: None, bye: None, proves_itself: false, ..facts };
    vec![
        ("application-quick-start", quick_start(&frame, &RAIL, &facts)),
        ("application-quick-start-bare", quick_start(&frame, &RAIL, &bare)),
    ]
}

fn new_ones(stage: &Stage) -> Vec<(&'static str, Markup)> {
    let frame = stage.admin();
    let fresh =
        SecretView { id: application(0), name: &stage.applications[0], secret: "0f1e2d3c4b5a69788796a5b4c3d2e1f0" };
    let checked = ApplicationForm { state: FormState::Checked, problems: Vec::new(), ..refused(stage) };
    vec![
        ("application-new", new_application(&frame, &RAIL, &ApplicationForm::default())),
        ("application-refused", new_application(&frame, &RAIL, &refused(stage))),
        ("application-checked", new_application(&frame, &RAIL, &checked)),
        ("application-secret", secret(&frame, &RAIL, &fresh)),
    ]
}

fn deliveries(stage: &Stage) -> Vec<(&'static str, Markup)> {
    let (frame, facts) = (stage.admin(), facts(stage));
    let row = |n: i64, who: String, state, receipt| OutboxRow {
        at: NOW.plus_ms(-n * MINUTE),
        receipt,
        delivery: Delivery {
            number: Some(n),
            recipient: Some(Recipient { id: application(0), name: stage.applications[0].clone(), is_there: true }),
            about: receipt.map(|_| (who, chrome())),
            channel: Channel::BackChannel,
            state,
            attempts_ms: vec![38],
        },
        address: Some("https://notes.acme.example/backchannel".to_owned()),
        claims: "{\n  \"aud\": \"6099a1b2c3d4e5f60718293a\"\n}".to_owned(),
    };
    let receipt = Some(EndingId::from_random([7; 12]));
    let retrying = DeliveryState::Retrying { attempt: 3, of: 5, in_ms: 40_000, trouble: Trouble::Status(503) };
    let rows = vec![
        row(1, stage.pick("李雷", "Li Lei").to_owned(), DeliveryState::Waiting, receipt),
        row(2, hostile(), retrying, receipt),
        row(30, "Maya Okafor".to_owned(), DeliveryState::Acked { ms: 38, status: Some(200) }, receipt),
        row(90, String::new(), DeliveryState::GaveUp { ms: 41, trouble: Trouble::Status(400) }, None),
    ];
    let some = OutboxView { rows, next: Some("?before=1".to_owned()), ..OutboxView::default() };
    vec![
        ("application-deliveries", application_deliveries(&frame, &RAIL, &facts, &some)),
        ("application-deliveries-none", application_deliveries(&frame, &RAIL, &facts, &OutboxView::default())),
    ]
}
