//! The personal center.

use crate::domain::clock::Timestamp;
use crate::domain::user::Role;
use maud::Markup;

use super::people::{DAY, HOUR, MINUTE, NOW, Stage, chrome, ended, firefox, hostile, safari, user, wechat};
use crate::page::frame::{Frame, Person};
use crate::page::parts::Device;
use crate::page::personal_center::{
    Activity, ActivityKind, ActivityView, ApplicationsView, DevicesView, OverviewView, OwnApplication, PasswordField,
    ProfileField, ProfileView, SecurityView, Theirs, activity, applications, devices, overview, profile, security,
};
use crate::page::session::SessionRow;
use crate::page::words::{Cause, Deed, FieldProblem};

pub(super) fn pages(stage: &Stage) -> Vec<(&'static str, Markup)> {
    let frame = stage.person();
    let long = hostile();
    let strange = Frame { who: Some(Person { name: &long, identifier: &long, role: Role::Person }), ..frame };
    let seldom = OverviewView {
        last_login: None,
        devices: 1u32.into(),
        oldest: Some(NOW),
        applications: Vec::new(),
        password_changed: None,
        recent: Vec::new(),
    };
    let mut pages = vec![
        ("overview", overview(&frame, &full_overview(stage))),
        ("overview-first", overview(&frame, &seldom)),
        (
            "overview-hostile",
            overview(&strange, &OverviewView { applications: vec![long.clone(); 9], ..full_overview(stage) }),
        ),
    ];
    pages.extend(device_pages(stage));
    pages.extend(record_pages(stage));
    pages.extend(profile_pages(stage));
    pages
}

/// What somebody did lately.
pub(super) fn recent(stage: &Stage) -> Vec<Activity> {
    let did = |back: i64, deed, app: Option<usize>, device| Activity {
        at: NOW.plus_ms(-back),
        deed,
        application: app.map(|n| stage.applications[n].clone()),
        device,
        ip: "10.0.3.24".to_owned(),
    };
    vec![
        did(0, Deed::LoggedIn, Some(0), chrome()),
        did(2 * HOUR, Deed::LoggedIn, Some(1), wechat(stage)),
        did(20 * HOUR, Deed::Ended(Cause::PersonalCenter), None, Device::default()),
        did(20 * HOUR, Deed::LeftElsewhere(Some(safari()), 1u32.into()), None, Device::default()),
        did(20 * HOUR + MINUTE, Deed::LoginRefused, None, safari()),
        did(3 * DAY, Deed::Ended(Cause::Console), Some(2), firefox()),
    ]
}

fn full_overview(stage: &Stage) -> OverviewView {
    OverviewView {
        last_login: Some((NOW.plus_ms(-5 * HOUR), chrome())),
        devices: 3u32.into(),
        oldest: Some(NOW.plus_ms(-9 * DAY)),
        applications: stage.apps(&[0, 1, 2, 3]),
        password_changed: Some(NOW.plus_ms(-400 * DAY)),
        recent: recent(stage),
    }
}

fn device_pages(stage: &Stage) -> Vec<(&'static str, Markup)> {
    let frame = stage.person();
    let said = |said| Frame { said: Some(said), ..frame };
    let own = SessionRow { this: true, ..stage.session(1, chrome(), 15 * HOUR, 0, &[0, 1, 2]) };
    let sessions = vec![
        own.clone(),
        stage.session(2, wechat(stage), 11 * HOUR, 18 * MINUTE, &[1]),
        stage.session(3, firefox(), 9 * DAY, 3 * DAY + 20 * HOUR, &[3]),
    ];
    let gone = vec![
        ended(stage.session(4, safari(), 8 * DAY, 20 * HOUR, &[]), Cause::PersonalCenter),
        ended(stage.session(5, firefox(), 10 * DAY, 3 * DAY, &[]), Cause::Kicked),
        ended(stage.session(6, chrome(), 12 * DAY, 5 * DAY, &[]), Cause::Expired),
    ];
    let odd = SessionRow {
        applications: vec![hostile(), hostile()],
        ip: "2001:db8:85a3:8d3:1319:8a2e:370:7348".to_owned(),
        device: crate::page::Device { browser: hostile(), ..Default::default() },
        ..stage.session(7, chrome(), HOUR, 0, &[])
    };
    let view = DevicesView { sessions, ended: gone, ended_count: 5u32.into() };
    vec![
        ("devices", devices(&frame, &view)),
        ("devices-done", devices(&said(stage.lang.words().person.device_ended), &view)),
        ("devices-one", devices(&frame, &DevicesView { sessions: vec![own.clone()], ..DevicesView::default() })),
        ("devices-hostile", devices(&frame, &DevicesView { sessions: vec![own, odd], ..DevicesView::default() })),
    ]
}

fn record_pages(stage: &Stage) -> Vec<(&'static str, Markup)> {
    let frame = stage.person();
    let own = |n: u8, devices: u32, back: i64| OwnApplication {
        id: super::people::application(n),
        name: stage.applications[usize::from(n)].clone(),
        home: (n != 1).then(|| "https://app.acme.example".to_owned()),
        devices: devices.into(),
        last: NOW.plus_ms(-back),
    };
    let known = vec![own(0, 2, HOUR), own(1, 1, 5 * HOUR), own(2, 0, 3 * DAY), own(3, 0, 40 * DAY)];
    let odd = OwnApplication { name: hostile(), ..own(0, 12, 0) };
    let record =
        ActivityView { rows: full_overview(stage).recent, next: Some("?before=1".to_owned()), ..Default::default() };
    let later = ActivityView { first: Some("?".to_owned()), next: None, ..record.clone() };
    let none = ActivityView { kind: ActivityKind::Refused, ..Default::default() };
    let view = ApplicationsView { applications: known };
    let left = (stage.lang.words().person.left_application)(&stage.applications[0]);
    vec![
        ("applications-own", applications(&frame, &view)),
        ("applications-own-left", applications(&Frame { said: Some(&left), ..frame }, &view)),
        ("applications-own-none", applications(&frame, &ApplicationsView::default())),
        ("applications-own-hostile", applications(&frame, &ApplicationsView { applications: vec![odd] })),
        ("activity", activity(&frame, &record)),
        ("activity-later", activity(&frame, &later)),
        ("activity-none", activity(&frame, &none)),
    ]
}

fn profile_pages(stage: &Stage) -> Vec<(&'static str, Markup)> {
    let frame = stage.person();
    let said = |said| Frame { said: Some(said), ..frame };
    let view = ProfileView {
        id: user(1),
        name: stage.pick("李雷", "Li Lei"),
        username: "lilei",
        email: "lilei@acme.example",
        phone: "",
        lang: "",
        zone: "",
        problems: Vec::new(),
        seen: Some(Timestamp(0)),
        theirs: None,
    };
    let long = hostile();
    let theirs = Theirs { name: &long, username: "lilei", email: "li.lei@acme.example", phone: "" };
    let nowhere = vec![(ProfileField::Zone, FieldProblem::NotAZone)];
    let problems = vec![(ProfileField::Name, FieldProblem::Missing), (ProfileField::Email, FieldProblem::Taken)];
    let passwords = SecurityView { password_changed: Some(NOW.plus_ms(-40 * DAY)), ..SecurityView::default() };
    let refused = vec![
        (PasswordField::Current, FieldProblem::WrongPassword),
        (PasswordField::New, FieldProblem::TooShort(8)),
        (PasswordField::Again, FieldProblem::NotTheSame),
    ];
    vec![
        ("profile", profile(&frame, &view)),
        ("profile-saved", profile(&said(stage.lang.words().refusal.saved), &view)),
        ("profile-stale", profile(&frame, &ProfileView { theirs: Some(theirs), phone: "13800000000", ..view.clone() })),
        (
            "profile-zone",
            profile(&frame, &ProfileView { lang: "zh", zone: "Atlantis/Capital", problems: nowhere, ..view.clone() }),
        ),
        ("profile-refused", profile(&frame, &ProfileView { name: "", problems, ..view })),
        ("security", security(&frame, &passwords)),
        ("security-changed", security(&said(stage.lang.words().person.password_changed), &passwords)),
        ("security-not-you", security(&said(stage.lang.words().person.stranger_out), &passwords)),
        ("security-refused", security(&frame, &SecurityView { problems: refused, ..passwords.clone() })),
        ("security-throttled", security(&frame, &SecurityView { throttled: Some(30), ..passwords })),
    ]
}
