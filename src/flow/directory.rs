//! The directory: pools and applications in memory, for the questions that every request asks about hosts and lists.
//!
//! It is read without a lock and replaced whole after each commit that changed it.

use std::collections::HashMap;
use std::sync::Arc;

use super::error::Done;
use super::state::State;
use crate::crypto::seal;
use crate::domain::application::Application;
use crate::domain::id::{ApplicationId, PoolId};
use crate::domain::look::{Colour, PictureKind};
use crate::domain::redirect::{RedirectEntry, RedirectList};
use crate::store::applications::ApplicationRow;
use crate::store::db::{Act, Rows, Store};
use crate::store::pools::PoolSettings;
use crate::store::{applications, pools};

/// A pool as pages name it.
#[derive(Debug, Clone)]
pub struct Pool {
    /// Id.
    pub id: PoolId,
    /// Name.
    pub name: String,
    /// Whom people may ask; may be empty.
    pub contact: String,
    /// Its colour, if it chose one.
    pub accent: Option<Colour>,
    /// Lifetimes of sessions, where it settled them.
    pub idle_seconds: Option<u32>,
    /// See above.
    pub absolute_seconds: Option<u32>,
    /// The style sheet of its colour.
    pub sheet: Option<Served>,
    /// Its picture.
    pub logo: Option<Served>,
}

/// Something of a pool's own that browsers load: another content has another address.
#[derive(Debug, Clone)]
pub struct Served {
    /// Its address on every host of the house.
    pub href: String,
    /// Its media type.
    pub media_type: &'static str,
    /// Its octets.
    pub octets: Arc<[u8]>,
}

impl Served {
    fn of(pool: PoolId, suffix: &str, media_type: &'static str, octets: &[u8]) -> Self {
        let mark = seal::hex(&seal::hash_octets(octets).0[..8]);
        Self { href: format!("/brand/{pool}/{mark}.{suffix}"), media_type, octets: octets.into() }
    }
}

impl Pool {
    fn of(row: PoolSettings) -> Self {
        let accent = row.accent.as_deref().and_then(Colour::parse);
        let picture = row.logo.as_ref().and_then(|(octets, kind)| Some((octets, PictureKind::parse(kind)?)));
        Self {
            id: row.id,
            name: row.name,
            contact: row.contact,
            accent,
            idle_seconds: row.idle_seconds,
            absolute_seconds: row.absolute_seconds,
            sheet: accent.map(|c| Served::of(row.id, "css", "text/css; charset=utf-8", c.sheet().as_bytes())),
            logo: picture.map(|(octets, kind)| Served::of(row.id, kind.suffix(), kind.media_type(), octets)),
        }
    }

    /// What it serves under this address, if it still does.
    pub fn served(&self, href: &str) -> Option<&Served> {
        [&self.sheet, &self.logo].into_iter().flatten().find(|served| served.href == href)
    }
}

/// All pools and living applications.
#[derive(Debug, Default)]
pub struct Directory {
    pools: Vec<Pool>,
    applications: Vec<Arc<Application>>,
    by_id: HashMap<ApplicationId, Arc<Application>>,
    by_identifier: HashMap<String, Arc<Application>>,
}

impl Directory {
    /// Reads it from the store.
    pub fn read(store: &Store) -> Rows<Self> {
        store.read(|conn| Ok(Self::of(pools::all_settings(conn)?, applications::all(conn)?)))
    }

    fn of(pools: Vec<PoolSettings>, rows: Vec<ApplicationRow>) -> Self {
        let pools = pools.into_iter().map(Pool::of).collect();
        let applications: Vec<Arc<Application>> = rows.into_iter().map(|row| Arc::new(parsed(row))).collect();
        let by_id = applications.iter().map(|a| (a.id, a.clone())).collect();
        let by_identifier = applications.iter().map(|a| (a.identifier.clone(), a.clone())).collect();
        Self { pools, applications, by_id, by_identifier }
    }

    /// The first pool.
    pub fn default_pool(&self) -> Option<&Pool> {
        self.pools.first()
    }

    /// One pool.
    pub fn pool(&self, id: PoolId) -> Option<&Pool> {
        self.pools.iter().find(|pool| pool.id == id)
    }

    /// All pools, the default first.
    pub fn pools(&self) -> &[Pool] {
        &self.pools
    }

    /// One application.
    pub fn application(&self, id: ApplicationId) -> Option<&Arc<Application>> {
        self.by_id.get(&id)
    }

    /// The application whose host begins with this label.
    pub fn by_identifier(&self, label: &str) -> Option<&Arc<Application>> {
        self.by_identifier.get(label)
    }

    /// All living applications.
    pub fn applications(&self) -> impl Iterator<Item = &Arc<Application>> {
        self.applications.iter()
    }

    /// Applications of a pool, oldest first.
    pub fn of_pool(&self, pool: PoolId) -> impl Iterator<Item = &Arc<Application>> {
        self.applications.iter().filter(move |a| a.pool == pool)
    }

    /// What the base host means when no application is named: the default one of the first pool.
    pub fn default_application(&self) -> Option<&Arc<Application>> {
        let pool = self.default_pool()?.id;
        self.of_pool(pool).find(|a| a.is_default).or_else(|| self.of_pool(pool).next())
    }
}

/// Entries that an older version accepted and this one refuses allow nothing.
fn parsed(row: ApplicationRow) -> Application {
    let list = |entries: &[String]| {
        RedirectList::new(entries.iter().filter_map(|text| RedirectEntry::parse(text).ok()).collect())
    };
    Application {
        id: row.id,
        pool: row.pool,
        identifier: row.identifier,
        name: row.name,
        secret: row.secret,
        login: list(&row.redirect_uris),
        logout: list(&row.logout_redirect_uris),
        secret_sealed: row.secret_sealed,
        protocol: row.protocol,
        is_default: row.is_default,
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}

/// Has the directory read anew once this act is on disk.
pub fn changed(act: &mut Act<'_>, state: &Arc<State>) -> Done<()> {
    // Read inside the act, so that the new directory is exactly what is about to be committed.
    let conn = act.conn();
    let directory = Directory::of(pools::all_settings(conn)?, applications::all(conn)?);
    let state = state.clone();
    act.after_commit(move || {
        state.set_directory(directory);
        // Whoever listens with a credential that holds no longer hears nothing more.
        state.feeds.poke_all();
    });
    Ok(())
}
