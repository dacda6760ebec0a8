//! What the benches share: the stock of sessions, medians and ratios, and the verdict on a goal.
//!
//! A goal is a ratio, because figures of one machine say nothing about another and little about the same one an hour
//! later. Both sides of a ratio are measured in turn, A B A B, in one run. A goal that is missed by less than the spread
//! of its own baseline is `near`: the machine was too restless to tell. Only `FAIL` makes the run end with status 1.

#![allow(dead_code)] // each bench uses a part
#![allow(clippy::disallowed_methods)] // a clock on the wall is what measures

pub mod admin;
pub mod client;
pub mod process;
pub mod stock;

use std::time::{Duration, Instant};

/// A value, or why this run cannot go on.
pub type Done<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Figures of one kind, one a round.
#[derive(Debug, Default, Clone)]
pub struct Series(Vec<f64>);

impl Series {
    /// One more.
    pub fn push(&mut self, figure: f64) {
        self.0.push(figure);
    }

    fn sorted(&self) -> Vec<f64> {
        let mut sorted = self.0.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        sorted
    }

    /// The figure below which `share` of all lie.
    pub fn quantile(&self, share: f64) -> f64 {
        let sorted = self.sorted();
        let last = sorted.len().saturating_sub(1);
        sorted.get((last as f64 * share).round() as usize).copied().unwrap_or(f64::NAN)
    }

    /// Median.
    pub fn median(&self) -> f64 {
        let sorted = self.sorted();
        match (sorted.len(), sorted.len() / 2) {
            (0, _) => f64::NAN,
            (n, half) if n % 2 == 1 => sorted[half],
            (_, half) => f64::midpoint(sorted[half - 1], sorted[half]),
        }
    }

    /// Smallest and largest.
    pub fn range(&self) -> (f64, f64) {
        (self.quantile(0.0), self.quantile(1.0))
    }

    /// How far the figures lie apart, as a part of their median.
    pub fn spread(&self) -> f64 {
        let (min, max) = self.range();
        (max - min) / self.median()
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// `median (min-max)`.
    pub fn shown(&self, unit: &str) -> String {
        let (min, max) = self.range();
        format!("{}{unit} ({}-{})", figure(self.median()), figure(min), figure(max))
    }
}

impl FromIterator<f64> for Series {
    fn from_iter<I: IntoIterator<Item = f64>>(figures: I) -> Self {
        Self(figures.into_iter().collect())
    }
}

/// Three digits that count, and commas.
pub fn figure(value: f64) -> String {
    let size = value.abs();
    if size >= 1_000.0 {
        let digits = format!("{value:.0}");
        let mut text = String::new();
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at) % 3 == 0 {
                text.push(',');
            }
            text.push(digit);
        }
        text
    } else if size >= 100.0 || value.fract() == 0.0 {
        format!("{value:.0}")
    } else if size >= 10.0 {
        format!("{value:.1}")
    } else {
        format!("{value:.2}")
    }
}

/// What a goal asks of a ratio.
#[derive(Debug, Clone, Copy)]
pub enum Target {
    /// At least.
    Least(f64),
    /// At most.
    Most(f64),
    /// Nothing; the figure is only told.
    None,
}

/// What came of the whole run.
#[derive(Debug, Default)]
pub struct Verdicts {
    failed: Vec<String>,
}

impl Verdicts {
    /// Judges `measured / baseline` and prints one line.
    pub fn ratio(
        &mut self,
        goal: &str,
        what: &str,
        measured: (&Series, &str),
        baseline: (&Series, &str),
        target: Target,
    ) {
        let ratio = measured.0.median() / baseline.0.median();
        let verdict = self.judge(goal, what, ratio, baseline.0.spread(), target);
        println!(
            "{goal:<4} {what:<46} {:<34} against {:<34} = {:<7} {verdict}",
            measured.0.shown(measured.1),
            baseline.0.shown(baseline.1),
            format!("{}x", figure(ratio)),
        );
    }

    /// Judges a figure against a bar.
    pub fn bar(&mut self, goal: &str, what: &str, measured: (&Series, &str), target: Target) {
        let verdict = self.judge(goal, what, measured.0.median(), measured.0.spread(), target);
        println!("{goal:<4} {what:<46} {:<34} n={:<41} {verdict}", measured.0.shown(measured.1), measured.0.len());
    }

    /// Judges something that is so or is not.
    pub fn must(&mut self, goal: &str, what: &str, holds: bool, detail: &str) {
        if !holds {
            self.failed.push(format!("{goal} {what}"));
        }
        println!("{goal:<4} {what:<46} {detail:<78} {}", if holds { "ok" } else { "FAIL" });
    }

    fn judge(&mut self, goal: &str, what: &str, found: f64, spread: f64, target: Target) -> String {
        let (meets, nearly, bar) = match target {
            Target::None => return String::new(),
            Target::Least(bar) => (found >= bar, found * (1.0 + spread) >= bar, format!(">= {}", figure(bar))),
            Target::Most(bar) => (found <= bar, found <= bar * (1.0 + spread), format!("<= {}", figure(bar))),
        };
        if meets {
            format!("{bar}: ok")
        } else if nearly {
            format!("{bar}: near (baseline spread {:.0} %)", spread * 100.0)
        } else {
            self.failed.push(format!("{goal} {what}"));
            format!("{bar}: FAIL")
        }
    }

    /// Says what was missed; the exit code of the run.
    pub fn end(self) -> std::process::ExitCode {
        if self.failed.is_empty() {
            println!("\nevery goal that was measured is met, or is near");
            return std::process::ExitCode::SUCCESS;
        }
        println!("\nmissed: {}", self.failed.join("; "));
        std::process::ExitCode::FAILURE
    }
}

/// Fails the run when what was written is not what is read back.
pub fn check(holds: bool, what: impl FnOnce() -> String) -> Done<()> {
    if holds { Ok(()) } else { Err(format!("wrong before fast: {}", what()).into()) }
}

/// Microseconds that `act` took.
pub fn timed<T>(act: impl FnOnce() -> Done<T>) -> Done<(f64, T)> {
    let begun = Instant::now();
    let value = act()?;
    Ok((micros(begun.elapsed()), value))
}

/// As a number.
pub fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

/// Load of the machine in the last minute, this run's own part included.
pub fn machine() -> String {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or("?").to_owned();
    let cores = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let cores = cores.lines().filter(|line| line.starts_with("processor")).count();
    format!("load {load}, {cores} cores")
}
