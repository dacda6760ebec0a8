//! The console: where an administrator sees who is online, ends sessions, and keeps applications, users and keys.
//!
//! `/console` dashboard · `/console/online` · `/console/applications…` · `/console/applications/{id}/sessions` the ledger ·
//! `/console/applications/{id}/kick` the scope page · `/console/receipts/{id}` · `/console/users…` · `/console/keys` ·
//! `/console/audit` ·
//! `/console/deliveries`.

mod access_keys;
mod address_trial;
mod application;
mod application_form;
mod application_protocol;
mod applications;
mod audit;
mod confirm;
mod dashboard;
mod deed;
mod deliveries;
mod frame;
mod import;
mod kick;
mod login_status;
mod online;
mod outbox;
mod quick_start;
mod reading;
mod receipt;
mod scope_grid;
mod settings;
mod test_message;
mod user;
mod user_form;
mod user_link;
mod user_tabs;
mod users;

pub use access_keys::{AccessKeyRow, AccessKeysView, access_keys};
pub use address_trial::{Trial, TrialVerdict};
pub use application::{
    ApplicationFacts, ApplicationView, LifetimesView, application, application_deliveries, application_protocol,
    env_file,
};
pub use application_form::{
    ApplicationField, ApplicationForm, ApplicationPart, DefaultChoice, FormState, Line, Stored, Verdict,
};
pub use applications::{
    ApplicationKind, ApplicationRow, ApplicationsView, Callbacks, SecretView, applications, new_application, secret,
};
pub use audit::{AuditAsked, AuditRow, AuditView, audit};
pub use confirm::{ConfirmItIsYou, Grave, NotConfirmed, OWN_PASSWORD, confirm_it_is_you};
pub use dashboard::{ByApplication, DashboardView, Health, Logins, Steps, TickerRow, Warning, dashboard};
pub use deliveries::{Delivery, DeliveryState, Hand, Recipient, Telling};
pub use frame::Rail;
pub use import::{Column, FileFault, ImportLine, ImportView, Imported, LookView, import, imported, look};
pub use kick::{Effect, KickField, KickTarget, KickView, Reckoning, Staying, kick, nobody_to_kick};
pub use login_status::{Asked, LedgerView, ledger};
pub use online::{OnlineEntry, OnlineView, online};
pub use outbox::{OutboxKind, OutboxRow, OutboxView, outbox};
pub use quick_start::quick_start;
pub use receipt::{EndedRow, ReceiptView, receipt};
pub use scope_grid::{Cell, Grid, GridHead, GridRow};
pub use settings::{KeeperRow, Lifetime, Outcome, SettingsField, SettingsView, Stated, settings};
pub use test_message::TestView;
pub use user::{UserHead, UserView, user};
pub(in crate::page) use user_form::now_is;
pub use user_form::{UserDone, UserField, UserForm};
pub use user_link::{UserLinkView, user_link};
pub use user_tabs::{user_applications, user_data, user_devices, user_history};
pub use users::{UserRow, UsersView, new_user, users};
