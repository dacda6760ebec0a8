//! Front-channel log-out: addresses that the browser loads out of sight (OpenID Connect Front-Channel Logout 1.0 section 2).
//!
//! Unreliable by nature, since browsers keep cookies from frames of other sites; never the only way an application hears.

use url::Url;

/// The address to load: the application's own, with issuer and session beside what it has.
///
/// ```
/// use exeunt::notify::frontchannel::address;
/// let text = address("https://app.example/bye?x=1", "https://id.example/oidc", "60ab").unwrap();
/// assert_eq!(text, "https://app.example/bye?x=1&iss=https%3A%2F%2Fid.example%2Foidc&sid=60ab");
/// ```
pub fn address(uri: &str, issuer: &str, sid: &str) -> Option<String> {
    let mut url = Url::parse(uri).ok()?;
    url.query_pairs_mut().append_pair("iss", issuer).append_pair("sid", sid);
    Some(url.into())
}

/// The origins of addresses, for the policy of the page that loads them.
pub fn origins(addresses: &[String]) -> Vec<String> {
    let mut found: Vec<String> =
        addresses.iter().filter_map(|text| Some(Url::parse(text).ok()?.origin().ascii_serialization())).collect();
    found.sort_unstable();
    found.dedup();
    found
}
