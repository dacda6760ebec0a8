//! Times as people read them: absolute in their own zone, relative in words, and RFC 3339 for machines.

use jiff::Zoned;
use jiff::tz::TimeZone;
use maud::{Markup, html};

use super::words::{Lang, Words};
use crate::domain::clock::Timestamp;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// The zone of the person who reads.
#[derive(Debug, Clone)]
pub struct Zone(TimeZone);

impl Zone {
    /// The zone with this IANA name; UTC when there is none or nobody knows it.
    pub fn named(name: Option<&str>) -> Self {
        Self(name.and_then(|name| TimeZone::get(name).ok()).unwrap_or(TimeZone::UTC))
    }
}

impl Zone {
    /// The instant that a date and time, as a browser's field writes it, means in this zone: `2026-11-22T14:02`. A time that
    /// the clocks there skip means the next one they show.
    pub fn read(&self, text: &str) -> Option<Timestamp> {
        let civil: jiff::civil::DateTime = text.parse().ok()?;
        let zoned = civil.to_zoned(self.0.clone()).ok()?;
        Some(Timestamp(zoned.timestamp().as_millisecond()))
    }
}

impl Default for Zone {
    fn default() -> Self {
        Self(TimeZone::UTC)
    }
}

/// Tells times to one reader: in a language, a zone, and as seen from a moment.
#[derive(Debug, Clone, Copy)]
pub struct Times<'a> {
    /// The language.
    pub lang: Lang,
    /// The reader's zone.
    pub zone: &'a Zone,
    /// The present.
    pub now: Timestamp,
}

/// Which relative words: `18 min ago` in a sentence, `18 min` in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ago {
    /// For sentences.
    Long,
    /// For columns.
    Short,
}

impl Times<'_> {
    fn words(&self) -> &'static Words {
        self.lang.words()
    }

    fn at(&self, moment: Timestamp) -> Zoned {
        jiff::Timestamp::from_millisecond(moment.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH).to_zoned(self.zone.0.clone())
    }

    fn shown(&self, moment: Timestamp, format: &str) -> String {
        self.at(moment).strftime(format).to_string()
    }

    /// `2026-11-22T14:02:07+08:00`
    pub fn machine(&self, moment: Timestamp) -> String {
        self.shown(moment, "%Y-%m-%dT%H:%M:%S%:z")
    }

    /// `2026-11-22 14:02:07`
    pub fn exact(&self, moment: Timestamp) -> String {
        self.shown(moment, "%Y-%m-%d %H:%M:%S")
    }

    /// `14:02`
    pub fn clock(&self, moment: Timestamp) -> String {
        self.shown(moment, "%H:%M")
    }

    /// `14:02:07`
    pub fn clock_seconds(&self, moment: Timestamp) -> String {
        self.shown(moment, "%H:%M:%S")
    }

    /// `22 日`, `22`: for axes.
    pub fn day_of_month(&self, moment: Timestamp) -> String {
        let day = self.at(moment).day();
        match self.lang {
            Lang::Zh => format!("{day} 日"),
            Lang::En => day.to_string(),
        }
    }

    /// `11 月 19 日`, `19 Nov`; with the year when it is another one.
    pub fn day(&self, moment: Timestamp) -> String {
        let (then, now) = (self.at(moment), self.at(self.now));
        let (month, day) = (then.month(), then.day());
        match (self.lang, then.year() == now.year()) {
            (Lang::Zh, true) => format!("{month} 月 {day} 日"),
            (Lang::Zh, false) => format!("{} 年 {month} 月 {day} 日", then.year()),
            (Lang::En, true) => then.strftime("%-d %b").to_string(),
            (Lang::En, false) => then.strftime("%-d %b %Y").to_string(),
        }
    }

    /// Calendar days from then to now in the reader's zone: 0 is today.
    fn days_back(&self, moment: Timestamp) -> i32 {
        let (then, now) = (self.at(moment).date(), self.at(self.now).date());
        then.until(now).map_or(i32::MAX, |span| span.get_days())
    }

    /// `今天 08:41`, `昨天 18:04`, `11 月 19 日 10:31`.
    pub fn moment(&self, moment: Timestamp) -> String {
        let (clock, common) = (self.clock(moment), &self.words().common);
        match self.days_back(moment) {
            0 => (common.today_at)(&clock),
            1 => (common.yesterday_at)(&clock),
            _ => format!("{} {clock}", self.day(moment)),
        }
    }

    /// `昨天 14:00`, `Sat 14:00`; the clock alone for today: labels of an axis of hours.
    pub fn axis(&self, moment: Timestamp) -> String {
        match (self.lang, self.days_back(moment)) {
            (_, 0) => self.clock(moment),
            (Lang::Zh, _) => self.moment(moment),
            (Lang::En, _) => self.shown(moment, "%a %H:%M"),
        }
    }

    /// `14:02` today, else as [`Times::moment`].
    pub fn brief(&self, moment: Timestamp) -> String {
        if self.days_back(moment) == 0 { self.clock(moment) } else { self.moment(moment) }
    }

    /// `刚刚`, `18 分钟前`, `3 days ago`. A moment that lies ahead, by a jumping clock, is now.
    pub fn ago(&self, moment: Timestamp, how: Ago) -> String {
        let common = &self.words().common;
        let rows = match how {
            Ago::Long => &common.ago,
            Ago::Short => &common.ago_short,
        };
        let past = self.now.since_ms(moment).max(0);
        let (row, n) = match past {
            ..MINUTE => (0, 0),
            MINUTE..HOUR => (1, past / MINUTE),
            HOUR..DAY => (2, past / HOUR),
            _ if past / DAY == 1 => (3, 1),
            _ => (4, past / DAY),
        };
        rows[row].replace("{}", &n.to_string())
    }

    /// `<time>` around a text about `moment`; the exact time and its offset appear on hover.
    pub fn tag(&self, moment: Timestamp, text: &str) -> Markup {
        html! { time datetime=(self.machine(moment)) title=(self.shown(moment, "%Y-%m-%d %H:%M:%S %:z")) { (text) } }
    }

    /// `<time>` with relative words that the script keeps fresh.
    pub fn ago_tag(&self, moment: Timestamp, how: Ago) -> Markup {
        let kind = match how {
            Ago::Long => "long",
            Ago::Short => "short",
        };
        html! {
            time datetime=(self.machine(moment)) title=(self.shown(moment, "%Y-%m-%d %H:%M:%S %:z")) data-rel=(kind) {
                (self.ago(moment, how))
            }
        }
    }

    /// The hour of the day, for greetings.
    pub fn hour(&self) -> i8 {
        self.at(self.now).hour()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-22 14:02:07 in Shanghai.
    const NOW: Timestamp = Timestamp(1_795_327_327_000);

    fn times(lang: Lang, zone: &Zone) -> Times<'_> {
        Times { lang, zone, now: NOW }
    }

    #[test]
    fn a_moment_is_told_in_the_readers_zone() {
        let shanghai = Zone::named(Some("Asia/Shanghai"));
        let zh = times(Lang::Zh, &shanghai);
        assert_eq!(zh.machine(NOW), "2026-11-22T14:02:07+08:00");
        assert_eq!(zh.exact(NOW), "2026-11-22 14:02:07");
        assert_eq!(zh.moment(NOW.plus_ms(-5 * HOUR)), "今天 09:02");
        assert_eq!(zh.moment(NOW.plus_ms(-20 * HOUR)), "昨天 18:02");
        assert_eq!(zh.moment(NOW.plus_ms(-3 * DAY)), "11 月 19 日 14:02");
        assert_eq!(zh.moment(NOW.plus_ms(-400 * DAY)), "2025 年 10 月 18 日 14:02");
        let newfoundland = Zone::named(Some("America/St_Johns"));
        let en = times(Lang::En, &newfoundland);
        assert_eq!(en.machine(NOW), "2026-11-22T02:32:07-03:30");
        assert_eq!(en.moment(NOW.plus_ms(-3 * HOUR)), "yesterday 23:32");
        assert_eq!(en.moment(NOW.plus_ms(-3 * DAY)), "19 Nov 02:32");
    }

    #[test]
    fn nobodys_zone_is_utc() {
        for name in [None, Some(""), Some("Atlantis/Capital"), Some("../../etc/passwd")] {
            let zone = Zone::named(name);
            assert_eq!(times(Lang::En, &zone).machine(NOW), "2026-11-22T06:02:07+00:00", "{name:?}");
        }
    }

    #[test]
    fn relative_words_keep_their_grammar() {
        let zone = Zone::default();
        let (zh, en) = (times(Lang::Zh, &zone), times(Lang::En, &zone));
        for (back, short, long, chinese) in [
            (0, "now", "just now", "刚刚"),
            (-5 * MINUTE, "now", "just now", "刚刚"),
            (18 * MINUTE, "18 min", "18 min ago", "18 分钟前"),
            (4 * HOUR, "4 h", "4 h ago", "4 小时前"),
            (DAY, "1 d", "1 day ago", "1 天前"),
            (3 * DAY, "3 d", "3 days ago", "3 天前"),
        ] {
            let then = NOW.plus_ms(-back);
            assert_eq!(en.ago(then, Ago::Short), short);
            assert_eq!(en.ago(then, Ago::Long), long);
            assert_eq!(zh.ago(then, Ago::Long), chinese);
        }
    }
}
