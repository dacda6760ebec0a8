//! Passwords: argon2id, m=19456 KiB, t=2, p=1 (OWASP Password Storage), with memory that is used again.
//!
//! An unknown user costs the same as a known one: the caller verifies against [`nobody`] (security.md P2).

use std::sync::OnceLock;

use argon2::password_hash::PasswordHasher;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Block, Params, Version};
use aws_lc_rs::constant_time;

use super::random;

const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Memory of one hashing thread, 19 MiB, kept between hashes: a fresh allocation costs a fifth of the whole hash.
#[derive(Default)]
pub struct Memory(Vec<Block>);

/// What a comparison found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// The password is right.
    Right,
    /// Right, but hashed at another cost; hash it again.
    RightButStale,
    /// Wrong, or the stored hash is not readable.
    Wrong,
}

fn params() -> Params {
    Params::new(MEMORY_KIB, PASSES, LANES, Some(32)).unwrap_or_default()
}

/// Hashes a password with a fresh salt, in PHC form.
pub fn hash(password: &str) -> Option<String> {
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params());
    argon.hash_password_with_salt(password.as_bytes(), &random::octets::<16>()).ok().map(|phc| phc.to_string())
}

/// Compares a password with a PHC string; the parameters are the string's own.
pub fn verify(memory: &mut Memory, password: &str, phc: &str) -> Verdict {
    let Ok(stored) = PasswordHash::new(phc) else { return Verdict::Wrong };
    let (Ok(params), Some(salt), Some(expected)) =
        (Params::try_from(&stored), stored.salt.as_ref(), stored.hash.as_ref())
    else {
        return Verdict::Wrong;
    };
    let Ok(algorithm) = Algorithm::try_from(stored.algorithm.as_ref()) else { return Verdict::Wrong };
    let version = stored.version.and_then(|v| Version::try_from(v).ok()).unwrap_or(Version::V0x13);
    let fresh_enough = algorithm == Algorithm::Argon2id
        && (params.m_cost(), params.t_cost(), params.p_cost()) == (MEMORY_KIB, PASSES, LANES);
    let blocks = params.block_count();
    if memory.0.len() < blocks {
        memory.0.resize(blocks, Block::default());
    }
    let mut out = vec![0u8; expected.len()];
    let argon = Argon2::new(algorithm, version, params);
    let done =
        argon.hash_password_into_with_memory(password.as_bytes(), salt.as_ref(), &mut out, &mut memory.0[..blocks]);
    if done.is_err() || constant_time::verify_slices_are_equal(&out, expected.as_bytes()).is_err() {
        return Verdict::Wrong;
    }
    if fresh_enough { Verdict::Right } else { Verdict::RightButStale }
}

/// A hash that no password fits, at the full cost: what an unknown user's password is compared with.
pub fn nobody() -> &'static str {
    static NOBODY: OnceLock<String> = OnceLock::new();
    NOBODY.get_or_init(|| {
        let unguessable = random::octets::<32>().map(|o| char::from(b'a' + o % 26)).iter().collect::<String>();
        hash(&unguessable).unwrap_or_default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_right_password_and_only_it_fits() {
        let phc = hash("correct horse battery staple").unwrap();
        assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{phc}");
        let mut memory = Memory::default();
        assert_eq!(verify(&mut memory, "correct horse battery staple", &phc), Verdict::Right);
        assert_eq!(verify(&mut memory, "correct horse battery stapl", &phc), Verdict::Wrong);
        assert_eq!(verify(&mut memory, "x", nobody()), Verdict::Wrong);
        assert_eq!(verify(&mut memory, "x", "not a hash"), Verdict::Wrong);
    }

    #[test]
    fn a_cheaper_hash_still_fits_but_is_stale() {
        let cheap = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(64, 1, 1, Some(32)).unwrap());
        let phc = cheap.hash_password_with_salt(b"pw", &[7u8; 16]).unwrap().to_string();
        assert_eq!(verify(&mut Memory::default(), "pw", &phc), Verdict::RightButStale);
    }
}
