//! The console: where an administrator sees who is online, ends sessions, and keeps applications, users and keys.
//!
//! `/console` dashboard · `/console/applications…` · `/console/applications/{id}/sessions` the ledger ·
//! `/console/applications/{id}/kick` the scope page · `/console/receipts/{id}` · `/console/users…` · `/console/keys` ·
//! `/console/audit` ·
//! `/console/deliveries`.

mod access_keys;
mod application_form;
mod application_protocol;
mod applications;
mod audit;
mod dashboard;
mod deliveries;
mod frame;
mod import;
mod kick;
mod login_status;
mod outbox;
mod reading;
mod receipt;
mod scope_grid;
mod test_message;
mod user_form;
mod user_link;
mod users;

pub use access_keys::{AccessKeyRow, AccessKeysView, access_keys};
pub use application_form::{ApplicationField, ApplicationForm, DefaultChoice, Line, Verdict};
pub use applications::{
    ApplicationRow, ApplicationView, ApplicationsView, SecretView, application, applications, new_application, secret,
};
pub use audit::{AuditKind, AuditRow, AuditView, audit};
pub use dashboard::{ByApplication, DashboardView, Health, Logins, TickerRow, dashboard};
pub use deliveries::{Delivery, DeliveryState, Hand, Recipient, Telling};
pub use frame::Rail;
pub use import::{Column, FileFault, ImportLine, ImportView, Imported, LookView, import, imported, look};
pub use kick::{Effect, KickTarget, KickView, kick, nobody_to_kick};
pub use login_status::{LedgerView, ledger};
pub use outbox::{OutboxKind, OutboxRow, OutboxView, outbox};
pub use receipt::{EndedRow, ReceiptView, receipt};
pub use scope_grid::{Cell, Grid, GridHead, GridRow};
pub use test_message::TestView;
pub use user_form::{UserField, UserForm};
pub use user_link::{UserLinkView, user_link};
pub use users::{UserRow, UserView, UsersView, new_user, user, users};
