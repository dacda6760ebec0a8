//! An application: what people log in to, and the addresses it registered.

use super::clock::Timestamp;
use super::id::{ApplicationId, PoolId};
use super::oauth::{AuthMethod, GrantType, ResponseType, TokenAlg};
use super::redirect::RedirectList;
use super::secret::SecretHash;

/// How an application speaks OAuth and OpenID Connect.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "independent switches of the wire")]
pub struct Protocol {
    /// OpenID Connect back-channel log-out address.
    pub backchannel_logout_uri: Option<String>,
    /// Whether logout tokens have to name the session; they always do.
    pub backchannel_session_required: bool,
    /// OpenID Connect front-channel log-out address.
    pub frontchannel_logout_uri: Option<String>,
    /// Whether that address has to be told issuer and session; it always is.
    pub frontchannel_session_required: bool,
    /// OAuth grant types.
    pub grant_types: Vec<GrantType>,
    /// Response types.
    pub response_types: Vec<ResponseType>,
    /// How it proves itself.
    pub auth_method: AuthMethod,
    /// How its ID tokens are signed.
    pub id_token_alg: TokenAlg,
    /// Its public keys (RFC 7517), for `private_key_jwt`.
    pub jwks: Option<String>,
    /// Whether its refresh tokens outlive a plain log-out; a kick always ends them.
    pub tokens_outlive_logout: bool,
    /// Whether people may make themselves a user of the pool here.
    pub self_registration: bool,
}

impl Default for Protocol {
    fn default() -> Self {
        Self {
            backchannel_logout_uri: None,
            backchannel_session_required: false,
            frontchannel_logout_uri: None,
            frontchannel_session_required: false,
            grant_types: vec![GrantType::AuthorizationCode, GrantType::RefreshToken],
            response_types: vec![ResponseType::Code],
            auth_method: AuthMethod::Secret,
            id_token_alg: TokenAlg::Rs256,
            jwks: None,
            tokens_outlive_logout: false,
            self_registration: false,
        }
    }
}

impl Protocol {
    /// Whether it may use a grant.
    pub fn may(&self, grant: GrantType) -> bool {
        self.grant_types.contains(&grant)
    }
}

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
    /// Its secret, sealed; only where ID tokens are signed with it.
    pub secret_sealed: Option<Vec<u8>>,
    /// What it settled beside its addresses.
    pub protocol: Protocol,
    /// Whether the base host means this one when none is named.
    pub is_default: bool,
    /// Creation.
    pub created_at: Timestamp,
    /// Last change; a form that was opened before it is stale.
    pub updated_at: Timestamp,
}
