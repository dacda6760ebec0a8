//! What an edit changed, field by field, as the audit log keeps it. Secrets and hashes are in neither of the two.

use crate::domain::audit::Detail;
use crate::domain::user::User;
use crate::store::applications::ApplicationRow;

/// What became of a user.
pub fn of_user(before: &User, after: &User) -> Detail {
    let mut detail = Detail::default();
    let mut field = |name, of: &dyn Fn(&User) -> String| detail.change(name, of(before), of(after));
    field("name", &|user| user.name.clone());
    field("username", &|user| said(user.username.as_ref()));
    field("email", &|user| said(user.email.as_ref()));
    field("phone", &|user| said(user.phone.as_ref()));
    field("role", &|user| user.role.as_str().to_owned());
    field("status", &|user| user.status.as_str().to_owned());
    detail
}

/// What became of an application.
pub fn of_application(before: &ApplicationRow, after: &ApplicationRow) -> Detail {
    let mut detail = Detail::default();
    let mut field = |name, of: &dyn Fn(&ApplicationRow) -> String| detail.change(name, of(before), of(after));
    field("name", &|row| row.name.clone());
    field("identifier", &|row| row.identifier.clone());
    field("redirect_uris", &|row| row.redirect_uris.join("\n"));
    field("logout_redirect_uris", &|row| row.logout_redirect_uris.join("\n"));
    field("is_default", &|row| row.is_default.to_string());
    field("backchannel_logout_uri", &|row| said(row.protocol.backchannel_logout_uri.as_ref()));
    field("frontchannel_logout_uri", &|row| said(row.protocol.frontchannel_logout_uri.as_ref()));
    field("grant_types", &|row| row.protocol.grant_types.iter().map(|one| one.as_str()).collect::<Vec<_>>().join(" "));
    field("response_types", &|row| {
        row.protocol.response_types.iter().map(|one| one.as_str()).collect::<Vec<_>>().join(" ")
    });
    field("auth_method", &|row| row.protocol.auth_method.as_str().to_owned());
    field("id_token_alg", &|row| row.protocol.id_token_alg.as_str().to_owned());
    field("jwks", &|row| said(row.protocol.jwks.as_ref()));
    field("tokens_outlive_logout", &|row| row.protocol.tokens_outlive_logout.to_string());
    field("self_registration", &|row| row.protocol.self_registration.to_string());
    detail
}

fn said(value: Option<&impl ToString>) -> String {
    value.map(ToString::to_string).unwrap_or_default()
}
