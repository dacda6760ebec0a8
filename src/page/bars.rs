//! Time bars: left to right is time, and the door at the right is now. A bar that touches the door is somebody who is here; a
//! bar that stops short is a session somebody forgot.
//!
//! Every length is an attribute of the drawing, so that no inline style is needed.

use maud::{Markup, html};

use super::time::Times;
use crate::domain::clock::Timestamp;

/// Without a sign of life for so long, a session is drawn as forgotten.
const FORGOTTEN_MS: i64 = 12 * 3_600_000;
/// Without a sign of life for so long, a session is idle.
pub(super) const IDLE_MS: i64 = 30 * 60_000;

/// A stretch of time: from log-in to the last sign of life, and to the end if it has one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stretch {
    pub since: Timestamp,
    pub seen: Timestamp,
    pub ended: Option<Timestamp>,
}

impl Stretch {
    /// Forgotten: alive, but without a sign of life for half a day.
    pub(super) fn is_forgotten(&self, now: Timestamp) -> bool {
        self.ended.is_none() && now.since_ms(self.seen) > FORGOTTEN_MS
    }
}

/// A position between `from` and `now` in per cent.
fn place(at: Timestamp, from: Timestamp, now: Timestamp) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a picture, not a sum")]
    let share = at.since_ms(from) as f64 / now.since_ms(from).max(1) as f64;
    (share * 1000.0).round().clamp(0.0, 1000.0) / 10.0
}

/// The bar of a stretch within the window of `window_ms` up to now.
pub(super) fn bar(now: Timestamp, window_ms: i64, stretch: Stretch) -> Markup {
    let from = now.plus_ms(-window_ms);
    let last = stretch.ended.unwrap_or(stretch.seen);
    let (begin, end) = (place(stretch.since, from, now), place(last, from, now));
    let class = match stretch.ended {
        Some(_) => "span gone",
        None if stretch.is_forgotten(now) => "span old",
        None => "span",
    };
    html! {
        svg class=(class) aria-hidden="true" {
            @if stretch.ended.is_none() && end < 100.0 { line.idle x1={ (end) "%" } x2="100%" y1="8" y2="8" {} }
            @if begin < end { line.held x1={ (begin) "%" } x2={ (end) "%" } y1="8" y2="8" {} }
            @if stretch.since >= from { rect.mark x={ (begin.min(99.2)) "%" } y="3" width="2" height="10" {} }
        }
    }
}

/// The seven days of an axis that ends now: each its label, the last being today.
pub(super) fn week(times: &Times, today: &str) -> Vec<String> {
    const DAY: i64 = 86_400_000;
    let mut labels: Vec<String> = (1..7).rev().map(|back| times.day_of_month(times.now.plus_ms(-back * DAY))).collect();
    labels.push(today.to_owned());
    labels
}

/// The bar of a delivery: from the commit at the left, 1 ms to 10 s on a logarithmic scale, a mark for each attempt.
pub(super) fn course(attempts_ms: &[u32], arrived: bool, open: bool) -> Markup {
    let places: Vec<f64> = attempts_ms.iter().map(|ms| decades(*ms)).collect();
    let last = places.last().copied().unwrap_or(0.0);
    let end = if open { 100.0 } else { last };
    html! {
        svg.span.old[!arrived] aria-hidden="true" {
            @if arrived {
                line.held x1="0%" x2={ (last) "%" } y1="8" y2="8" {}
            } @else if end > 0.0 {
                line.idle x1="0%" x2={ (end) "%" } y1="8" y2="8" {}
            }
            @for place in &places { rect.mark x={ (place.min(99.2)) "%" } y="3" width="2" height="10" {} }
        }
    }
}

/// Four decades make the whole width.
fn decades(ms: u32) -> f64 {
    let share = f64::from(ms.max(1)).log10() / 4.0;
    (share * 1000.0).round().clamp(0.0, 1000.0) / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;
    const NOW: Timestamp = Timestamp(1_795_327_327_000);

    fn drawn(since_h: i64, seen_h: i64, ended: bool) -> String {
        let at = |hours: i64| NOW.plus_ms(-hours * HOUR);
        let stretch = Stretch { since: at(since_h), seen: at(seen_h), ended: ended.then(|| at(seen_h)) };
        bar(NOW, 24 * HOUR, stretch).into_string()
    }

    #[test]
    fn a_bar_touches_the_door_only_while_somebody_is_here() {
        assert!(drawn(6, 0, false).contains(r#"<line class="held" x1="75%" x2="100%""#));
        assert!(!drawn(6, 0, false).contains("idle"));
        assert!(drawn(6, 3, false).contains(r#"<line class="idle" x1="87.5%" x2="100%""#));
        assert!(drawn(20, 18, false).contains("span old"), "forgotten for eighteen hours");
        assert!(!drawn(40, 1, false).contains("mark"), "the log-in lies left of the window");
        assert!(drawn(6, 3, true).contains("span gone") && !drawn(6, 3, true).contains("idle"));
    }

    #[test]
    fn a_jumping_clock_draws_nothing_outside_the_paper() {
        for (since, seen) in [(-5, -9), (-1, 3), (9_999, 9_998)] {
            let drawn = drawn(since, seen, false);
            assert!(!drawn.contains('-') || !drawn.contains("=\"-"), "{drawn}");
        }
    }

    #[test]
    fn a_delivery_is_drawn_in_decades() {
        assert!(course(&[38], true, false).into_string().contains(r#"x2="39.5%""#));
        assert!(course(&[1300, 5000], false, true).into_string().contains(r#"class="idle" x1="0%" x2="100%""#));
    }
}
