//! From what acts answer to what pages show.

use super::visit::Visit;
use crate::domain::audit::{self, act};
use crate::domain::device::Device;
use crate::domain::id::ApplicationId;
use crate::domain::logout::Cause;
use crate::domain::redirect::{Differs, RedirectEntry};
use crate::domain::session::SessionId;
use crate::flow::account::{AuditRow, SessionRow as Row};
use crate::flow::error::FieldRefused;
use crate::page::console::{ApplicationField, Line, UserField, Verdict};
use crate::page::personal_center::{Activity, PasswordField, ProfileField};
use crate::page::words::{Deed, FieldProblem, Rule};
use crate::page::{Count, SessionRow};

/// A number that was counted whole.
pub fn count(n: usize) -> Count {
    Count::from(u32::try_from(n).unwrap_or(u32::MAX))
}

/// A number that was counted up to one more than the cap.
pub fn capped(n: u32, cap: u32) -> Count {
    Count { n: n.min(cap), more: n > cap }
}

/// An address with those values of a question that say something.
pub fn address(path: &str, pairs: &[(&str, String)]) -> String {
    let said: Vec<_> = pairs.iter().filter(|(_, value)| !value.is_empty()).collect();
    if said.is_empty() {
        return path.to_owned();
    }
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(said.into_iter().map(|(name, value)| (*name, value.as_str())));
    format!("{path}?{}", query.finish())
}

/// A device by its user agent.
pub fn device(user_agent: &str) -> Device {
    Device::from_user_agent(user_agent)
}

/// Names of applications.
pub fn names(visit: &Visit, ids: impl IntoIterator<Item = ApplicationId>) -> Vec<String> {
    let directory = visit.state.directory();
    ids.into_iter().filter_map(|id| directory.application(id).map(|a| a.name.clone())).collect()
}

/// A session as lists show it.
pub fn session_row(visit: &Visit, row: &Row, this: Option<SessionId>) -> SessionRow {
    SessionRow {
        sid: row.sid,
        device: device(&row.user_agent),
        ip: row.ip.clone(),
        since: row.created_at,
        seen: row.last_seen_at,
        applications: names(visit, row.applications.iter().map(|(id, _)| *id)),
        this: this == Some(row.id),
        ended: row.ended,
    }
}

/// What an audit word means on a page.
pub fn deed(word: &str) -> Deed {
    match word {
        act::LOGIN => Deed::LoggedIn,
        act::LOGIN_REFUSED => Deed::LoginRefused,
        act::PASSWORD_CHANGED => Deed::PasswordChanged,
        act::PASSWORD_LINK => Deed::PasswordLink,
        act::PROFILE_CHANGED => Deed::ProfileChanged,
        act::REGISTERED => Deed::Registered,
        act::USER_CREATED => Deed::UserCreated,
        act::USER_CHANGED => Deed::UserChanged,
        act::APPLICATION_CREATED => Deed::ApplicationCreated,
        act::APPLICATION_CHANGED => Deed::ApplicationChanged,
        act::APPLICATION_SECRET => Deed::SecretRotated,
        act::SETTINGS_CHANGED => Deed::SettingsChanged,
        act::KEY_CREATED => Deed::KeyCreated,
        act::KEY_REVOKED => Deed::KeyRevoked,
        act::TEST_SENT => Deed::TestSent,
        act::GIVEN_UP => Deed::DeliveryGivenUp,
        act::TOLD_AGAIN => Deed::ToldAgain,
        act::TOKEN_ISSUED => Deed::TokenIssued,
        act::KEYS_ROTATED => Deed::KeysRotated,
        act::KEYS_REPLACED => Deed::KeysReplaced,
        other => Cause::parse(other).map_or_else(|| Deed::Other(other.to_owned()), Deed::Ended),
    }
}

/// What an event means for the person whom it concerns.
pub fn deed_of(row: &AuditRow) -> Deed {
    let others = row.detail.said(audit::OTHER_DEVICES).and_then(|n| n.parse::<u32>().ok());
    match (row.detail.said(audit::OTHER_DEVICE), others) {
        (Some(user_agent), _) => Deed::LeftElsewhere(Some(device(user_agent)), Count::from(1u32)),
        (None, Some(n)) => Deed::LeftElsewhere(None, Count::from(n)),
        (None, None) => deed(&row.act),
    }
}

/// What an event means in the log: what an administrator did to a user or an application is told as their act.
pub fn deed_in_log(row: &AuditRow) -> Deed {
    let enabled = |c: &audit::Change| c.field == "status" && c.after.as_deref() == Some("activated");
    let deed = deed_of(row);
    if deed == Deed::Ended(Cause::Disabled) {
        Deed::UserDisabled
    } else if deed == Deed::Ended(Cause::Deleted) {
        Deed::UserDeleted
    } else if deed == Deed::Ended(Cause::ApplicationDeleted) {
        Deed::ApplicationDeleted
    } else if deed == Deed::UserChanged && matches!(row.detail.changes(), [only] if enabled(only)) {
        Deed::UserEnabled
    } else {
        deed
    }
}

fn some(text: &str) -> Option<String> {
    if text.is_empty() { None } else { Some(text.to_owned()) }
}

/// An event as the personal center lists it.
pub fn activity(row: &AuditRow) -> Activity {
    Activity {
        at: row.at,
        deed: deed_of(row),
        application: some(&row.target),
        device: device(&row.user_agent),
        ip: row.ip.clone(),
    }
}

/// The sentence for a refused field.
pub fn problem(refused: &FieldRefused) -> FieldProblem {
    match refused.code {
        "required" | "login_name_missing" | "password_empty" => FieldProblem::Missing,
        "taken" => FieldProblem::Taken,
        "zone" => FieldProblem::NotAZone,
        "repeats" => FieldProblem::Repeats(refused.line.and_then(|line| u32::try_from(line).ok()).unwrap_or_default()),
        "cells" => FieldProblem::Cells,
        "username_length" => FieldProblem::TooLong(64),
        "name_length" => FieldProblem::TooLong(200),
        "email_too_long" => FieldProblem::TooLong(254),
        "last_admin" => FieldProblem::LastAdmin,
        "password_wrong" => FieldProblem::WrongPassword,
        "password_own" => FieldProblem::OwnPassword,
        "again_differs" => FieldProblem::NotTheSame,
        "password_too_short" => FieldProblem::TooShort(8),
        "password_too_long" => FieldProblem::TooLong(1024),
        "wildcard" => FieldProblem::NoWildcard,
        "origin_differs" => FieldProblem::OriginDiffers,
        "no_keys" => FieldProblem::NoKeys,
        "private_key" => FieldProblem::PrivateKey,
        "needs_proof" => FieldProblem::NeedsProof,
        "address_too_long" => FieldProblem::TooLong(2_048),
        "keys_too_long" => FieldProblem::TooLong(16_384),
        "too_long" | "too_many" => FieldProblem::TooLong(100),
        code if code.starts_with("identifier") => FieldProblem::NotAnIdentifier,
        code if code.starts_with("email") => FieldProblem::NotAnEmail,
        code if code.starts_with("phone") => FieldProblem::NotAPhone,
        code if code.starts_with("username") || code.starts_with("name") || code.starts_with("password") => {
            FieldProblem::BadCharacters
        }
        code => FieldProblem::Address(rule(code)),
    }
}

/// The sentence for a refused address.
pub fn rule(code: &str) -> Rule {
    match code {
        "scheme" => Rule::Scheme,
        "userinfo" => Rule::UserInfo,
        "fragment" => Rule::Fragment,
        "control_character" | "backslash" | "hidden_character" => Rule::ForbiddenCharacter,
        "host_star" | "path_star" | "query_star" | "wildcard" => Rule::Wildcard,
        "public_suffix" => Rule::PublicSuffix,
        "traversal" => Rule::Traversal,
        "one_slash" | "leaves_origin" | "double_slash" => Rule::Relative,
        "doubled" => Rule::Doubled,
        "nothing_registered" => Rule::NothingRegistered,
        "never_delivered" => Rule::ForbiddenHost,
        code => Differs::ALL.into_iter().find(|d| d.code() == code).map_or(Rule::Unreadable, Rule::Differs),
    }
}

fn problems<T>(refused: &[FieldRefused], field: impl Fn(&str) -> Option<T>) -> Vec<(T, FieldProblem)> {
    refused.iter().filter_map(|r| Some((field(r.field)?, problem(r)))).collect()
}

/// Refused fields of the own profile.
pub fn profile_problems(refused: &[FieldRefused]) -> Vec<(ProfileField, FieldProblem)> {
    problems(refused, |field| match field {
        "name" => Some(ProfileField::Name),
        "username" => Some(ProfileField::Username),
        "email" => Some(ProfileField::Email),
        "phone" => Some(ProfileField::Phone),
        "zone" => Some(ProfileField::Zone),
        _ => None,
    })
}

/// Refused fields of a password change.
pub fn password_problems(refused: &[FieldRefused]) -> Vec<(PasswordField, FieldProblem)> {
    problems(refused, |field| match field {
        "current" => Some(PasswordField::Current),
        "new" => Some(PasswordField::New),
        "again" => Some(PasswordField::Again),
        _ => None,
    })
}

/// Refused fields of a user form.
pub fn user_problems(refused: &[FieldRefused]) -> Vec<(UserField, FieldProblem)> {
    problems(refused, |field| match field {
        "name" => Some(UserField::Name),
        "username" => Some(UserField::Username),
        "email" => Some(UserField::Email),
        "phone" => Some(UserField::Phone),
        "password" => Some(UserField::Password),
        "role" => Some(UserField::Role),
        _ => None,
    })
}

/// Refused fields of an application form.
pub fn application_problems(refused: &[FieldRefused]) -> Vec<(ApplicationField, FieldProblem)> {
    // A refused line speaks for itself, unless it can be read and is only too long.
    let of_fields: Vec<FieldRefused> =
        refused.iter().filter(|r| r.line.is_none() || r.code == "too_long").cloned().collect();
    problems(&of_fields, ApplicationField::named)
}

/// Lines of an address list with the verdict on each.
pub fn lines(typed: &[String]) -> Vec<Line> {
    let verdict = |line: &str| match RedirectEntry::parse(line) {
        Ok(entry) => Verdict::Fine(entry.as_str().to_owned()),
        Err(why) => Verdict::Refused(rule(why.code())),
    };
    let lines = typed.iter().map(|line| line.trim()).filter(|line| !line.is_empty());
    lines.map(|line| Line { typed: line.to_owned(), verdict: verdict(line) }).collect()
}
