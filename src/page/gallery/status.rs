//! Login status, scope page, audit log.

use maud::Markup;

use super::console::RAIL;
use super::people::{
    DAY, HOUR, MINUTE, NOW, Stage, application, chrome, device, ended, firefox, hostile, safari, user, wechat,
};
use crate::domain::audit::Change;
use crate::domain::id::{EndingId, Sid};
use crate::page::console::{
    Asked, AuditAsked, AuditRow, AuditView, Cell, Effect, Grid, GridHead, GridRow, KickField, KickTarget, KickView,
    LedgerView, Reckoning, Staying, audit, kick, ledger, nobody_to_kick,
};
use crate::page::count::Count;
use crate::page::parts::{Device, DeviceKind};
use crate::page::session::{LedgerRow, SessionRow};
use crate::page::words::{By, Cause, Deed, FieldProblem, Scope, Whom};

pub(super) fn pages(stage: &Stage) -> Vec<(&'static str, Markup)> {
    let mut pages = ledgers(stage);
    pages.extend(kicks(stage));
    pages.extend(audits(stage));
    pages
}

fn people(stage: &Stage) -> Vec<LedgerRow> {
    let odd = hostile();
    let rows: Vec<(u8, &str, &str, Device, i64, i64)> = vec![
        (1, stage.pick("李雷", "Li Lei"), "lilei", chrome(), 5 * HOUR, 0),
        (1, stage.pick("李雷", "Li Lei"), "lilei", wechat(stage), 90 * MINUTE, 18 * MINUTE),
        (
            2,
            stage.pick("韩梅梅", "Han Meimei"),
            "hanmeimei",
            device("Edge", "149", "Windows", DeviceKind::Desk),
            5 * HOUR,
            MINUTE,
        ),
        (2, stage.pick("韩梅梅", "Han Meimei"), "hanmeimei", safari(), 19 * HOUR, 4 * HOUR),
        (3, stage.pick("王小明", "Wang Xiaoming"), "wangxiaoming", firefox(), 9 * DAY, 20 * HOUR),
        (
            4,
            "Maya Okafor",
            "maya.okafor@acme.example",
            device("Safari", "26", "macOS", DeviceKind::Desk),
            40 * MINUTE,
            0,
        ),
        (5, "Anne-Sophie de Montmorency-Laval", "as.montmorency-laval", chrome(), 4 * HOUR, 0),
        (
            6,
            stage.pick("阿卜杜热合曼·买买提", "Abdurehman Memet"),
            "abdurehman",
            device(stage.pick("钉钉", "DingTalk"), "", "HarmonyOS", DeviceKind::Chat),
            5 * HOUR,
            33 * MINUTE,
        ),
        (7, "deploy-bot", "svc-deploy", device("curl", "8.16", "", DeviceKind::Code), 3 * DAY, 2 * MINUTE),
        (8, &odd, &odd, Device::default(), 2 * HOUR, 10 * MINUTE),
    ];
    rows.into_iter()
        .zip(1u8..)
        .map(|((of, name, identifier, device, since, seen), n)| LedgerRow {
            user: user(of),
            name: name.to_owned(),
            identifier: identifier.to_owned(),
            own: of == 2,
            session: SessionRow { this: n == 3, ..stage.session(n, device, since, seen, &[0]) },
        })
        .collect()
}

fn ledgers(stage: &Stage) -> Vec<(&'static str, Markup)> {
    let frame = stage.admin();
    let mut rows = people(stage);
    if let Some(row) = rows.get_mut(6) {
        row.session = ended(row.session.clone(), Cause::PersonalCenter);
    }
    let view = LedgerView {
        application: application(0),
        name: &stage.applications[0],
        people: 9u32.into(),
        sessions: 13u32.into(),
        q: "",
        asked: Asked::default(),
        tired: None,
        rows,
        first: None,
        next: Some("?after=10".to_owned()),
        try_login: "/login",
    };
    let none = LedgerView { people: 0u32.into(), sessions: 0u32.into(), rows: Vec::new(), next: None, ..view.clone() };
    let full = Count { n: 1000, more: true };
    let asked = Asked { kind: Some(DeviceKind::Desk), idle_ms: Some(12 * HOUR), ungrouped: true };
    let filtered = LedgerView {
        q: "10.0.0.0/8",
        asked,
        people: full,
        sessions: full,
        rows: view.rows[4..5].to_vec(),
        first: Some("?".to_owned()),
        tired: Some(5_000u32.into()),
        ..view.clone()
    };
    vec![
        ("status", ledger(&frame, &RAIL, &view)),
        (
            "status-one",
            ledger(
                &frame,
                &RAIL,
                &LedgerView {
                    rows: view.rows[..1].to_vec(),
                    people: 1u32.into(),
                    sessions: 1u32.into(),
                    next: None,
                    ..view.clone()
                },
            ),
        ),
        (
            "status-capped",
            ledger(&frame, &RAIL, &LedgerView { people: full, sessions: full, first: Some("?".to_owned()), ..view }),
        ),
        ("status-empty", ledger(&frame, &RAIL, &none)),
        ("status-filtered", ledger(&frame, &RAIL, &filtered)),
        (
            "status-not-found",
            ledger(&frame, &RAIL, &LedgerView { q: "nobody", asked: Asked { idle_ms: None, ..asked }, ..none }),
        ),
    ]
}

/// Effects whose numbers add up to `all`: how many log-ins end in how many sessions, and who is told.
fn effects(stage: &Stage, numbers: [(Scope, u32, u32, &[usize]); 4], all: u32) -> Vec<Effect> {
    let stays = [(chrome(), [1, 2].as_slice()), (wechat(stage), &[0, 1]), (firefox(), &[2]), (safari(), &[3])];
    let stays = |n: u32| {
        let named = stays.iter().rev().take(n.min(4) as usize);
        named.map(|(device, apps)| Staying { device: Some(device.clone()), applications: stage.apps(apps) }).collect()
    };
    numbers
        .into_iter()
        .map(|(scope, n, sessions, told)| Effect {
            scope,
            outcome: Reckoning {
                ending: n.into(),
                sessions: sessions.into(),
                tokens: (2 * n - 2).into(),
                staying: (all - n).into(),
                stays: stays(all - n),
                concerned: 1u32.into(),
                told: stage.apps(told),
            },
            spared: None,
            leaves: false,
        })
        .collect()
}

/// The same where the reader is among them and may stay, in one session with two log-ins.
fn own_effects(effects: &[Effect]) -> Vec<Effect> {
    let less = |n: Count, by: u32| Count::from(n.n.saturating_sub(by));
    let spare = |effect: &Effect| {
        let all = &effect.outcome;
        let (ending, sessions) = (less(all.ending, 2), less(all.sessions, 1));
        let mut stays = all.stays.clone();
        stays.insert(0, Staying { device: Some(chrome()), applications: Vec::new() });
        Reckoning { ending, sessions, staying: (all.staying.n + 2).into(), stays, ..all.clone() }
    };
    effects
        .iter()
        .map(|effect| Effect {
            spared: Some(spare(effect)).filter(|rest| !rest.ending.is_none()),
            leaves: effect.scope != Scope::App,
            ..effect.clone()
        })
        .collect()
}

fn kicks(stage: &Stage) -> Vec<(&'static str, Markup)> {
    let frame = stage.admin();
    let name = [stage.pick("李雷", "Li Lei").to_owned()];
    let row = |device: Device, ip: &str, picked, cells: [Cell; 3]| GridRow {
        head: GridHead::Device { device, ip: ip.to_owned() },
        picked,
        own: false,
        spared: Vec::new(),
        cells: cells.to_vec(),
    };
    let grid = Grid {
        columns: stage.apps(&[0, 1, 2]),
        this: Some(0),
        rows: vec![
            row(chrome(), "10.0.3.24", true, [Cell::Online; 3]),
            row(wechat(stage), "10.0.3.61", false, [Cell::Online, Cell::Online, Cell::Empty]),
            row(firefox(), "10.0.7.112", false, [Cell::Empty, Cell::Empty, Cell::Online]),
        ],
        more: Count::default(),
    };
    let view = KickView {
        target: KickTarget::Picked { application: application(0), sids: vec![Sid::from_random([1; 12])] },
        application: Some(&stage.applications[0]),
        people: &name,
        people_count: 1u32.into(),
        sessions: 3u32.into(),
        logins: 6u32.into(),
        grid,
        effects: effects(
            stage,
            [
                (Scope::Cell, 1, 1, &[0]),
                (Scope::App, 2, 2, &[0]),
                (Scope::Device, 3, 1, &[0, 1]),
                (Scope::All, 6, 3, &[0, 1]),
            ],
            6,
        ),
        chosen: Scope::Cell,
        keep: true,
        cancel: "/console",
        reason: "",
        problems: Vec::new(),
    };
    let user_view = KickView {
        target: KickTarget::User { user: user(1) },
        application: None,
        effects: view.effects[3..].to_vec(),
        chosen: Scope::All,
        ..view.clone()
    };
    let mut own_grid = view.grid.clone();
    if let Some(row) = own_grid.rows.first_mut() {
        (row.own, row.spared) = (true, vec![Scope::App, Scope::All]);
    }
    let own = KickView { grid: own_grid, effects: own_effects(&view.effects), ..view.clone() };
    let names = many_names(stage);
    let everyone = KickTarget::Everyone { application: application(0) };
    let several =
        KickTarget::Picked { application: application(0), sids: (1..7).map(|n| Sid::from_random([n; 12])).collect() };
    let many = many_view(stage, &names, several);
    let long = hostile();
    let problems =
        vec![(KickField::Reason, FieldProblem::TooLong(200)), (KickField::Confirm, FieldProblem::NotTheApplication)];
    let refused = KickView {
        target: everyone.clone(),
        effects: many.effects[1..2].to_vec(),
        reason: &long,
        problems,
        ..many.clone()
    };
    vec![
        ("kick-app", kick(&frame, &RAIL, &KickView { chosen: Scope::App, ..view.clone() })),
        ("kick", kick(&frame, &RAIL, &view)),
        ("kick-own", kick(&frame, &RAIL, &own)),
        ("kick-own-all", kick(&frame, &RAIL, &KickView { chosen: Scope::All, ..own.clone() })),
        ("kick-own-leaves", kick(&frame, &RAIL, &KickView { chosen: Scope::All, keep: false, ..own })),
        ("kick-user", kick(&frame, &RAIL, &user_view)),
        (
            "kick-everyone",
            kick(
                &frame,
                &RAIL,
                &KickView { target: everyone, effects: many.effects[1..].to_vec(), chosen: Scope::App, ..many.clone() },
            ),
        ),
        ("kick-many", kick(&frame, &RAIL, &many)),
        ("kick-refused", kick(&frame, &RAIL, &refused)),
        ("kick-nobody", nobody_to_kick(&frame, &RAIL, "/console/applications")),
    ]
}

fn many_names(stage: &Stage) -> Vec<String> {
    let mut names: Vec<String> = people(stage).into_iter().map(|row| row.name).collect();
    names.dedup();
    names
}

fn many_view<'a>(stage: &'a Stage, names: &'a [String], target: KickTarget) -> KickView<'a> {
    let mut columns = stage.apps(&[0, 1, 2, 3, 4]);
    columns.push(hostile());
    let rows = names
        .iter()
        .take(6)
        .map(|name| GridRow {
            head: GridHead::Person { name: name.clone(), identifier: "lilei".to_owned() },
            picked: true,
            own: name == &names[1],
            spared: Vec::new(),
            cells: [Cell::Sessions(2), Cell::Online, Cell::Empty, Cell::Sessions(1), Cell::Empty, Cell::Empty].to_vec(),
        })
        .collect();
    let together = |effect: Effect| {
        let mut outcome = effect.outcome;
        outcome.stays.truncate(1);
        outcome.stays.iter_mut().for_each(|one| one.device = None);
        Effect { outcome, ..effect }
    };
    KickView {
        target,
        application: Some(&stage.applications[0]),
        people: names,
        people_count: 15u32.into(),
        sessions: 40u32.into(),
        logins: 90u32.into(),
        grid: Grid { columns, this: Some(0), rows, more: 9u32.into() },
        effects: effects(
            stage,
            [
                (Scope::Cell, 6, 6, &[0]),
                (Scope::App, 20, 20, &[0]),
                (Scope::Device, 18, 6, &[0, 1]),
                (Scope::All, 90, 40, &[0, 1, 2, 3, 4]),
            ],
            90,
        )
        .into_iter()
        .map(together)
        .collect(),
        chosen: Scope::App,
        keep: true,
        cancel: "/console",
        reason: "",
        problems: Vec::new(),
    }
}

fn audits(stage: &Stage) -> Vec<(&'static str, Markup)> {
    let frame = stage.admin();
    let deeds = [
        Deed::LoggedIn,
        Deed::Ended(Cause::Console),
        Deed::LoginRefused,
        Deed::Throttled,
        Deed::UserDisabled,
        Deed::ApplicationChanged,
        Deed::SecretRotated,
        Deed::KeyRevoked,
        Deed::DeliveryGivenUp,
        Deed::Other("token.reuse_detected".to_owned()),
        Deed::Ended(Cause::Kicked),
        Deed::TokenIssued,
        Deed::UserCreated,
    ];
    let person = || Whom::Named(stage.pick("王小明", "Wang Xiaoming").to_owned());
    let whom = |n: i64| match n {
        3 => Whom::Named(hostile()),
        5 | 6 | 8 => Whom::Named(stage.applications[1].clone()),
        7 => Whom::Named(stage.pick("每日报表", "Nightly report").to_owned()),
        10 => Whom::Everybody,
        11 => Whom::Nothing,
        _ => person(),
    };
    let by = |n: i64| match n {
        7 => Some(By::CommandLine),
        8 => Some(By::House),
        11 => Some(By::Key("6099a1b2c3d4e5f60718293a".to_owned())),
        12 => Some(By::SeedFile),
        _ => (n % 2 == 1).then(|| By::Named(stage.pick("陈立群", "Chen Liqun").to_owned())),
    };
    let rows: Vec<AuditRow> = deeds
        .into_iter()
        .zip(0i64..)
        .map(|(deed, n)| AuditRow {
            id: n + 1,
            at: NOW.plus_ms(-n * 3 * HOUR),
            whom: whom(n),
            receipt: matches!(deed, Deed::Ended(_)).then(|| EndingId::from_random([1; 12])),
            deed,
            application: (n < 2 || n == 10).then(|| stage.applications[0].clone()),
            by: by(n),
            ip: "10.0.3.24".to_owned(),
            device: (n % 3 == 0).then(chrome),
            request_id: Some("req_9f27c1d04b".to_owned()),
            changes: changes(stage, n),
            json: "{\n  \"number\": 7,\n  \"event\": \"user_changed\",\n  \"requestId\": \"req_9f27c1d04b\"\n}"
                .to_owned(),
        })
        .collect();
    let events = vec![("login", Deed::LoggedIn), ("login_refused", Deed::LoginRefused)];
    let applications = vec![(application(0), stage.applications[0].clone()), (application(4), hostile())];
    let view = AuditView { rows, events, applications, next: Some("?after=1".to_owned()), ..AuditView::default() };
    let narrow = AuditAsked {
        administration: true,
        user: hostile(),
        result: "not".to_owned(),
        ip: "10.0.3.24".to_owned(),
        from: "2026-11-21T08:00".to_owned(),
        to: "2026-11-22T14:00".to_owned(),
        ..AuditAsked::default()
    };
    let filtered = AuditView {
        asked: narrow.clone(),
        rows: view.rows[3..6].to_vec(),
        first: Some("?".to_owned()),
        looked_back_to: Some(NOW.plus_ms(-9 * DAY)),
        ..view.clone()
    };
    let none = AuditView { asked: narrow.clone(), rows: Vec::new(), next: None, ..view.clone() };
    let problems = vec![("from", FieldProblem::NotATime), ("to", FieldProblem::BeforeItsStart)];
    let refused = AuditView { problems, ..none.clone() };
    let blank = AuditView { asked: AuditAsked::default(), ..none.clone() };
    [
        ("audit", view),
        ("audit-filtered", filtered),
        ("audit-none", none),
        ("audit-empty", blank),
        ("audit-refused", refused),
    ]
    .map(|(name, view)| (name, audit(&frame, &RAIL, &view)))
    .to_vec()
}

/// What some of the events changed.
fn changes(stage: &Stage, n: i64) -> Vec<Change> {
    let change = |field: &str, before: Option<&str>, after: Option<&str>| Change {
        field: field.to_owned(),
        before: before.map(str::to_owned),
        after: after.map(str::to_owned),
    };
    let callback = "https://notes.acme.example/callback";
    match n {
        1 => vec![change("reason", None, Some(stage.pick("电脑遗失，已挂失", "Lost laptop, reported stolen")))],
        3 => vec![change("name", Some(&hostile()), Some("<b>"))],
        4 => vec![
            change("status", Some("activated"), Some("disabled")),
            change("email", Some("wang@acme.example"), None),
        ],
        5 => vec![
            change("redirect_uris", Some(callback), Some(&format!("{callback}\nhttps://notes.acme.example/*"))),
            change("some_other_field", None, Some("1")),
        ],
        _ => Vec::new(),
    }
}
