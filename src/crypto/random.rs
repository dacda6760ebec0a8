//! The only source of chance: the operating system's.

/// Random octets.
///
/// A machine without randomness must not go on to hand out guessable secrets, so the process stops (security.md X5).
pub fn octets<const N: usize>() -> [u8; N] {
    let mut bytes = [0u8; N];
    if let Err(error) = getrandom::fill(&mut bytes) {
        tracing::error!(%error, "the operating system gives no randomness");
        std::process::abort();
    }
    bytes
}
