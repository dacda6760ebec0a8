//! Those who must hear: open pages, live. (Applications come next: back-channel log-out.)

pub mod feeds;
pub mod frontchannel;
pub mod hub;
