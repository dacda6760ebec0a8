//! The personal center: where people see their own sessions, end them, and keep their own data.
//!
//! `/u` overview · `/u/devices` sessions · `/u/applications` where they are in · `/u/activity` what was done in their name ·
//! `/u/profile` name and contacts · `/u/security` password.

mod activity;
mod applications;
mod devices;
mod overview;
mod profile;
mod security;

pub use activity::{Activity, ActivityKind, ActivityView, activity};
pub(in crate::page) use activity::{event, kind_label};
pub use applications::{ApplicationsView, OwnApplication, applications};
pub use devices::{DevicesView, devices};
pub use overview::{OverviewView, overview};
pub use profile::{ProfileField, ProfileView, Theirs, profile};
pub use security::{PasswordField, SecurityView, security};
