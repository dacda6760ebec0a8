//! What a pool is called, how it looks, whom to ask in it, how long its sessions last.
//!
//! What the operator states in the configuration wins over what is settled here, and is only shown.

use std::sync::Arc;

use super::directory;
use super::error::{Done, FieldRefused, FlowError};
use super::state::State;
use crate::config::{Config, Origin as Source};
use crate::crypto::seal;
use crate::domain::audit::{self, Detail};
use crate::domain::contact::DisplayName;
use crate::domain::id::PoolId;
use crate::domain::logout::Origin;
use crate::domain::look::{Colour, PICTURE_OCTETS, PictureKind};
use crate::store::audit::Event;
use crate::store::db::Act;
pub use crate::store::pools::Keeper;
use crate::store::pools::{self, PoolSettings};
use crate::store::{access_keys, facts, sessions};

const HOUR: u32 = 3_600;
/// A year.
const MOST_HOURS: u32 = 8_760;
/// Characters of what people are told.
const CONTACT: usize = 200;

/// The form as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SettingsForm {
    /// Name of the pool.
    pub name: String,
    /// Whom people may ask.
    pub contact: String,
    /// Its colour, `#rrggbb`; empty: the house's own.
    pub accent: String,
    /// Hours without use after which a session ends; empty: the default.
    pub idle_hours: String,
    /// Hours after the log-in at which it ends in any case; empty: the default.
    pub absolute_hours: String,
}

/// A form whose every field was accepted.
#[derive(Debug, Clone)]
pub struct ValidSettings {
    name: String,
    contact: String,
    accent: Option<Colour>,
    idle_seconds: Option<u32>,
    absolute_seconds: Option<u32>,
}

impl SettingsForm {
    /// Judges every field and reports all that is wrong.
    pub fn judge(&self) -> Done<ValidSettings> {
        let mut refused = Vec::new();
        let mut refuse = |field, code| refused.push(FieldRefused::new(field, code));
        let name = DisplayName::parse(&self.name).map(|name| name.as_str().to_owned());
        match &name {
            Ok(_) => {}
            Err(_) if self.name.trim().is_empty() => refuse("name", "missing"),
            Err(why) => refuse("name", why.code()),
        }
        let contact = self.contact.trim();
        if contact.chars().count() > CONTACT {
            refuse("contact", "too_long");
        } else if !contact.is_empty() && DisplayName::parse(contact).is_err() {
            refuse("contact", "name_character");
        }
        let accent = Colour::parse(&self.accent);
        match accent {
            None if !self.accent.trim().is_empty() => refuse("accent", "no_colour"),
            Some(colour) if !colour.can_be_read() => refuse("accent", "faint"),
            Some(_) | None => {}
        }
        let mut hours = |field, text: &str| match text.trim() {
            "" => None,
            text => match text.parse::<u32>() {
                Ok(hours) if (1..=MOST_HOURS).contains(&hours) => Some(hours * HOUR),
                Ok(_) | Err(_) => {
                    refuse(field, "no_hours");
                    None
                }
            },
        };
        let idle_seconds = hours("idle_hours", &self.idle_hours);
        let absolute_seconds = hours("absolute_hours", &self.absolute_hours);
        if let (Some(idle), Some(absolute)) = (idle_seconds, absolute_seconds)
            && idle > absolute
        {
            refuse("idle_hours", "longer_than_absolute");
        }
        match name {
            Ok(name) if refused.is_empty() => {
                Ok(ValidSettings { name, contact: contact.to_owned(), accent, idle_seconds, absolute_seconds })
            }
            _ => Err(FlowError::Invalid(refused)),
        }
    }
}

impl From<&PoolSettings> for SettingsForm {
    fn from(row: &PoolSettings) -> Self {
        let hours = |seconds: Option<u32>| seconds.map(|s| s.div_ceil(HOUR).to_string()).unwrap_or_default();
        Self {
            name: row.name.clone(),
            contact: row.contact.clone(),
            accent: row.accent.clone().unwrap_or_default(),
            idle_hours: hours(row.idle_seconds),
            absolute_hours: hours(row.absolute_seconds),
        }
    }
}

/// The settings as they are kept, and what stands beside them.
#[derive(Debug)]
pub struct Kept {
    /// As a form.
    pub form: SettingsForm,
    /// Names this state of them: a form that was opened on another one is stale.
    pub mark: String,
    /// Who may enter the console.
    pub keepers: Vec<Keeper>,
    /// Access keys that hold.
    pub keys: usize,
    /// Number of the schema.
    pub schema: i64,
    /// Octets of the database.
    pub octets: u64,
    /// Version of SQLite.
    pub sqlite: &'static str,
}

fn mark(row: &PoolSettings) -> String {
    let text = format!("{:?}", (&row.name, &row.contact, &row.accent, row.idle_seconds, row.absolute_seconds));
    seal::hex(&seal::hash_octets(text.as_bytes()).0[..8])
}

/// Reads them.
pub fn read(state: &State, pool: PoolId) -> Done<Kept> {
    state.store.read(|conn| {
        let row = pools::settings(conn, pool)?.ok_or(FlowError::Absent("user pool"))?;
        let facts = facts::of(conn)?;
        Ok(Kept {
            form: SettingsForm::from(&row),
            mark: mark(&row),
            keepers: pools::keepers(conn, pool)?,
            keys: access_keys::of_pool(conn, pool)?.len(),
            schema: facts.schema,
            octets: facts.octets,
            sqlite: facts.sqlite,
        })
    })
}

/// Who stated the lifetimes in the configuration: idle, absolute.
pub fn stated(config: &Config) -> (Option<&Source>, Option<&Source>) {
    (config.session_idle_stated.as_ref(), config.session_absolute_stated.as_ref())
}

/// Changes them. `seen` is the mark of what the editor saw. A lifetime that became shorter holds for living sessions too.
pub fn change(
    act: &mut Act<'_>,
    state: &Arc<State>,
    (pool, seen): (PoolId, &str),
    valid: &ValidSettings,
    origin: &Origin,
) -> Done<()> {
    let before = pools::settings(act.conn(), pool)?.ok_or(FlowError::Absent("user pool"))?;
    if mark(&before) != seen {
        return Err(FlowError::Stale);
    }
    let (idle_stated, absolute_stated) = stated(&state.config);
    let after = PoolSettings {
        name: valid.name.clone(),
        contact: valid.contact.clone(),
        accent: valid.accent.map(|colour| colour.to_string()),
        // What the operator states is not touched: the form does not even ask for it.
        idle_seconds: if idle_stated.is_some() { before.idle_seconds } else { valid.idle_seconds },
        absolute_seconds: if absolute_stated.is_some() { before.absolute_seconds } else { valid.absolute_seconds },
        ..before.clone()
    };
    let (old, new) = (SettingsForm::from(&before), SettingsForm::from(&after));
    let mut detail = Detail::default();
    detail.change("name", &old.name, &new.name);
    detail.change("contact", &old.contact, &new.contact);
    detail.change("accent", &old.accent, &new.accent);
    detail.change("idle_hours", &old.idle_hours, &new.idle_hours);
    detail.change("absolute_hours", &old.absolute_hours, &new.absolute_hours);
    if detail.changes().is_empty() {
        return Ok(());
    }
    pools::settle(act, &after)?;
    note(act, pool, &detail, origin)?;
    directory::changed(act, state)?;
    let absolute = |row: &PoolSettings| row.absolute_seconds.unwrap_or(state.config.session_absolute_seconds);
    if absolute_stated.is_none() && absolute(&after) < absolute(&before) {
        sessions::shorten(act, pool, i64::from(absolute(&after)) * 1_000)?;
        // What is remembered of sessions holds their old end.
        let state = state.clone();
        act.after_commit(move || state.sessions.outdate_everybody());
    }
    Ok(())
}

fn note(act: &Act<'_>, pool: PoolId, detail: &Detail, origin: &Origin) -> Done<()> {
    let event =
        Event { pool, act: audit::act::SETTINGS_CHANGED, user: None, target: "", ending: None, origin, user_agent: "" };
    Ok(crate::store::audit::append_with(act, &event, detail)?)
}

/// A picture that was let in.
#[derive(Debug, Clone)]
pub struct Picture {
    kind: PictureKind,
    octets: Vec<u8>,
}

impl Picture {
    /// Judges it by its octets.
    pub fn judge(octets: Vec<u8>) -> Done<Self> {
        match PictureKind::of(&octets) {
            _ if octets.is_empty() => Err(FlowError::field("logo", "missing")),
            _ if octets.len() > PICTURE_OCTETS => Err(FlowError::field("logo", "picture_too_large")),
            Some(kind) => Ok(Self { kind, octets }),
            None => Err(FlowError::field("logo", "no_picture")),
        }
    }
}

/// Gives the pool a picture, or takes it away.
pub fn set_logo(
    act: &mut Act<'_>,
    state: &Arc<State>,
    pool: PoolId,
    picture: Option<&Picture>,
    origin: &Origin,
) -> Done<()> {
    let before = pools::settings(act.conn(), pool)?.ok_or(FlowError::Absent("user pool"))?;
    let said = |octets: &[u8], kind: &str| format!("{kind}, {} octets", octets.len());
    let mut detail = Detail::default();
    detail.change(
        "logo",
        before.logo.map(|(octets, kind)| said(&octets, &kind)).unwrap_or_default(),
        picture.map(|picture| said(&picture.octets, picture.kind.media_type())).unwrap_or_default(),
    );
    pools::set_logo(act, pool, picture.map(|picture| (picture.octets.as_slice(), picture.kind.media_type())))?;
    if !detail.changes().is_empty() {
        note(act, pool, &detail, origin)?;
    }
    directory::changed(act, state)
}
