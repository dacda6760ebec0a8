//! Applications, users, access keys.

use maud::Markup;

use super::console::RAIL;
use super::people::{DAY, HOUR, NOW, Stage, application, chrome, hostile, safari, user};
use crate::domain::application::Protocol;
use crate::domain::id::AccessKeyId;
use crate::domain::oauth::{AuthMethod, GrantType, ResponseType, TokenAlg};
use crate::domain::user::Role;
use crate::page::console::{
    AccessKeyRow, AccessKeysView, ApplicationField, ApplicationForm, ApplicationRow, ApplicationView, ApplicationsView,
    DefaultChoice, DeliveryState, Line, SecretView, TestView, UserField, UserForm, UserLinkView, UserRow, UserView,
    UsersView, Verdict, access_keys, application as application_page, applications, new_application, new_user, secret,
    user as user_page, user_link, users,
};
use crate::page::words::{FieldProblem, Rule, Trouble};

pub(super) fn pages(stage: &Stage) -> Vec<(&'static str, Markup)> {
    let mut pages = application_pages(stage);
    pages.extend(user_pages(stage));
    pages.extend(key_pages(stage));
    pages
}

fn line(typed: &str, verdict: Verdict) -> Line {
    Line { typed: typed.to_owned(), verdict }
}

fn application_pages(stage: &Stage) -> Vec<(&'static str, Markup)> {
    let frame = stage.admin();
    let mut rows: Vec<ApplicationRow> = stage
        .applications
        .iter()
        .zip(0u8..)
        .map(|(name, n)| ApplicationRow {
            id: application(n),
            name: name.clone(),
            identifier: "notes".to_owned(),
            online: (21 - u32::from(n) * 5).into(),
            logout_addresses: u32::from(n % 3).into(),
        })
        .collect();
    rows.push(ApplicationRow { name: hostile(), online: 0u32.into(), ..rows[0].clone() });
    let fine = |url: &str| line(url, Verdict::Fine(url.to_owned()));
    let form = ApplicationForm {
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
        ..ApplicationForm::default()
    };
    let refused = ApplicationForm {
        logout_redirect_uris: vec![
            fine("https://notes.acme.lan/bye"),
            line("https://*.com/bye", Verdict::Refused(Rule::PublicSuffix)),
            line("javascript:alert(1)", Verdict::Refused(Rule::Scheme)),
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
        problems: vec![
            (ApplicationField::Identifier, FieldProblem::NotAnIdentifier),
            (ApplicationField::BackchannelLogoutUri, FieldProblem::Address(Rule::ForbiddenHost)),
            (ApplicationField::FrontchannelLogoutUri, FieldProblem::NoWildcard),
            (ApplicationField::Jwks, FieldProblem::NoKeys),
            (ApplicationField::GrantTypes, FieldProblem::NeedsProof),
            (ApplicationField::IdTokenAlg, FieldProblem::NeedsProof),
        ],
        ..form.clone()
    };
    let view = ApplicationView {
        id: application(0),
        name: &stage.applications[0],
        identifier: "notes",
        form,
        origin: "https://notes.acme.lan",
        base: "https://acme.lan",
        test: TestView { address: Some("https://notes.acme.lan/backchannel"), last: None },
        delete_problem: None,
    };
    let heard = |state| {
        let test = TestView { last: Some((NOW, state)), ..view.test };
        application_page(&frame, &RAIL, &ApplicationView { test, ..view.clone() })
    };
    let deaf = ApplicationView { test: TestView::default(), ..view.clone() };
    let saved = ApplicationForm { saved: true, ..view.form.clone() };
    let fresh =
        SecretView { id: application(0), name: &stage.applications[0], secret: "0f1e2d3c4b5a69788796a5b4c3d2e1f0" };
    vec![
        ("applications", applications(&frame, &RAIL, &ApplicationsView { applications: rows })),
        ("applications-empty", applications(&frame, &RAIL, &ApplicationsView::default())),
        ("application-new", new_application(&frame, &RAIL, &ApplicationForm::default())),
        ("application-refused", new_application(&frame, &RAIL, &refused)),
        ("application-saved", application_page(&frame, &RAIL, &ApplicationView { form: saved, ..view.clone() })),
        ("application", application_page(&frame, &RAIL, &view)),
        ("application-deaf", application_page(&frame, &RAIL, &deaf)),
        ("application-heard", heard(DeliveryState::Acked { ms: 38, status: Some(200) })),
        ("application-refuses", heard(DeliveryState::GaveUp { ms: 41, trouble: Trouble::Status(400) })),
        ("application-silent", heard(DeliveryState::GaveUp { ms: 5_002, trouble: Trouble::TimedOut })),
        ("application-asked", heard(DeliveryState::Waiting)),
        ("application-secret", secret(&frame, &RAIL, &fresh)),
    ]
}

fn user_pages(stage: &Stage) -> Vec<(&'static str, Markup)> {
    let frame = stage.admin();
    let row = |n: u8, name: &str, sessions: u32, enabled| UserRow {
        id: user(n),
        name: name.to_owned(),
        identifier: "maya.okafor@acme.example".to_owned(),
        role: match n {
            1 => Role::Admin,
            2 => Role::Auditor,
            _ => Role::Person,
        },
        enabled,
        sessions: sessions.into(),
        last_login: (n != 4).then(|| NOW.plus_ms(-i64::from(n) * 9 * HOUR)),
    };
    let odd = hostile();
    let list = UsersView {
        count: 214u32.into(),
        users: vec![
            row(1, stage.pick("李雷", "Li Lei"), 3, true),
            row(2, "Anne-Sophie de Montmorency-Laval", 1, true),
            row(3, stage.pick("王小明", "Wang Xiaoming"), 0, false),
            row(4, &odd, 0, true),
        ],
        next: Some("?after=4".to_owned()),
        ..UsersView::default()
    };
    let form = UserForm {
        username: "lilei".to_owned(),
        name: stage.pick("李雷", "Li Lei").to_owned(),
        email: "lilei@acme.example".to_owned(),
        enabled: true,
        ..UserForm::default()
    };
    let refused = UserForm {
        problems: vec![
            (UserField::Username, FieldProblem::Taken),
            (UserField::Password, FieldProblem::WellKnown),
            (UserField::Role, FieldProblem::LastAdmin),
        ],
        ..form.clone()
    };
    let view = UserView {
        id: user(1),
        name: stage.pick("李雷", "Li Lei"),
        username: "lilei",
        form,
        can_get_link: true,
        sessions: vec![
            stage.session(1, chrome(), 5 * HOUR, 0, &[0, 1, 2]),
            stage.session(2, safari(), 2 * DAY, 4 * HOUR, &[1]),
        ],
        delete_problem: None,
    };
    let alone = UserView { sessions: Vec::new(), delete_problem: Some(FieldProblem::NotThatName), ..view.clone() };
    vec![
        ("users", users(&frame, &RAIL, &list)),
        ("users-empty", users(&frame, &RAIL, &UsersView { q: "nobody", ..UsersView::default() })),
        ("user-new", new_user(&frame, &RAIL, &UserForm::default())),
        ("user-refused", new_user(&frame, &RAIL, &refused)),
        ("user", user_page(&frame, &RAIL, &view)),
        ("user-link", user_link(&frame, &RAIL, &fresh_link(stage.pick("李雷", "Li Lei")))),
        ("user-link-hostile", user_link(&frame, &RAIL, &fresh_link(&odd))),
        ("user-offline", user_page(&frame, &RAIL, &alone)),
    ]
}

fn fresh_link(name: &str) -> UserLinkView<'_> {
    let link = "https://acme.lan/reset-password?token=p0Zc4m3Yz1u8oVtKX5rQhGd2sLJb7wNfEiAaMyWxTkU";
    UserLinkView { id: user(1), name, link, until: NOW.plus_ms(DAY) }
}

fn key_pages(stage: &Stage) -> Vec<(&'static str, Markup)> {
    let frame = stage.admin();
    let key = |n: u8, label: &str, revoked| AccessKeyRow {
        id: AccessKeyId::from_random([n; 12]),
        label: label.to_owned(),
        created: NOW.plus_ms(-40 * DAY),
        by: Some(stage.pick("陈立群", "Chen Liqun").to_owned()),
        used: (n == 1).then(|| NOW.plus_ms(-HOUR)),
        revoked,
    };
    let odd = hostile();
    let keys = vec![
        key(1, stage.pick("离职流程", "leaving employees"), false),
        key(2, &odd, false),
        key(3, stage.pick("试验", "trial"), true),
    ];
    let fresh = Some((AccessKeyId::from_random([1; 12]), "0f1e2d3c4b5a69788796a5b4c3d2e1f0"));
    vec![
        ("keys", access_keys(&frame, &RAIL, &AccessKeysView { keys: keys.clone(), ..AccessKeysView::default() })),
        ("keys-fresh", access_keys(&frame, &RAIL, &AccessKeysView { keys, fresh, ..AccessKeysView::default() })),
        (
            "keys-empty",
            access_keys(
                &frame,
                &RAIL,
                &AccessKeysView { problem: Some(FieldProblem::Missing), ..AccessKeysView::default() },
            ),
        ),
    ]
}
