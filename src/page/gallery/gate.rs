//! Log in, log out, farewell, errors.

use maud::Markup;

use super::people::{DAY, HOUR, NOW, Stage, chrome, hostile};
use crate::domain::redirect::Differs;
use crate::page::docs::{AnsweredRow, DocsView, MissingRow, authing};
use crate::page::error::{ErrorView, OldFormView, error, old_form};
use crate::page::frame::Frame;
use crate::page::login::{AppFace, LoginProblem, LoginView, OwnRoom, login};
use crate::page::logout::{
    ConfirmView, DepartingView, Refused, SignedOutView, Told, ToldState, confirm, departing, signed_out,
};
use crate::page::password_link::{PasswordLinkView, dead, password_link};
use crate::page::personal_center::PasswordField;
use crate::page::register::{RegisterField, RegisterView, RegisterWait, closed, register};
use crate::page::setup::{SetupField, SetupView, setup, waiting};
use crate::page::words::{Cause, FieldProblem, Lang, Rule};

pub(super) fn pages(stage: &Stage) -> Vec<(&'static str, Markup)> {
    let mut pages = logins(stage);
    pages.extend(setups(stage));
    pages.extend(registering(stage));
    pages.extend(password_links(stage));
    pages.extend(leaving(stage));
    pages.extend(farewells(stage));
    pages.extend(errors(stage));
    pages.push(("docs-authing", docs(stage)));
    pages
}

fn logins(stage: &Stage) -> Vec<(&'static str, Markup)> {
    let frame = stage.stranger();
    let view = LoginView {
        application: AppFace { name: &stage.applications[0], identifier: "notes" },
        own: None,
        return_host: Some("notes.acme.lan"),
        action: "/login",
        next: "opaque",
        identifier: "",
        strollers: &[],
        register: None,
        problem: None,
    };
    let with = |problem| login(&frame, &LoginView { identifier: "lilei@acme.example", problem: Some(problem), ..view });
    let long = hostile();
    let people = [
        ("lilei", stage.pick("李雷", "Li Lei")),
        ("hanmeimei", stage.pick("韩梅梅", "Han Meimei")),
        ("maya", "Maya Okafor"),
        ("chenliqun", stage.pick("陈立群", "Chen Liqun")),
    ];
    vec![
        ("login", login(&frame, &view)),
        ("login-console", login(&frame, &LoginView { own: Some(OwnRoom::Console), ..view })),
        ("login-own", login(&frame, &LoginView { own: Some(OwnRoom::PersonalCenter), ..view })),
        ("login-demo", login(&frame, &LoginView { strollers: &people, ..view })),
        ("login-register", login(&frame, &LoginView { register: Some("/register"), ..view })),
        ("login-missing", with(LoginProblem::Missing { identifier: true, password: true })),
        ("login-wrong", with(LoginProblem::Wrong { attempts_left: Some(4) })),
        ("login-last", with(LoginProblem::WrongLast { seconds: 30 })),
        ("login-throttled", with(LoginProblem::Throttled { seconds: 40 })),
        ("login-busy", with(LoginProblem::Busy)),
        ("login-expired", with(LoginProblem::Expired)),
        ("login-disabled", with(LoginProblem::Disabled)),
        (
            "login-hostile",
            login(
                &frame,
                &LoginView {
                    application: AppFace { name: &long, identifier: "x" },
                    return_host: None,
                    identifier: &long,
                    problem: Some(LoginProblem::Wrong { attempts_left: None }),
                    ..view
                },
            ),
        ),
    ]
}

fn setups(stage: &Stage) -> Vec<(&'static str, Markup)> {
    let frame = stage.stranger();
    let view = SetupView { token: "t", redirect_uris: "http://localhost:3000/callback", ..SetupView::default() };
    let problems = vec![
        (SetupField::Username, FieldProblem::Missing),
        (SetupField::Password, FieldProblem::TooShort(8)),
        (SetupField::LogoutRedirectUris, FieldProblem::Address(Rule::Scheme)),
    ];
    let refused = SetupView { logout_redirect_uris: "ftp://a.example/", problems, ..view.clone() };
    vec![
        ("setup", setup(&frame, &view)),
        ("setup-refused", setup(&frame, &refused)),
        ("setup-waiting", waiting(&frame, false)),
        ("setup-worn-out", waiting(&frame, true)),
    ]
}

fn registering(stage: &Stage) -> Vec<(&'static str, Markup)> {
    let frame = Frame { path: "/register", ..stage.stranger() };
    let view = RegisterView {
        application: AppFace { name: &stage.applications[0], identifier: "notes" },
        return_host: "notes.acme.lan",
        action: "/register",
        next: "opaque",
        log_in: "/login",
        account: "",
        name: "",
        problems: Vec::new(),
        wait: None,
    };
    let typed = RegisterView { account: "lilei", name: stage.pick("李雷", "Li Lei"), ..view.clone() };
    let problems = vec![
        (RegisterField::Account, FieldProblem::Taken),
        (RegisterField::Password, FieldProblem::TooShort(8)),
        (RegisterField::Again, FieldProblem::NotTheSame),
    ];
    let long = hostile();
    let face = AppFace { name: &long, identifier: "x" };
    let odd =
        vec![(RegisterField::Account, FieldProblem::BadCharacters), (RegisterField::Name, FieldProblem::TooLong(200))];
    let waiting = RegisterView { wait: Some(RegisterWait::Throttled { seconds: 40 }), ..typed.clone() };
    vec![
        ("register", register(&frame, &view)),
        ("register-refused", register(&frame, &RegisterView { problems, ..typed.clone() })),
        ("register-throttled", register(&frame, &waiting)),
        ("register-busy", register(&frame, &RegisterView { wait: Some(RegisterWait::Busy), ..typed })),
        (
            "register-hostile",
            register(
                &frame,
                &RegisterView {
                    application: face,
                    return_host: &long,
                    account: &long,
                    name: &long,
                    problems: odd,
                    ..view
                },
            ),
        ),
        ("register-closed", closed(&frame, "/login")),
    ]
}

fn password_links(stage: &Stage) -> Vec<(&'static str, Markup)> {
    let frame = Frame { path: "/reset-password?token=t", ..stage.stranger() };
    let (name, identifier) = (stage.pick("李雷", "Li Lei"), "lilei");
    let view = PasswordLinkView { token: "t", name, identifier, problems: Vec::new() };
    let problems =
        vec![(PasswordField::New, FieldProblem::TooShort(8)), (PasswordField::Again, FieldProblem::NotTheSame)];
    let long = hostile();
    vec![
        ("password-link", password_link(&frame, &view)),
        ("password-link-refused", password_link(&frame, &PasswordLinkView { problems, ..view.clone() })),
        ("password-link-hostile", password_link(&frame, &PasswordLinkView { name: &long, identifier: &long, ..view })),
        ("password-link-dead", dead(&frame)),
    ]
}

fn leaving(stage: &Stage) -> Vec<(&'static str, Markup)> {
    let frame = stage.person();
    let leaving: Vec<_> = stage
        .applications
        .iter()
        .take(3)
        .cloned()
        .zip([5 * HOUR, 5 * HOUR - 600_000, DAY - 4 * HOUR].map(|back| NOW.plus_ms(-back)))
        .collect();
    let view = ConfirmView {
        action: "/logout/confirm",
        redirect_uri: "https://notes.acme.lan/bye",
        app_id: "",
        leaving: &leaving,
        other_devices: 2u32.into(),
        cancel: "/u",
    };
    vec![
        ("logout-confirm", confirm(&frame, &view)),
        ("logout-confirm-empty", confirm(&frame, &ConfirmView { leaving: &[], other_devices: 0u32.into(), ..view })),
    ]
}

fn farewells(stage: &Stage) -> Vec<(&'static str, Markup)> {
    let frame = stage.stranger();
    let device = chrome();
    let told: Vec<Told> = stage
        .applications
        .iter()
        .cloned()
        .zip([
            ToldState::Acked { ms: 38 },
            ToldState::Acked { ms: 52 },
            ToldState::Waiting,
            ToldState::Failed,
            ToldState::NotTold,
        ])
        .map(|(name, state)| Told { name, state })
        .collect();
    let view = SignedOutView {
        reason: Some(Cause::PersonalCenter),
        person: Some(stage.pick("李雷", "Li Lei")),
        at: Some(NOW),
        device: Some(&device),
        told: &told[..3],
        refused: None,
        log_in: "/login",
        frames: &[],
        may_be_asked_again: true,
    };
    let because = |reason| signed_out(&frame, &SignedOutView { reason, told: &[], ..view });
    let refused = Refused {
        address: "https://notes-acme.example.net/after?from=logout",
        rule: Rule::Differs(Differs::Host).sentence(stage.lang),
        developer: Some(("https://notes.acme.example/after", 13)),
    };
    let long = hostile();
    vec![
        ("departing", departing(&frame, &DepartingView { frames: &[], next: "#main" })),
        ("signed-out", signed_out(&frame, &view)),
        ("signed-out-told", signed_out(&frame, &SignedOutView { told: &told, ..view })),
        ("signed-out-refused", signed_out(&frame, &SignedOutView { refused: Some(refused), ..view })),
        (
            "signed-out-hostile",
            signed_out(
                &frame,
                &SignedOutView {
                    person: Some(&long),
                    refused: Some(Refused { address: &long, developer: None, ..refused }),
                    ..view
                },
            ),
        ),
        (
            "signed-out-nobody",
            signed_out(
                &frame,
                &SignedOutView { reason: None, person: None, at: None, device: None, told: &[], ..view },
            ),
        ),
        ("signed-out-kicked", because(Some(Cause::Kicked))),
        ("signed-out-password", because(Some(Cause::PasswordChanged))),
        ("signed-out-disabled", because(Some(Cause::Disabled))),
        ("signed-out-deleted", because(Some(Cause::Deleted))),
        ("signed-out-application", because(Some(Cause::ApplicationDeleted))),
        ("signed-out-expired", because(Some(Cause::Expired))),
        ("signed-out-replaced", because(Some(Cause::Replaced))),
    ]
}

fn docs(stage: &Stage) -> Markup {
    let row = |method, path, callers| AnsweredRow { method, path, callers };
    let frame = stage.stranger();
    let why = match frame.lang {
        Lang::Zh => "不支持 SAML，请使用 OpenID Connect",
        Lang::En => "SAML is not spoken; use OpenID Connect",
    };
    let view = DocsView {
        answered: vec![
            row("POST", "/api/v2/applications/{app}/kick-active-users", "REST; js 4 makeRestRequest"),
            row("GET", "/api/v2/logout", "js 4, guard, py 4, go 2, ios, android logout"),
        ],
        missing: vec![MissingRow { what: "/api/v2/saml-idp/*", why }],
    };
    authing(&frame, &view)
}

fn errors(stage: &Stage) -> Vec<(&'static str, Markup)> {
    let (stranger, person) = (stage.stranger(), stage.person());
    let back = Some((stage.applications[0].as_str(), "https://notes.acme.lan/"));
    let view = |status| ErrorView {
        status,
        request_id: "req_9f27c1d04b",
        retry_seconds: None,
        again_seconds: None,
        way_back: back,
    };
    let waiting = |status, seconds| ErrorView { retry_seconds: Some(seconds), way_back: None, ..view(status) };
    let typed = ("name".to_owned(), hostile());
    let old = OldFormView { action: "/u/profile", fields: &[typed], has_file: false };
    vec![
        ("error-400", error(&stranger, &view(400))),
        ("error-401", error(&stranger, &view(401))),
        ("error-403", error(&person, &view(403))),
        ("error-old-form", old_form(&person, &old)),
        ("error-404", error(&person, &view(404))),
        ("error-console-404", error(&Frame { path: "/console/nowhere", ..person }, &view(404))),
        ("error-405", error(&stranger, &view(405))),
        ("error-409", error(&person, &view(409))),
        ("error-413", error(&stranger, &view(413))),
        ("error-415", error(&stranger, &view(415))),
        ("error-421", error(&stranger, &ErrorView { way_back: None, ..view(421) })),
        ("error-429", error(&stranger, &waiting(429, 30))),
        ("error-500", error(&person, &view(500))),
        ("error-503", error(&person, &ErrorView { again_seconds: Some(5), ..waiting(503, 2) })),
    ]
}
