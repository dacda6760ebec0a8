//! Those who must hear that somebody left: open pages, live; applications, by the outbox.

pub mod backchannel;
pub mod feeds;
pub mod frontchannel;
pub mod hub;
pub mod post;
