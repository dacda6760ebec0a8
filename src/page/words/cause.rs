//! Why a session ended, as a page needs it.

pub use crate::domain::logout::Cause;

impl Cause {
    /// Did the person do it with their own hand? Then its stamp is plain; else it is red.
    pub fn is_own_act(self) -> bool {
        !self.asks_password_again()
    }
}

#[cfg(test)]
mod tests {
    use super::Cause;

    #[test]
    fn every_cause_reads_its_own_name() {
        for cause in Cause::ALL {
            assert_eq!(Cause::parse(cause.as_str()), Some(cause));
        }
        assert_eq!(Cause::parse("boredom"), None);
    }
}
