//! One good call for every path of the table of Authing's wire, and for every field of GraphQL that is answered.
//!
//! To add a path: one line in [`CALLS`], with who may call it and a body (or, for GET, a query) that names every parameter
//! the handler reads. To add a field of GraphQL: one line in [`FIELDS`]. `bad_credentials.rs` and `bad_shapes.rs` break each
//! of them in every way and fail with the path's name while a line is missing.
//!
//! Braces stand for: `{user}` somebody of Acme who is nowhere logged in, `{app}` notes, `{device}` a session of the caller,
//! `{pool}` and `{secret}` of Acme, `{client_secret}`, `{sealed}` and `{password}`: the password of wang, the caller, with and
//! without encryption, `{token}` a token of theirs. A parameter whose odd values are taken on purpose stands in [`TAKEN`].

/// Who may make a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// A program of an administrator, by token or signature.
    Admin,
    /// A person, by their token.
    Person,
    /// Anybody: what it takes is in the call itself, or it takes nothing.
    Anyone,
    /// Anybody, and the answer is another wire's: OAuth's JSON with its status, or a page.
    Elsewhere,
}

use Who::{Admin, Anyone, Person};

/// Method and path as the table has them, who, and the call. Several lines may name one path.
pub const CALLS: &[(&str, Who, &str)] = &[
    ("POST /api/v2/applications/{app}/kick-active-users", Admin, r#"{"userIds":["{user}"],"appId":"{app}"}"#),
    ("POST /api/applications/{app}/kick-active-users", Admin, r#"{"userIds":["{user}"],"appId":"{app}"}"#),
    ("GET /api/v2/applications/{app}/active-users", Admin, "page=1&limit=10"),
    ("POST /api/v2/userpools/access-token", Anyone, r#"{"userPoolId":"{pool}","secret":"{secret}"}"#),
    ("GET /api/v2/userpools/accessToken", Anyone, "userPoolId={pool}&secret={secret}"),
    ("GET /api/v2/users/is-user-exists", Admin, "username=lilei&email=&phone=&externalId="),
    ("POST /api/v3/check-app-id-secret", Anyone, r#"{"appId":"{app}","appSecret":"{client_secret}"}"#),
    ("GET /api/v2/users/me/info", Person, ""),
    ("POST /api/v2/users/refresh-token", Person, ""),
    ("POST /api/v2/udvs/get", Person, r#"{"targetType":"USER","targetId":"{user}"}"#),
    (
        "POST /api/v2/users",
        Admin,
        r#"{"userInfo":{"username":"seed","email":"seed@example.com","password":"{sealed}"},
            "keepPassword":false,"resetPasswordOnFirstLogin":false,"identity":null}"#,
    ),
    ("POST /api/v2/users/{user}", Admin, r#"{"username":"other","password":"{sealed}","blocked":false}"#),
    (
        "POST /api/v2/applications/{app}",
        Admin,
        r#"{"name":"Other","logoutRedirectUris":[],"oidcConfig":{"redirect_uris":[]}}"#,
    ),
    ("PATCH /api/v2/application/{app}/refresh-secret", Admin, ""),
    ("POST /api/v2/users/kick", Admin, r#"{"userIds":["{user}"]}"#),
    ("GET /api/v2/users/me", Person, ""),
    ("GET /api/v2/users/login-status", Admin, "userId={user}&appId={app}&deviceId="),
    ("GET /api/v2/applications/{app}/public-config", Anyone, ""),
    ("GET /api/v2/applications/{app}/components-public-config/guard", Anyone, ""),
    ("GET /svg-string/guard", Who::Elsewhere, "v=1"),
    ("GET /api/v2/users/find", Anyone, "key=lilei&type=username"),
    ("POST /api/v2/users/login/check-status", Anyone, r#"{"token":"{token}"}"#),
    ("POST /api/v2/login/account", Anyone, r#"{"account":"wang","password":"{sealed}","app_id":"{app}"}"#),
    ("GET /api/v2/oidc/validate_token", Anyone, "id_token={token}"),
    ("GET /api/v2/.well-known", Anyone, ""),
    ("POST /api/v3/get-management-token", Anyone, r#"{"accessKeyId":"{pool}","accessKeySecret":"{secret}"}"#),
    ("POST /api/v3/kick-users", Admin, KICK),
    ("POST /api/v3/kick-public-accounts", Admin, KICK),
    (
        "POST /api/v3/list-application-active-users",
        Admin,
        r#"{"appId":"{app}","options":{"pagination":{"page":1,"limit":10}}}"#,
    ),
    ("POST /api/v3/check-session-status", Admin, r#"{"appId":"{app}","userId":"{user}"}"#),
    ("GET /api/v3/get-user-loggedin-apps", Admin, "userId={user}&userIdType=user_id"),
    (
        "POST /api/v3/signin",
        Anyone,
        r#"{"connection":"PASSWORD","passwordPayload":{"username":"wang","password":"{password}"},
            "options":{"scope":"openid","passwordEncryptType":"none"},"client_id":"{app}","client_secret":"{client_secret}"}"#,
    ),
    ("GET /api/v3/system", Anyone, ""),
    ("GET /api/v3/get-profile", Person, ""),
    ("GET /api/v3/get-my-logged-in-apps", Person, ""),
    ("GET /api/v3/get-my-login-history", Person, "page=1&limit=10&appId={app}&success=true"),
    ("GET /api/v3/mydevices/list", Person, "page=1&limit=10"),
    ("POST /api/v3/mydevices/revoke-session", Person, r#"{"deviceId":"{device}"}"#),
    ("POST /api/v3/mydevices/unbind", Person, r#"{"deviceId":"{device}"}"#),
    ("GET /api/v3/get-user-logged-in-identities", Admin, "userId={user}&userIdType=user_id"),
    ("GET /cas-idp/{app}", Who::Elsewhere, SERVICE),
    ("GET /cas-idp/{app}/login", Who::Elsewhere, SERVICE),
    ("GET /cas-idp/{app}/validate", Who::Elsewhere, TICKET),
    ("GET /cas-idp/{app}/serviceValidate", Who::Elsewhere, TICKET),
    ("GET /cas-idp/{app}/p3/serviceValidate", Who::Elsewhere, TICKET),
    ("GET /cas/session", Anyone, "appId={app}"),
    ("GET /logout", Admin, "userId={user}&appId={app}"),
    ("GET /logout", Anyone, "appId={app}&deviceId=current"),
    ("GET /api/v2/logout", Anyone, "app_id={app}"),
    ("GET /cas/logout", Anyone, ""),
    ("GET /cas-idp/logout", Who::Elsewhere, "url=http://127.0.0.1:9101/bye"),
    ("GET /cas-idp/{app}/logout", Who::Elsewhere, "url=http://127.0.0.1:9101/bye"),
    ("POST /api/v2/users/batch", Admin, r#"{"ids":["{user}"],"type":"id"}"#),
    ("GET /api/v2/users/{user}", Admin, ""),
    ("GET /api/v2/applications", Admin, "page=1&limit=10"),
    (
        "POST /api/v2/applications",
        Admin,
        r#"{"name":"Seeds","identifier":"seeds","redirectUris":["http://127.0.0.1:9101/cb"],"logoutRedirectUris":[],
            "registerDisabled":true,"oidcConfig":{"redirect_uris":[],"post_logout_redirect_uris":[]}}"#,
    ),
    ("GET /api/v2/applications/{app}", Admin, ""),
    ("DELETE /api/v2/applications/{app}", Admin, ""),
    (
        "POST /api/v2/register-{kind}",
        Anyone,
        r#"{"email":"seed@example.com","password":"{sealed}","profile":{"nickname":"Seed","username":"seed"},
            "forceLogin":false,"generateToken":true}"#,
    ),
    (
        "POST /api/v2/register-{kind}",
        Anyone,
        r#"{"account":"seed@example.com","password":"{sealed}","profile":{"name":"Seed","phone":"+8613900000009"}}"#,
    ),
    ("POST /api/v2/register/{kind}", Anyone, r#"{"email":"seed@example.com","password":"{sealed}"}"#),
    (
        "POST /api/v3/signup",
        Anyone,
        r#"{"connection":"PASSWORD","passwordPayload":{"email":"seed@example.com","username":"seed","password":"{password}"},
            "profile":{"name":"Seed"},"options":{"passwordEncryptType":"none"}}"#,
    ),
    ("GET /api/v3/list-users", Admin, "page=1&limit=10&status=Activated&updatedAtStart=&updatedAtEnd="),
    (
        "POST /api/v3/list-users",
        Admin,
        r#"{"keywords":"li","advancedFilter":[],"searchQuery":{},"options":{"pagination":{"page":1,"limit":10},
            "sort":[{"field":"createdAt","order":"desc"}],"fuzzySearchOn":["username"]}}"#,
    ),
    ("GET /api/v3/get-user", Admin, "userId={user}&userIdType=user_id"),
    ("GET /api/v3/get-user-batch", Admin, "userIds={user}&userIdType=user_id"),
    ("POST /api/v3/is-user-exists", Admin, r#"{"username":"lilei","email":"","phone":""}"#),
    (
        "POST /api/v3/create-user",
        Admin,
        r#"{"username":"seed","name":"Seed","nickname":"S","email":"seed@example.com","phone":"13900000009",
            "phoneCountryCode":"86","password":"{password}","status":"Activated","blocked":false,"isDeleted":false,
            "options":{"keepPassword":false,"autoGeneratePassword":false,"resetPasswordOnFirstLogin":false,
            "resetPasswordOnNextLogin":false,"passwordEncryptType":"none"}}"#,
    ),
    (
        "POST /api/v3/create-users-batch",
        Admin,
        r#"{"list":[{"username":"seed"}],"options":{"passwordEncryptType":"none"}}"#,
    ),
    (
        "POST /api/v3/update-user",
        Admin,
        r#"{"userId":"{user}","name":"Other","username":"other","email":"other@example.com","status":"Activated",
            "password":"{password}","options":{"userIdType":"user_id"}}"#,
    ),
    (
        "POST /api/v3/update-user-batch",
        Admin,
        r#"{"list":[{"userId":"{user}","name":"Other"}],"options":{"userIdType":"user_id"}}"#,
    ),
    ("POST /api/v3/delete-users-batch", Admin, r#"{"userIds":["{user}"],"options":{"userIdType":"user_id"}}"#),
    ("GET /api/v3/list-applications", Admin, "page=1&limit=10&keywords=no&isIntegrateApp=false"),
    ("GET /api/v3/list-application-simple-info", Admin, "page=1&limit=10&keywords=no&isIntegrateApp=false"),
    ("GET /api/v3/get-application", Admin, "appId={app}"),
    ("GET /api/v3/get-application-simple-info", Admin, "appId={app}"),
    ("GET /api/v3/get-application-secret", Admin, "appId={app}"),
    (
        "POST /api/v3/create-application",
        Admin,
        r#"{"appName":"Seeds","appIdentifier":"seeds","redirectUris":["http://127.0.0.1:9101/cb"],"defaultProtocol":"oidc",
            "template":"","samlProviderEnabled":false,"oauthProviderEnabled":false,"casProviderEnabled":false,
            "oidcConfig":{"grant_types":["authorization_code"],"response_types":["code"],
            "token_endpoint_auth_method":"client_secret_post","id_token_signed_response_alg":"RS256"},
            "registerConfig":{"enabledBasicRegisterMethods":["EMAIL_PASSWORD"]}}"#,
    ),
    ("POST /api/v3/update-application", Admin, r#"{"appId":"{app}","appName":"Other","logoutRedirectUris":[]}"#),
    ("POST /api/v3/delete-application", Admin, r#"{"appId":"{app}"}"#),
    ("POST /api/v3/refresh-application-secret", Admin, r#"{"appId":"{app}"}"#),
    // Its calls are FIELDS.
    ("POST /graphql/v2", Anyone, r#"{"query":"{ checkLoginStatus { status } }","variables":{}}"#),
];

const KICK: &str = r#"{"appIds":["{app}"],"userId":"{user}","options":{"userIdType":"user_id"}}"#;

const SERVICE: &str = "service=http://127.0.0.1:9101/callback";
const TICKET: &str = "service=http://127.0.0.1:9101/callback&ticket=ST-none";

/// Fields of GraphQL that are answered, who may ask for them, and their variables. What the schema has and this list does not
/// must be answered 501.
pub const FIELDS: &[(&str, Who, &str)] = &[
    ("loginByUsername", Anyone, r#"{"input":{"username":"wang","password":"{sealed}"}}"#),
    ("loginByEmail", Anyone, r#"{"input":{"email":"wang@example.com","password":"{sealed}"}}"#),
    ("loginByPhonePassword", Anyone, r#"{"input":{"phone":"+8613800000000","password":"{sealed}"}}"#),
    ("user", Admin, r#"{"id":"{user}"}"#),
    ("users", Admin, r#"{"page":1,"limit":10,"sortBy":"CREATEDAT_DESC"}"#),
    ("isUserExists", Admin, r#"{"username":"lilei"}"#),
    ("checkLoginStatus", Anyone, r#"{"token":"{token}"}"#),
    ("accessToken", Anyone, r#"{"userPoolId":"{pool}","secret":"{secret}"}"#),
    ("refreshToken", Anyone, "{}"),
    ("refreshAccessToken", Anyone, r#"{"accessToken":"{token}"}"#),
    ("updateUser", Admin, r#"{"id":"{user}","input":{"username":"other","password":"{sealed}","blocked":false}}"#),
    (
        "createUser",
        Admin,
        r#"{"userInfo":{"username":"seed","email":"seed@example.com","phone":"13900000009","password":"{sealed}"},
            "keepPassword":false,"resetPasswordOnFirstLogin":false,"identity":null}"#,
    ),
    ("deleteUser", Admin, r#"{"id":"{user}"}"#),
    ("deleteUsers", Admin, r#"{"ids":["{user}"]}"#),
    ("findUser", Admin, r#"{"email":"lilei@example.com","phone":"","username":"","identity":null}"#),
    (
        "searchUser",
        Admin,
        r#"{"query":"li","fields":["username"],"page":1,"limit":10,"departmentOpts":[],"groupOpts":[],"roleOpts":[]}"#,
    ),
    ("userBatch", Admin, r#"{"ids":["{user}"],"type":"id"}"#),
    (
        "registerByEmail",
        Anyone,
        r#"{"input":{"email":"seed@example.com","password":"{sealed}","profile":{"name":"Seed"},"forceLogin":true}}"#,
    ),
    (
        "registerByUsername",
        Anyone,
        r#"{"input":{"username":"seed","password":"{sealed}","profile":{"email":"seed@example.com"},"generateToken":true}}"#,
    ),
];

/// Parameters that take odd values on purpose: path or field, and the parameter.
pub const TAKEN: &[(&str, &str)] = &[
    // One id as a text, several by commas (security.md K5).
    ("POST /api/v2/users/kick", "userIds"),
    // A list in a query may say its name again.
    ("GET /api/v3/get-user-batch", "userIds"),
];

/// Calls that name nothing they need: an object of other names is a good call.
pub const NEED_NOTHING: &[&str] =
    &["POST /api/v3/list-users", "POST /api/v2/users/{user}", "POST /api/v2/applications/{app}"];
