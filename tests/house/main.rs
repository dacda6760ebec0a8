//! One test binary. Tests speak in people and gestures, over real HTTP on loopback, with a clock that stands still until
//! it is moved; none of them sleeps.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::pedantic, clippy::type_complexity)]

mod applications;
mod audit_log;
mod authing;
mod back_channel;
mod bad_input;
mod crash;
mod crossing;
mod dashboard;
mod demo;
mod flash;
mod gate;
mod hosts;
mod import;
mod live;
mod login_status;
mod not_you;
mod oidc;
mod own_record;
mod password_link;
mod plan;
mod powers;
mod profile;
mod races;
mod registering;
mod rules;
mod sessions;
mod settings;
mod signing_keys;
mod support;
mod throttle;
mod users;
mod ways_out;
