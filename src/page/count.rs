//! A number of things that may have been counted only so far.

use std::fmt;

/// How many; `more` when counting stopped at a cap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Count {
    /// How many were counted.
    pub n: u32,
    /// Whether there are more than that.
    pub more: bool,
}

impl Count {
    /// Exactly one: the singular.
    pub fn is_one(self) -> bool {
        self.n == 1 && !self.more
    }

    /// None at all.
    pub fn is_none(self) -> bool {
        self.n == 0 && !self.more
    }
}

impl From<u32> for Count {
    fn from(n: u32) -> Self {
        Self { n, more: false }
    }
}

impl From<usize> for Count {
    fn from(n: usize) -> Self {
        u32::try_from(n).map_or(Self { n: u32::MAX, more: true }, Self::from)
    }
}

/// `7`, `12,400`, `1,000+`.
impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.n.to_string();
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                f.write_str(",")?;
            }
            write!(f, "{digit}")?;
        }
        if self.more { f.write_str("+") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::Count;

    #[test]
    fn numbers_stand_in_groups_and_a_cap_is_told() {
        assert_eq!(Count::from(7u32).to_string(), "7");
        assert_eq!(Count::from(1000u32).to_string(), "1,000");
        assert_eq!(Count::from(1_234_567u32).to_string(), "1,234,567");
        assert_eq!(Count { n: 1000, more: true }.to_string(), "1,000+");
        assert!(!Count { n: 1, more: true }.is_one());
    }
}
