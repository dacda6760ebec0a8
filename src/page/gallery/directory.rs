//! Users, access keys.

use maud::Markup;

use super::console::RAIL;
use super::people::{DAY, HOUR, NOW, Stage, application, chrome, hostile, safari, user};
use super::person::recent;
use crate::domain::id::AccessKeyId;
use crate::domain::user::Role;
use crate::page::console::{
    AccessKeyRow, AccessKeysView, UserDone, UserField, UserForm, UserHead, UserLinkView, UserRow, UserView, UsersView,
    access_keys, new_user, user as user_page, user_applications, user_data, user_devices, user_history, user_link,
    users,
};
use crate::page::personal_center::{ActivityKind, ActivityView, OwnApplication};
use crate::page::words::FieldProblem;

pub(super) fn pages(stage: &Stage) -> Vec<(&'static str, Markup)> {
    let mut pages = user_pages(stage);
    pages.extend(key_pages(stage));
    pages
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
        applications: if n == 1 { stage.apps(&[0, 1, 2]) } else { stage.apps(&[2][..usize::from(sessions > 0)]) },
        last_login: (n != 4).then(|| NOW.plus_ms(-i64::from(n) * 9 * HOUR)),
        last_ip: (n != 4).then(|| if n == 2 { "2001:db8:85a3:8d3:1319:8a2e:370:7348" } else { "10.0.3.24" }.to_owned()),
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
    let done = |done| UserForm { done: Some(done), ..form.clone() };
    let (made, out) = (done(UserDone::Created), done(UserDone::Disabled));
    let refused = UserForm {
        problems: vec![
            (UserField::Username, FieldProblem::Taken),
            (UserField::Password, FieldProblem::WellKnown),
            (UserField::Role, FieldProblem::LastAdmin),
        ],
        ..form.clone()
    };
    let head = UserHead {
        id: user(1),
        name: stage.pick("李雷", "Li Lei"),
        identifier: "lilei",
        role: Role::Person,
        enabled: true,
        own: false,
        sessions: 2u32.into(),
        last_login: Some(NOW.plus_ms(-5 * HOUR)),
    };
    let view = UserView { head: head.clone(), form, delete_problem: None };
    let away = UserHead { sessions: 0u32.into(), last_login: None, enabled: false, ..head.clone() };
    let alone = UserView { head: away, delete_problem: Some(FieldProblem::NotThatName), ..view.clone() };
    let theirs = UserForm { name: odd.clone(), email: String::new(), role: Role::Auditor, ..view.form.clone() };
    let stale = UserForm { theirs: Some(Box::new(theirs)), ..view.form.clone() };
    let strange = UserHead { name: &odd, identifier: &odd, ..head.clone() };
    let mut pages = vec![
        ("users", users(&frame, &RAIL, &list)),
        ("users-empty", users(&frame, &RAIL, &UsersView { q: "nobody", ..UsersView::default() })),
        ("users-none", users(&frame, &RAIL, &UsersView::default())),
        ("user-new", new_user(&frame, &RAIL, &UserForm::default())),
        ("user-refused", new_user(&frame, &RAIL, &refused)),
        ("user", user_page(&frame, &RAIL, &view)),
        ("user-made", user_page(&frame, &RAIL, &UserView { form: made, ..view.clone() })),
        ("user-disabled", user_page(&frame, &RAIL, &UserView { form: out, ..alone.clone() })),
        ("user-stale", user_page(&frame, &RAIL, &UserView { form: stale, ..view.clone() })),
        ("user-hostile", user_page(&frame, &RAIL, &UserView { head: strange.clone(), ..view.clone() })),
        ("user-link", user_link(&frame, &RAIL, &fresh_link(stage.pick("李雷", "Li Lei")))),
        ("user-link-hostile", user_link(&frame, &RAIL, &fresh_link(&odd))),
        ("user-offline", user_page(&frame, &RAIL, &alone)),
    ];
    pages.extend(tab_pages(stage, &head, &strange));
    pages
}

fn tab_pages(stage: &Stage, head: &UserHead, strange: &UserHead) -> Vec<(&'static str, Markup)> {
    let frame = stage.admin();
    let sessions =
        [stage.session(1, chrome(), 5 * HOUR, 0, &[0, 1, 2]), stage.session(2, safari(), 9 * DAY, 40 * HOUR, &[1])];
    let own = |n: u8, devices: u32, back: i64| OwnApplication {
        id: application(n),
        name: stage.applications[usize::from(n)].clone(),
        home: None,
        devices: devices.into(),
        last: NOW.plus_ms(-back),
    };
    let known = [own(0, 2, HOUR), own(2, 0, 3 * DAY), OwnApplication { name: hostile(), ..own(3, 1, DAY) }];
    let history = ActivityView { rows: recent(stage), next: Some("?before=1".to_owned()), ..ActivityView::default() };
    let none = ActivityView { kind: ActivityKind::Refused, ..ActivityView::default() };
    let json = format!("{{\n  \"id\": \"{}\",\n  \"name\": \"{}\",\n  \"phone\": null\n}}", head.id, hostile());
    vec![
        ("user-devices", user_devices(&frame, &RAIL, head, &sessions)),
        ("user-devices-none", user_devices(&frame, &RAIL, head, &[])),
        ("user-applications", user_applications(&frame, &RAIL, head, &known)),
        ("user-applications-none", user_applications(&frame, &RAIL, head, &[])),
        ("user-history", user_history(&frame, &RAIL, head, &history)),
        ("user-history-none", user_history(&frame, &RAIL, strange, &none)),
        ("user-data", user_data(&frame, &RAIL, head, &json)),
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
