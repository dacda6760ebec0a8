//! The table in which a sentence stands in both languages on one row.

use crate::page::count::Count;

/// Declares a struct of sentences with its two constants, `ZH` and `EN`.
macro_rules! sentences {
    ($(#[$doc:meta])* $name:ident { $($field:ident: $kind:ty = $zh:expr, $en:expr;)+ }) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $name {
            $(#[doc = stringify!($en)] pub $field: $kind,)+
        }

        impl $name {
            pub(super) const ZH: Self = Self { $($field: $zh,)+ };
            pub(super) const EN: Self = Self { $($field: $en,)+ };
        }
    };
}

/// A fixed sentence.
pub(super) type Said = &'static str;
/// A sentence about a number.
pub(super) type Counted = fn(Count) -> String;
/// A sentence about something with a name.
pub(super) type Named = fn(&str) -> String;

/// The English plural: `1 session`, `2 sessions`.
pub(super) fn s(n: Count, one: &str) -> String {
    if n.is_one() { format!("{n} {one}") } else { format!("{n} {one}s") }
}

/// `n` people in English.
pub(super) fn people(n: Count) -> String {
    if n.is_one() { "1 person".to_owned() } else { format!("{n} people") }
}

/// The air between a Latin word and a Chinese one; two Chinese words need none.
pub(super) fn air(word: &str) -> &'static str {
    if word.chars().any(|c| c.is_ascii_alphanumeric()) { " " } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_not_many() {
        assert_eq!(s(Count::from(1u32), "session"), "1 session");
        assert_eq!(s(Count::from(1200u32), "session"), "1,200 sessions");
        assert_eq!(people(Count::from(1u32)), "1 person");
    }
}
