//! The password asked again, and the settings of the pool.

use maud::Markup;

use super::console::RAIL;
use super::people::{Stage, hostile, user};
use crate::domain::user::Role;
use crate::page::asset;
use crate::page::console::{
    ConfirmItIsYou, Grave, KeeperRow, Lifetime, NotConfirmed, Outcome, SettingsField, SettingsView, Stated,
    confirm_it_is_you, settings,
};
use crate::page::words::FieldProblem;

pub(super) fn pages(stage: &Stage) -> Vec<(&'static str, Markup)> {
    confirmations(stage)
}

fn confirmations(stage: &Stage) -> Vec<(&'static str, Markup)> {
    let (frame, long) = (stage.admin(), hostile());
    let fields = [("confirm".to_owned(), "lilei".to_owned())];
    let view = ConfirmItIsYou {
        act: Grave::DeleteUser(stage.pick("李雷", "Li Lei")),
        action: "/console/users/60aa0000000000000000000a/delete",
        fields: &fields,
        has_file: false,
        problem: None,
        cancel: "/console/users",
    };
    let with = |problem| confirm_it_is_you(&frame, &ConfirmItIsYou { problem: Some(problem), ..view });
    let role = Grave::GiveRole(&long, Role::Admin);
    vec![
        ("confirm", confirm_it_is_you(&frame, &view)),
        ("confirm-missing", with(NotConfirmed::Missing)),
        ("confirm-wrong", with(NotConfirmed::Wrong { left: 4 })),
        ("confirm-throttled", with(NotConfirmed::Throttled { seconds: 30 })),
        ("confirm-busy", with(NotConfirmed::Busy)),
        ("confirm-hostile", confirm_it_is_you(&frame, &ConfirmItIsYou { act: role, ..view })),
    ]
}

pub(super) fn settings_pages(stage: &Stage) -> Vec<(&'static str, Markup)> {
    let frame = stage.admin();
    let keeper = |n: u8, name: &str, identifier: &str, role, enabled| KeeperRow {
        id: user(n),
        name: name.to_owned(),
        identifier: identifier.to_owned(),
        role,
        enabled,
    };
    let settled = |hours: &str, default_hours| Lifetime { hours: hours.to_owned(), default_hours, stated: None };
    let view = SettingsView {
        name: "Acme",
        contact: frame.brand.contact,
        accent: "",
        idle: settled("", 72),
        absolute: settled("168", 336),
        seen: "9f27c1d04b",
        problems: Vec::new(),
        outcome: Outcome::Opened,
        theirs: Vec::new(),
        logo: None,
        keepers: vec![
            keeper(1, stage.pick("陈立群", "Chen Liqun"), "chenliqun", Role::Admin, true),
            keeper(2, stage.pick("周婷", "Zhou Ting"), "zhouting@acme.example", Role::Auditor, true),
            keeper(3, &hostile(), "x", Role::Admin, false),
        ],
        keys: 3u32.into(),
        address: "10.0.3.27",
        proxies: vec!["10.0.0.0/24".to_owned()],
        strange_proxy: false,
        diagnostics: "exeunt: 0.1.0\nschema: 3\nsqlite: 3.50.4\ndatabase_bytes: 14942208\nplatform: linux x86_64\n",
    };
    let refused = vec![
        (SettingsField::Name, FieldProblem::Missing),
        (SettingsField::Accent, FieldProblem::Faint(13)),
        (SettingsField::IdleHours, FieldProblem::NotHours),
        (SettingsField::Logo, FieldProblem::NotAPicture),
    ];
    let stated = |by| Lifetime { hours: String::new(), default_hours: 12, stated: Some(by) };
    let other = stage.pick("二号楼 302，转 8002", "building 2, room 302, extension 8002");
    let show = |view: &SettingsView| settings(&frame, &RAIL, view);
    vec![
        ("settings", show(&view)),
        (
            "settings-saved",
            show(&SettingsView { outcome: Outcome::Saved, logo: Some(asset::MARK_SVG), ..view.clone() }),
        ),
        ("settings-preview", show(&SettingsView { outcome: Outcome::Preview, accent: "#8a1c5c", ..view.clone() })),
        (
            "settings-refused",
            show(&SettingsView {
                name: "",
                accent: "#ffd400",
                idle: settled("three", 72),
                problems: refused,
                ..view.clone()
            }),
        ),
        (
            "settings-stale",
            show(&SettingsView {
                outcome: Outcome::Stale,
                theirs: vec![(SettingsField::Contact, other.to_owned()), (SettingsField::Accent, String::new())],
                accent: "#0b5cad",
                ..view.clone()
            }),
        ),
        (
            "settings-stated",
            show(&SettingsView {
                idle: stated(Stated::Environment("EXEUNT_SESSION_IDLE_SECONDS".to_owned())),
                absolute: stated(Stated::File),
                proxies: Vec::new(),
                strange_proxy: true,
                ..view.clone()
            }),
        ),
    ]
}
