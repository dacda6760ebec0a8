//! What every register call shares: the switch of the application, the new person, and the log-in that follows where it is
//! asked for. The log-in is the same as any other ([`signin::enter`]).
//!
//! A password that does not open becomes one that nobody has, as at a log-in: anybody may call this, and must not learn
//! whether a ciphertext was well formed (`crypto::transport`).

use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;

use super::codes::{Coded, MISSING, REGISTER_DISABLED};
use super::people::refused_registration;
use super::signin::{self, Travelled};
use crate::domain::application::Application;
use crate::domain::contact::Password;
use crate::domain::secret::Secret;
use crate::domain::user::User;
use crate::flow::signin::{SignedIn, Wanted};
use crate::flow::users::UserForm;
use crate::flow::{password_key, registration};
use crate::web::error::Refusal;
use crate::web::visit::Visit;

/// What a person registers with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// An e-mail address.
    Email,
    /// A user name.
    Username,
    /// A phone number.
    Phone,
}

/// What of a profile the house keeps.
#[derive(Deserialize, Default)]
pub struct Profile {
    name: Option<String>,
    nickname: Option<String>,
    username: Option<String>,
    email: Option<String>,
    phone: Option<String>,
}

impl Profile {
    /// Takes a user name that was said elsewhere.
    pub fn take_username(&mut self, username: Option<String>) {
        self.username = username.or(self.username.take());
    }
}

/// A person who wants to register.
pub struct Newcomer {
    /// What they register with.
    pub by: By,
    /// The name or address.
    pub account: String,
    /// The password as it came.
    pub password: String,
    /// How it came.
    pub travelled: Travelled,
    /// What else they say of themselves.
    pub profile: Profile,
}

impl Newcomer {
    fn form(&self) -> UserForm {
        let profile = &self.profile;
        let said = |part: &Option<String>| part.clone().unwrap_or_default();
        let mut form = UserForm {
            username: said(&profile.username),
            name: profile.name.clone().or_else(|| profile.nickname.clone()).unwrap_or_default(),
            email: said(&profile.email),
            phone: said(&profile.phone),
            ..UserForm::default()
        };
        match self.by {
            By::Email => form.email.clone_from(&self.account),
            By::Username => form.username.clone_from(&self.account),
            By::Phone => form.phone.clone_from(&self.account),
        }
        form
    }
}

/// Registers. Refuses where the application lets nobody, before anything else is looked at.
pub async fn register(visit: &Visit, application: &Application, new: &Newcomer) -> Result<(User, Secret), Refusal> {
    if !application.protocol.self_registration {
        return Err(Coded::from(&REGISTER_DISABLED).into());
    }
    if new.account.trim().is_empty() || new.password.is_empty() {
        return Err(Coded::from(&MISSING).into());
    }
    let password = Secret::new(signin::typed(&visit.state, &new.password, new.travelled, password_key::open)?);
    let registering = registration::register(&visit.state, application, new.form(), password.clone(), visit.from());
    Ok((registering.await.map_err(refused_registration)?, password))
}

/// Registers and, where that is asked for, logs in.
pub async fn enter(
    visit: &Visit,
    application: &Arc<Application>,
    new: &Newcomer,
    logs_in: bool,
) -> Result<(Value, Option<Box<SignedIn>>), Refusal> {
    let (user, password) = register(visit, application, new).await?;
    if !logs_in {
        return Ok((super::shape::v2_user(&user), None));
    }
    let password = Password::parse(password.reveal()).map_err(|_| Refusal::Broken)?;
    let welcome = signin::enter(visit, application, &new.account, password, Wanted::LoginToken).await?;
    Ok((signin::v2_user(&welcome), Some(welcome)))
}
