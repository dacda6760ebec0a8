//! Wires: every route of the product on one sheet, by audience. HTTP in, HTTP out; async lives here.
//!
//! Reading this file is reading the product. A method that an address does not take is answered 405 with `Allow`.

pub mod assets;
pub mod authing;
pub mod body;
pub mod brand;
pub mod console;
pub mod cookie;
pub mod crossing;
pub mod docs;
pub mod edge;
pub mod error;
pub mod feed;
pub mod flash;
pub mod gallery;
pub mod login;
pub mod logout;
pub mod oidc;
pub mod ops;
pub mod own;
pub mod own_record;
pub mod password_link;
pub mod personal_center;
pub mod place;
pub mod protect;
pub mod push;
pub mod registration;
pub mod reply;
pub mod setup;
pub mod table;
pub mod view;
pub mod visit;

use actix_web::Resource;
use actix_web::http::Method;
use actix_web::web::{ServiceConfig, delete, get, head, method, patch, post, resource, to};
use authing::{cas, graphql, out, v2, v3};
use console::{
    applications, audit, import, kick, login_status, online, outbox, overview, receipts, settings, user, users,
};
use error::{Answer, Refusal};
use oidc::wire::preflight;
use oidc::{authorize, discovery, end_session, introspect, pushed, register, revoke, token, userinfo};

/// An address that takes only these methods.
fn only(path: &str, allow: &'static str) -> Resource {
    resource(path).default_service(to(move || async move { Answer::Err(Refusal::Method(allow)) }))
}

macro_rules! routes {
    ($sheet:expr; $($path:literal => $($method:ident $handler:path),+;)+) => {
        $($sheet.service(routes!(@one $path, $($method $handler),+));)+
    };
    (@one $path:literal, GET $get:path) => {
        only($path, "GET, HEAD").route(get().to($get)).route(head().to($get))
    };
    (@one $path:literal, GET $get:path, POST $post:path) => {
        only($path, "GET, HEAD, POST").route(get().to($get)).route(head().to($get)).route(post().to($post))
    };
    (@one $path:literal, GET $get:path, DELETE $delete:path) => {
        only($path, "GET, HEAD, DELETE").route(get().to($get)).route(head().to($get)).route(delete().to($delete))
    };
    (@one $path:literal, GET $get:path, POST $post:path, DELETE $delete:path) => {
        only($path, "GET, HEAD, POST, DELETE")
            .route(get().to($get))
            .route(head().to($get))
            .route(post().to($post))
            .route(delete().to($delete))
    };
    (@one $path:literal, POST $post:path) => {
        only($path, "POST").route(post().to($post))
    };
    (@one $path:literal, PATCH $patch:path) => {
        only($path, "PATCH").route(patch().to($patch))
    };
}

/// The same for what pages of applications call: a browser asks first whether they may.
macro_rules! called {
    ($sheet:expr; $($path:literal => $($method:ident $handler:path),+;)+) => {
        $($sheet.service(routes!(@one $path, $($method $handler),+).route(method(Method::OPTIONS).to(preflight)));)+
    };
}

/// The same for a GET that acts.
macro_rules! acting {
    ($sheet:expr; $($path:literal => $handler:path;)+) => {
        $($sheet.service(only($path, "GET").route(get().to($handler)).route(method(Method::OPTIONS).to(preflight)));)+
    };
}

/// The sheet.
pub fn sheet(sheet: &mut ServiceConfig) {
    // What applications ask on each request comes first.
    routes! { sheet;
        "/api/v1/session" => GET own::session;
        "/assets/{name}" => GET assets::asset;
        "/brand/{pool}/{name}" => GET brand::served;
    }
    // People
    routes! { sheet;
        "/" => GET setup::root;
        "/setup" => GET setup::form, POST setup::submit;
        "/login" => GET login::form, POST login::submit;
        "/register" => GET registration::form, POST registration::submit;
        "/reset-password" => GET password_link::form, POST password_link::submit;
        "/signed-out" => GET logout::signed_out;
        "/prefs" => POST personal_center::preferences;
        "/u" => GET personal_center::overview_page;
        "/u/devices" => GET personal_center::devices_page;
        "/u/devices/end" => POST personal_center::end_one;
        "/u/devices/end-others" => POST personal_center::end_others;
        "/u/applications" => GET own_record::applications_page;
        "/u/applications/leave" => POST own_record::leave;
        "/u/activity" => GET own_record::activity_page;
        "/u/activity.csv" => GET own_record::activity_table;
        "/u/profile" => GET personal_center::profile_page, POST personal_center::change_profile;
        "/u/security" => GET personal_center::security_page;
        "/u/security/password" => POST personal_center::change_password;
        "/u/logout" => POST personal_center::log_out;
        "/crossing/ask" => GET crossing::asking;
        "/crossing/give" => GET crossing::give;
        "/crossing/take" => GET crossing::take;
        "/crossing/onward" => GET crossing::onward;
    }
    // Streams: a HEAD would hold one and hear nothing.
    sheet.service(only("/u/live", "GET").route(get().to(push::own)));
    sheet.service(only("/console/live", "GET").route(get().to(push::console)));
    sheet.service(only("/api/v1/revocations", "GET").route(get().to(feed::revocations)));
    // The front-end log-out: a GET that acts, so HEAD is not a GET here.
    sheet.service(
        only("/login/profile/logout", "GET, POST")
            .route(get().to(logout::front_end))
            .route(post().to(logout::confirmed)),
    );
    administrators(sheet);
    authing_wire(sheet);
    // Programs: our own
    routes! { sheet;
        "/api/v1/logouts/{id}" => GET own::receipt;
        "/api/v1/logouts/{id}/retry" => POST own::retry;
        "/api/v1/operator/kick" => POST own::operator_kick;
        "/api/v1/operator/reset-link" => POST own::operator_reset_link;
        "/api/v1/operator/keys/rotate" => POST own::operator_rotate_keys;
    }
    // Operators
    routes! { sheet;
        "/healthz" => GET ops::healthz;
        "/readyz" => GET ops::readyz;
        "/metrics" => GET ops::metrics;
        "/robots.txt" => GET ops::robots;
        "/favicon.ico" => GET assets::favicon;
        "/.well-known/change-password" => GET personal_center::well_known_change_password;
        "/docs/authing" => GET docs::authing;
        "/_dev/gallery" => GET gallery::index;
        "/_dev/gallery/{lang}/{name}" => GET gallery::show;
    }
}

/// The console.
fn administrators(sheet: &mut ServiceConfig) {
    routes! { sheet;
        "/console" => GET overview::dashboard;
        "/console/find" => GET overview::find;
        "/console/audit" => GET audit::audit;
        "/console/online" => GET online::list;
        "/console/audit.csv" => GET audit::csv;
        "/console/audit.ndjson" => GET audit::ndjson;
        "/console/deliveries" => GET outbox::deliveries;
        "/console/receipts/{id}" => GET receipts::receipt;
        "/console/receipts/{id}/retry" => POST receipts::retry;
        "/console/applications" => GET applications::list;
        "/console/applications/new" => GET applications::new, POST applications::create;
        "/console/applications/{id}" => GET applications::settings, POST applications::change;
        "/console/applications/{id}/quick-start" => GET applications::quick_start;
        "/console/applications/{id}/protocol" => GET applications::protocol, POST applications::change_protocol;
        "/console/applications/{id}/deliveries" => GET applications::deliveries;
        "/console/applications/{id}/env" => GET applications::env;
        "/console/applications/{id}/secret" => POST applications::new_secret;
        "/console/applications/{id}/delete" => POST applications::delete;
        "/console/applications/{id}/test-message" => POST receipts::test;
        "/console/applications/{id}/sessions" => GET login_status::sessions;
        "/console/applications/{id}/kick" => GET kick::ask, POST kick::ask_posted;
        "/console/kick" => POST kick::carry_out;
        "/console/users" => GET users::list;
        "/console/users/import" => GET import::form, POST import::submit;
        "/console/users/import.csv" => GET import::sample;
        "/console/users/new" => GET users::new, POST users::create;
        "/console/users/{id}" => GET user::detail, POST user::change;
        "/console/users/{id}/devices" => GET user::devices;
        "/console/users/{id}/applications" => GET user::applications;
        "/console/users/{id}/history" => GET user::history;
        "/console/users/{id}/data" => GET user::data;
        "/console/users/{id}/status" => POST user::switch;
        "/console/users/{id}/end" => POST user::end;
        "/console/users/{id}/leave" => POST user::leave;
        "/console/users/{id}/kick" => GET kick::ask_user;
        "/console/users/{id}/reset-link" => POST user::reset_link;
        "/console/users/{id}/delete" => POST user::delete;
        "/console/settings" => GET settings::show, POST settings::change;
        "/console/settings/logo" => POST settings::set_logo;
        "/console/settings/logo/remove" => POST settings::remove_logo;
        "/console/keys" => GET applications::keys, POST applications::create_key;
        "/console/keys/{id}/revoke" => POST applications::revoke_key;
    }
    // Applications: OpenID Connect. What browsers open first, then what programs and pages of applications call.
    sheet.service(
        only("/oidc/auth", "GET, POST").route(get().to(authorize::authorize)).route(post().to(authorize::posted)),
    );
    sheet.service(
        only("/oauth/auth", "GET, POST").route(get().to(authorize::authorize)).route(post().to(authorize::posted)),
    );
    sheet.service(
        only("/oidc/session/end", "GET, POST")
            .route(get().to(end_session::end_session))
            .route(post().to(end_session::posted)),
    );
    routes! { sheet;
        "/oidc/auth/answer" => POST authorize::answered;
        "/oauth/auth/answer" => POST authorize::answered;
        "/oidc/session/confirm" => POST end_session::confirmed;
        "/oidc/session/check" => GET end_session::check;
    }
    called! { sheet;
        "/oidc/token" => POST token::token;
        "/oidc/me" => GET userinfo::userinfo, POST userinfo::userinfo;
        "/oidc/token/introspection" => POST introspect::introspect;
        "/oidc/token/revocation" => POST revoke::revoke;
        "/oauth/token" => POST token::token;
        "/oauth/me" => GET userinfo::userinfo, POST userinfo::userinfo;
        "/oauth/token/introspection" => POST introspect::introspect;
        "/oauth/token/revocation" => POST revoke::revoke;
        "/oidc/request" => POST pushed::push;
        "/oidc/register" => POST register::register;
        "/oidc/.well-known/jwks.json" => GET discovery::jwks;
        "/oidc/.well-known/openid-configuration" => GET discovery::discovery;
        "/oidc/.well-known/oauth-authorization-server" => GET discovery::discovery;
        "/.well-known/openid-configuration" => GET discovery::discovery;
        "/.well-known/oauth-authorization-server" => GET discovery::discovery;
        "/.well-known/oauth-authorization-server/oidc" => GET discovery::discovery;
    }
}

/// The part of the sheet that Authing's SDKs call.
fn authing_wire(sheet: &mut ServiceConfig) {
    // Authing's wire: programs of administrators, whose secrets are on no page.
    routes! { sheet;
        "/api/v2/applications/{app}/kick-active-users" => POST v2::applications::kick_active_users;
        "/api/applications/{app}/kick-active-users" => POST v2::applications::kick_active_users;
        "/api/v2/applications/{app}/active-users" => GET v2::applications::active_users;
        "/api/v2/userpools/access-token" => POST v2::userpools::access_token;
        "/api/v2/userpools/accessToken" => GET v2::userpools::access_token_by_query;
        "/api/v2/users/kick" => POST v2::users::kick;
        "/api/v2/users/login-status" => GET v2::users::login_status;
        "/api/v2/users/is-user-exists" => GET v2::users::exists;
        "/api/v3/check-app-id-secret" => POST v3::management::check_secret;
        "/api/v3/get-management-token" => POST v3::management::get_management_token;
        "/api/v3/kick-users" => POST v3::kick::kick_users;
        "/api/v3/kick-public-accounts" => POST v3::kick::kick_users;
        "/api/v3/list-application-active-users" => POST v3::users::active;
        "/api/v3/check-session-status" => POST v3::users::session_status;
        "/api/v3/get-user-loggedin-apps" => GET v3::users::applications;
        "/api/v3/get-user-logged-in-identities" => GET v3::users::identities;
        "/api/v3/list-users" => GET v3::people::list_by_query, POST v3::people::list;
        "/api/v3/get-user" => GET v3::people::get;
        "/api/v3/get-user-batch" => GET v3::people::get_batch;
        "/api/v3/is-user-exists" => POST v3::people::exists;
        "/api/v3/create-user" => POST v3::people::create;
        "/api/v3/create-users-batch" => POST v3::people::create_batch;
        "/api/v3/update-user" => POST v3::people::update;
        "/api/v3/update-user-batch" => POST v3::people::update_batch;
        "/api/v3/delete-users-batch" => POST v3::people::delete_batch;
        "/api/v3/list-applications" => GET v3::applications::list;
        "/api/v3/list-application-simple-info" => GET v3::applications::list_in_short;
        "/api/v3/get-application" => GET v3::applications::detail;
        "/api/v3/get-application-simple-info" => GET v3::applications::in_short;
        "/api/v3/get-application-secret" => GET v3::applications::secret;
        "/api/v3/create-application" => POST v3::applications::create;
        "/api/v3/update-application" => POST v3::applications::update;
        "/api/v3/delete-application" => POST v3::applications::delete;
        "/api/v3/refresh-application-secret" => POST v3::applications::refresh_secret;
    }
    // People by their tokens, pages of applications.
    called! { sheet;
        "/api/v2/applications/{app}/public-config" => GET v2::guard::public_config;
        "/api/v2/applications/{app}/components-public-config/guard" => GET v2::guard::components;
        "/svg-string/guard" => GET v2::guard::icons;
        "/api/v2/users/find" => GET v2::guard::find;
        "/api/v2/users/me" => GET v2::users::me;
        "/api/v2/users/me/info" => GET v2::users::me;
        "/api/v2/users/refresh-token" => POST v2::users::refresh_token;
        "/api/v2/udvs/get" => POST v2::users::custom_data;
        "/api/v2/users/login/check-status" => POST v2::users::check_status;
        "/api/v2/login/account" => POST v2::login::account;
        "/api/v2/register-{kind}" => POST v2::register::register;
        "/api/v2/register/{kind}" => POST v2::register::register;
        "/api/v2/oidc/validate_token" => GET v2::oidc::validate_token;
        "/api/v2/.well-known" => GET v2::oidc::well_known;
        "/api/v3/signin" => POST v3::signin::signin;
        "/api/v3/signup" => POST v3::signup::signup;
        "/api/v3/system" => GET v3::signin::system;
        "/api/v3/get-profile" => GET v3::me::profile;
        "/api/v3/get-my-logged-in-apps" => GET v3::me::applications;
        "/api/v3/get-my-login-history" => GET v3::me::history;
        "/api/v3/mydevices/list" => GET v3::me::devices;
        "/api/v3/mydevices/revoke-session" => POST v3::me::revoke;
        "/api/v3/mydevices/unbind" => POST v3::me::revoke;
        "/graphql/v2" => POST graphql::call;
        "/cas/session" => GET cas::session;
    }
    // Programs of administrators again: whose paths end with an id come after those that end with a word.
    routes! { sheet;
        "/api/v2/users/batch" => POST v2::users::batch;
        "/api/v2/users" => POST v2::users::create;
        "/api/v2/users/{user}" => GET v2::users::detail, POST v2::users::update;
        "/api/v2/applications" => GET v2::applications::list, POST v2::applications::create;
        "/api/v2/applications/{app}" => GET v2::applications::detail, POST v2::applications::update, DELETE v2::applications::delete;
        "/api/v2/application/{app}/refresh-secret" => PATCH v2::applications::refresh_secret;
    }
    // These end sessions by GET, so HEAD is not a GET here.
    acting! { sheet;
        "/logout" => out::logout;
        "/api/v2/logout" => out::api_logout;
        "/cas/logout" => cas::logout;
        "/cas-idp/logout" => cas::idp_logout;
        "/cas-idp/{app}/logout" => cas::idp_logout_of;
        // These give and use up tickets.
        "/cas-idp/{app}" => cas::login;
        "/cas-idp/{app}/login" => cas::login;
        "/cas-idp/{app}/validate" => cas::validate;
        "/cas-idp/{app}/serviceValidate" => cas::service_validate;
        "/cas-idp/{app}/p3/serviceValidate" => cas::service_validate;
    }
}
