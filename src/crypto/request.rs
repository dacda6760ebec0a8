//! Signatures of calls: HMAC-SHA1, because Authing's SDKs sign so (authing-contract.md 4.3).
//!
//! SHA-1 is broken where somebody can look for two texts with the same hash; a code keyed with a secret does not rest on
//! that (RFC 6151 section 2.3 has the like for MD5). Nothing else in the house uses it.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::domain::secret::Secret;

/// Whether `signature` (padded base64) is this secret's on `text`; in constant time.
pub fn fits(secret: &Secret, text: &str, signature: &str) -> bool {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret.reveal().as_bytes());
    STANDARD.decode(signature).is_ok_and(|tag| hmac::verify(&key, text.as_bytes(), &tag).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 2202, test case 2.
    const SIGNATURE: &str = "7/zfauXrL6LSdBbV8YTfnCWafHk=";

    #[test]
    fn a_signature_fits_one_secret_and_one_text() {
        let secret = Secret::new("Jefe");
        assert!(fits(&secret, "what do ya want for nothing?", SIGNATURE));
        assert!(!fits(&secret, "what do ya want for nothing!", SIGNATURE));
        assert!(!fits(&Secret::new("Jeff"), "what do ya want for nothing?", SIGNATURE));
        for other in
            ["", "7/zfauXrL6LSdBbV8YTfnCWafHk", "7_zfauXrL6LSdBbV8YTfnCWafHk=", "7/zfauXrL6LSdBbV8YTfnCWafA==", "?"]
        {
            assert!(!fits(&secret, "what do ya want for nothing?", other), "{other}");
        }
    }
}
