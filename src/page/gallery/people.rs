//! Who and what appears in the gallery.

use crate::domain::clock::Timestamp;
use crate::domain::id::{ApplicationId, Sid, UserId};
use crate::domain::user::Role;
use crate::page::frame::{Brand, Frame, Person, Theme};
use crate::page::parts::{Device, DeviceKind};
use crate::page::session::SessionRow;
use crate::page::time::Zone;
use crate::page::words::{Cause, Lang};

/// 2026-11-22 14:02:07 in Shanghai.
pub(super) const NOW: Timestamp = Timestamp(1_795_327_327_000);
pub(super) const MINUTE: i64 = 60_000;
pub(super) const HOUR: i64 = 60 * MINUTE;
pub(super) const DAY: i64 = 24 * HOUR;

/// A name that tries everything: markup, direction marks, a picture, and 200 characters.
pub(super) fn hostile() -> String {
    format!("<script>alert('x')</script>\u{202e}\"&🧨 عمر {}", "长".repeat(200))
}

/// The language and the things that differ with it.
pub(super) struct Stage {
    pub lang: Lang,
    zone: Zone,
    pub applications: Vec<String>,
    role: Role,
}

impl Stage {
    pub(super) fn new(lang: Lang) -> Self {
        let names = match lang {
            Lang::Zh => ["笔记", "信箱", "维基", "考勤", "图书借阅"],
            Lang::En => ["Notes", "Mail", "Wiki", "Timesheet", "Library"],
        };
        Self {
            lang,
            zone: Zone::named(Some("Asia/Shanghai")),
            applications: names.map(str::to_owned).to_vec(),
            role: Role::Admin,
        }
    }

    /// The same for somebody who only reads in the console.
    pub(super) fn reading(lang: Lang) -> Self {
        Self { role: Role::Auditor, ..Self::new(lang) }
    }

    /// `zh` in Chinese, `en` in English.
    pub(super) fn pick<T>(&self, zh: T, en: T) -> T {
        match self.lang {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }

    /// A page that nobody has logged in to.
    pub(super) fn stranger(&self) -> Frame<'_> {
        Frame {
            said: None,
            lang: self.lang,
            zone: &self.zone,
            now: NOW,
            theme: Theme::System,
            who: None,
            csrf: "0123456789abcdef",
            path: "/login?next=x",
            pool_name: "Acme",
            brand: Brand { contact: self.pick("前台 8001", "reception, extension 8001"), ..Brand::default() },
            version: env!("CARGO_PKG_VERSION"),
            dev: false,
            live: None,
        }
    }

    /// A page of somebody's own.
    pub(super) fn person(&self) -> Frame<'_> {
        let name = self.pick("李雷", "Li Lei");
        Frame {
            who: Some(Person { name, identifier: "lilei@acme.example", role: Role::Admin }),
            path: "/u",
            live: Some("/u/live"),
            ..self.stranger()
        }
    }

    /// A page of the console.
    pub(super) fn admin(&self) -> Frame<'_> {
        let name = self.pick("陈立群", "Chen Liqun");
        Frame {
            who: Some(Person { name, identifier: "chenliqun", role: self.role }),
            path: "/console",
            live: Some("/console/live"),
            ..self.stranger()
        }
    }

    pub(super) fn apps(&self, which: &[usize]) -> Vec<String> {
        which.iter().map(|n| self.applications[*n].clone()).collect()
    }

    /// A session: who many hours since log-in, how many minutes since the last sign of life.
    pub(super) fn session(&self, n: u8, device: Device, since: i64, seen: i64, which: &[usize]) -> SessionRow {
        SessionRow {
            sid: Sid::from_random([n; 12]),
            device,
            ip: format!("10.0.{}.{}", 3 + n % 4, 20 + u32::from(n) * 7),
            since: NOW.plus_ms(-since),
            seen: NOW.plus_ms(-seen),
            applications: self.apps(which),
            this: false,
            ended: None,
        }
    }
}

pub(super) fn ended(session: SessionRow, cause: Cause) -> SessionRow {
    SessionRow { ended: Some((session.seen, cause)), ..session }
}

pub(super) fn device(browser: &str, version: &str, os: &str, kind: DeviceKind) -> Device {
    Device { browser: browser.to_owned(), version: version.to_owned(), os: os.to_owned(), kind }
}

pub(super) fn chrome() -> Device {
    device("Chrome", "150", "Windows", DeviceKind::Desk)
}

pub(super) fn firefox() -> Device {
    device("Firefox", "145", "Ubuntu", DeviceKind::Desk)
}

pub(super) fn safari() -> Device {
    device("Safari", "", "iPhone", DeviceKind::Phone)
}

pub(super) fn wechat(stage: &Stage) -> Device {
    device(stage.pick("微信", "WeChat"), "", "Android", DeviceKind::Chat)
}

pub(super) fn user(n: u8) -> UserId {
    UserId::from_random([n; 12])
}

pub(super) fn application(n: u8) -> ApplicationId {
    ApplicationId::from_random([0xa0 + n; 12])
}
