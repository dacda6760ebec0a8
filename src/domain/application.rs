//! An application: what people log in to, and the addresses it registered.

use super::clock::Timestamp;
use super::id::{ApplicationId, PoolId};
use super::redirect::RedirectList;
use super::secret::SecretHash;

/// An application with its lists parsed; what is stored is what was typed.
#[derive(Debug, Clone)]
pub struct Application {
    /// Id.
    pub id: ApplicationId,
    /// Pool.
    pub pool: PoolId,
    /// Label of its host.
    pub identifier: String,
    /// Name.
    pub name: String,
    /// Hash of its secret.
    pub secret: SecretHash,
    /// Where a log-in may go back to.
    pub login: RedirectList,
    /// Where a log-out may go; never the same list (security.md R7).
    pub logout: RedirectList,
    /// OpenID Connect back-channel log-out address.
    pub backchannel_logout_uri: Option<String>,
    /// OpenID Connect front-channel log-out address.
    pub frontchannel_logout_uri: Option<String>,
    /// OAuth grant types.
    pub grant_types: Vec<String>,
    /// Whether the base host means this one when none is named.
    pub is_default: bool,
    /// Creation.
    pub created_at: Timestamp,
    /// Last change; a form that was opened before it is stale.
    pub updated_at: Timestamp,
}
