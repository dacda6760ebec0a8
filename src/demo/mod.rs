//! The two applications of `exeunt demo`, Notes and Mail: relying parties as a stranger would write them.
//!
//! They know the house over HTTP only, by its standards: OpenID Connect Core 1.0 (code flow) with PKCE (RFC 7636) and the
//! issuer in the answer (RFC 9207), RP-Initiated, Back-Channel and Front-Channel Logout 1.0. Of our floors they name
//! `domain` alone, for the clock; chance and the clock are handed in. They are the demo, the manual test bed, and the
//! end-to-end test of what an application hears: each can be told to answer a log-out token wrongly or late.
//!
//! All they remember is in memory, within bounds. Routes: [`wire::sheet`].

pub mod asset;
pub mod live;
pub mod memory;
pub mod page;
pub mod party;
pub mod provider;
pub mod token;
pub mod told;
pub mod wire;
pub mod words;
