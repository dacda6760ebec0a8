//! The dashboard.

use maud::Markup;

use super::people::{DAY, HOUR, NOW, Stage, application, chrome, device, hostile, safari, user, wechat};
use crate::domain::id::Sid;
use crate::page::console::{
    ByApplication, DashboardView, Health, Logins, OnlineEntry, OnlineView, Rail, Steps, TickerRow, Warning, dashboard,
    online,
};
use crate::page::count::Count;
use crate::page::parts::{Device, DeviceKind};
use crate::page::session::{LedgerRow, SessionRow};
use crate::page::words::{By, Cause, Deed, Whom};

pub(super) const RAIL: Rail =
    Rail { applications: Some(Count { n: 6, more: false }), users: Some(Count { n: 214, more: false }) };

pub(super) fn pages(stage: &Stage) -> Vec<(&'static str, Markup)> {
    let mut pages = dashboards(stage);
    pages.extend(online_lists(stage));
    pages
}

fn online_lists(stage: &Stage) -> Vec<(&'static str, Markup)> {
    let frame = stage.admin();
    let entry = |n: u8, back: i64, who: &str, device: Device, apps: usize| OnlineEntry {
        end: "/console/users/60aa0000000000000000000a/devices".to_owned(),
        of: LedgerRow {
            user: user(n),
            name: who.to_owned(),
            identifier: format!("person{n}"),
            own: false,
            session: SessionRow {
                sid: Sid::from_random([n; 12]),
                device,
                ip: "10.0.3.24".to_owned(),
                since: NOW.plus_ms(-back - 5 * HOUR),
                seen: NOW.plus_ms(-back),
                applications: stage.applications[..apps].to_vec(),
                this: false,
                ended: None,
            },
        },
    };
    let full = OnlineView {
        people: 37u32.into(),
        sessions: 52u32.into(),
        rows: vec![
            entry(0, 0, stage.pick("李雷", "Li Lei"), chrome(), 2),
            entry(1, 40_000, "Maya Okafor", safari(), 1),
            entry(2, 4 * HOUR, stage.pick("周婷", "Zhou Ting"), wechat(stage), 5),
            entry(3, 20 * HOUR, &hostile(), Device::default(), 0),
        ],
        first: None,
        next: Some("?after=1".to_owned()),
    };
    let none = OnlineView {
        people: 0u32.into(),
        sessions: 0u32.into(),
        rows: Vec::new(),
        first: Some("?".to_owned()),
        next: None,
    };
    vec![("online", online(&frame, &RAIL, &full)), ("online-none", online(&frame, &RAIL, &none))]
}

fn dashboards(stage: &Stage) -> Vec<(&'static str, Markup)> {
    let frame = stage.admin();
    let admin = stage.pick("陈立群", "Chen Liqun");
    let row = |back: i64, who: &str, deed, app: Option<usize>, device| TickerRow {
        at: NOW.plus_ms(-back),
        whom: Whom::Named(who.to_owned()),
        by: matches!(deed, Deed::Ended(Cause::Console) | Deed::UserDisabled).then(|| By::Named(admin.to_owned())),
        deed,
        application: app.map(|n| stage.applications[n].clone()),
        device,
    };
    let view = DashboardView {
        people: 37u32.into(),
        sessions: 52u32.into(),
        open_applications: 5u32.into(),
        ticker: vec![
            row(0, stage.pick("王小明", "Wang Xiaoming"), Deed::Ended(Cause::Console), None, None),
            row(
                15_000,
                "Maya Okafor",
                Deed::LoggedIn,
                Some(0),
                Some(device("Safari", "26", "macOS", DeviceKind::Desk)),
            ),
            row(36_000, stage.pick("周婷", "Zhou Ting"), Deed::Ended(Cause::PersonalCenter), None, None),
            row(41_000, stage.pick("周婷", "Zhou Ting"), Deed::Ended(Cause::PersonalCenter), Some(1), None),
            row(52_000, stage.pick("周婷", "Zhou Ting"), Deed::LeftElsewhere(Some(safari()), 1u32.into()), None, None),
            TickerRow {
                whom: Whom::People(Some(3u32.into())),
                ..row(60_000, "", Deed::Ended(Cause::Console), Some(2), None)
            },
            row(63_000, stage.pick("吴桐", "Wu Tong"), Deed::UserDisabled, None, None),
            row(79_000, stage.pick("欧阳静怡", "Ouyang Jingyi"), Deed::LoggedIn, Some(1), Some(wechat(stage))),
            row(167_000, "as.montmorency", Deed::LoginRefused, None, None),
            row(190_000, stage.pick("林涛", "Lin Tao"), Deed::Ended(Cause::Expired), None, Some(chrome())),
        ],
        by_application: stage
            .applications
            .iter()
            .zip([21u32, 17, 9, 4, 1])
            .zip(0u8..)
            .map(|((name, people), n)| ByApplication { id: application(n), name: name.clone(), people: people.into() })
            .collect(),
        logins: Some(Logins {
            ok: [17, 14, 12, 20, 11, 8, 6, 5, 4, 3, 3, 2, 1, 0, 0, 1, 4, 18, 41, 52, 30, 22, 19, 26],
            refused: [1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1, 0, 0, 0, 3, 4, 2, 1, 0, 1, 2],
            since: None,
        }),
        steps: None,
        warnings: vec![Warning::Lost(1u32.into())],
        health: vec![
            Health::Backup(Some(NOW.plus_ms(-3 * HOUR))),
            Health::Deliveries { waiting: 0u32.into(), given_up: 1u32.into() },
            Health::SigningKey { rotates_in: 12 },
            Health::Disk { free: 41_000_000_000, low: false },
            Health::PublicUrl { url: "https://id.acme.lan".to_owned(), warn: false },
            Health::Running(NOW.plus_ms(-9 * DAY)),
        ],
    };
    let none = DashboardView {
        people: 0u32.into(),
        sessions: 0u32.into(),
        open_applications: 0u32.into(),
        ticker: Vec::new(),
        by_application: Vec::new(),
        logins: Some(Logins::default()),
        steps: Some(Steps { application: false, people: false, login: false }),
        warnings: vec![Warning::NoBackup],
        health: vec![Health::Backup(None)],
    };
    let (mut begun, odd) = (none.clone(), hostile());
    begun.steps = Some(Steps { application: true, people: true, login: false });
    begun.by_application = view.by_application[..1].to_vec();
    let mut strange = view.clone();
    strange.ticker.insert(1, row(9_000, &odd, Deed::LoggedIn, Some(0), None));
    strange.ticker[1].application = Some(odd.clone());
    strange.by_application[0].name = odd;
    let mut worried = view.clone();
    worried.logins = view.logins.map(|logins| Logins { since: Some(NOW.plus_ms(-5 * HOUR)), ..logins });
    worried.warnings = vec![
        Warning::Demo,
        Warning::KnownPassword,
        Warning::PlainHttp("http://id.acme.lan".to_owned()),
        Warning::UntrustedProxy("10.0.0.1".to_owned()),
        Warning::LowDisk(730_000_000),
        Warning::NoBackup,
        Warning::OldBackup(NOW.plus_ms(-40 * DAY)),
        Warning::Lost(3u32.into()),
    ];
    vec![
        ("dashboard", dashboard(&frame, &RAIL, &view)),
        ("dashboard-begun", dashboard(&frame, &RAIL, &begun)),
        ("dashboard-hostile", dashboard(&frame, &RAIL, &strange)),
        ("dashboard-worried", dashboard(&frame, &RAIL, &worried)),
        ("dashboard-empty", dashboard(&frame, &Rail::default(), &none)),
    ]
}
