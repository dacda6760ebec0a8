//! Way 4: the console, `/console`, for administrators of a pool.

mod address_trial;
mod application_form;
pub mod applications;
pub mod audit;
pub mod import;
pub mod kick;
pub mod login_status;
pub mod online;
pub mod outbox;
pub mod overview;
pub mod receipts;
pub mod settings;
pub mod user;
pub mod users;

mod desk;
