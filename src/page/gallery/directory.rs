//! Users, access keys.

use maud::Markup;

use super::console::RAIL;
use super::people::{DAY, HOUR, NOW, Stage, chrome, hostile, safari, user};
use crate::domain::id::AccessKeyId;
use crate::domain::user::Role;
use crate::page::console::{
    AccessKeyRow, AccessKeysView, UserField, UserForm, UserLinkView, UserRow, UserView, UsersView, access_keys,
    new_user, user as user_page, user_link, users,
};
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
