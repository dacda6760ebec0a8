//! Padding: whether the time that an encrypted password takes to open tells if its padding was right (Bleichenbacher, Marvin).
//!
//! Run: `cargo bench --bench padding`. Ciphertexts of six kinds are opened in an order drawn by chance, each kind as often; the
//! clock stands around `TransportKey::open` alone, which is all that differs before the password is hashed. Each line: kind,
//! median and mean of the middle four fifths in microseconds, their ratios to the kind that opens, and how many standard
//! errors the means are apart. A median that is more than one per cent away ends the run with status 1; where nothing differs
//! they were within a fifth of that.

#![allow(missing_docs, clippy::cast_precision_loss, clippy::unwrap_used, clippy::expect_used)]

use std::hint::black_box;
use std::process::ExitCode;
use std::time::Instant;

use aws_lc_rs::rsa::{Pkcs1PublicEncryptingKey, PublicEncryptingKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use exeunt::crypto::random;
use exeunt::crypto::transport::{self, TransportKey};

/// Ciphertexts of each kind.
const EACH: usize = 1_500;
/// How far a median may be from the other.
const AWAY: f64 = 0.01;
const KINDS: [&str; 6] = [
    "opens to a password",
    "opens to a password (again)",
    "opens to nothing",
    "opens to 245 octets",
    "opens to what is no text",
    "has a wrong padding",
];

struct Sender(Pkcs1PublicEncryptingKey);

impl Sender {
    fn of(key: &TransportKey) -> Self {
        let body: String = key.public_pem().lines().filter(|line| !line.starts_with('-')).collect();
        let public = PublicEncryptingKey::from_der(&STANDARD.decode(body).unwrap()).unwrap();
        Self(Pkcs1PublicEncryptingKey::new(public).unwrap())
    }

    /// A fresh ciphertext of this kind.
    fn sends(&self, kind: usize) -> String {
        let sealed = |octets: &[u8]| {
            let mut room = vec![0; self.0.ciphertext_size()];
            STANDARD.encode(self.0.encrypt(octets, &mut room).unwrap())
        };
        match kind {
            0 | 1 => sealed(b"correct horse battery staple"),
            2 => sealed(b""),
            3 => sealed(&[b'a'; 245]),
            4 => sealed(&[0xff; 28]),
            _ => {
                // Below the modulus; what comes out begins with 0, 2 once in 65536 times.
                let mut octets = random::octets::<256>();
                octets[0] = 0;
                STANDARD.encode(octets)
            }
        }
    }
}

/// Median; mean of the middle four fifths, and its standard error.
fn figures(mut times: Vec<f64>) -> (f64, f64, f64) {
    times.sort_by(f64::total_cmp);
    let middle = &times[times.len() / 10..times.len() * 9 / 10];
    let mean = middle.iter().sum::<f64>() / middle.len() as f64;
    let variance = middle.iter().map(|t| (t - mean).powi(2)).sum::<f64>() / (middle.len() - 1) as f64;
    (times[times.len() / 2], mean, (variance / middle.len() as f64).sqrt())
}

fn main() -> ExitCode {
    let key = TransportKey::parse(&transport::generate().expect("a key")).expect("a key");
    let sender = Sender::of(&key);
    let mut order: Vec<usize> = (0..KINDS.len() * EACH).map(|n| n % KINDS.len()).collect();
    for at in (1..order.len()).rev() {
        let chance = u64::from_be_bytes(random::octets());
        order.swap(at, usize::try_from(chance % (at as u64 + 1)).unwrap());
    }
    let mut times = vec![Vec::with_capacity(EACH); KINDS.len()];
    for kind in order {
        let sent = sender.sends(kind);
        let began = Instant::now();
        let opened = black_box(key.open(black_box(&sent)));
        times[kind].push(began.elapsed().as_secs_f64() * 1e6);
        assert!(opened.is_ok(), "a ciphertext of the right shape always opens");
    }
    let found: Vec<_> = times.into_iter().map(figures).collect();
    let (median, mean, error) = found[0];
    let mut same = true;
    for (kind, (m, a, e)) in KINDS.iter().zip(&found) {
        let apart = (a - mean) / (e.powi(2) + error.powi(2)).sqrt();
        let holds = (m / median - 1.0).abs() <= AWAY;
        same &= holds;
        println!(
            "{kind:<28} median {m:>8.2} us  ratio {:.4}   mean {a:>8.2} us  ratio {:.4}  {apart:>+6.1} errors  {}",
            m / median,
            a / mean,
            if holds { "ok" } else { "FAIL" }
        );
    }
    if same { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
