//! The personal center: where people see their own sessions, end them, and keep their own data.
//!
//! `/u` overview · `/u/devices` sessions · `/u/profile` name and contacts · `/u/security` password.

mod devices;
mod overview;
mod profile;
mod security;

pub use devices::{DevicesDone, DevicesView, devices};
pub use overview::{Activity, OverviewView, overview};
pub use profile::{ProfileField, ProfileView, profile};
pub use security::{PasswordField, SecurityView, security};
