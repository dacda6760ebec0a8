//! The one table of Authing's wire: every path, who calls it, what answers it, which test holds it; and what is not here, and
//! why. `/docs/authing` shows it; a test compares it with the route sheet.

/// A path that is answered.
#[derive(Debug, Clone, Copy)]
pub struct Answered {
    /// Method.
    pub method: &'static str,
    /// Path, as Authing writes it.
    pub path: &'static str,
    /// What answers it, as on the route sheet.
    pub handler: &'static str,
    /// SDKs and what they call it.
    pub callers: &'static str,
    /// A test that holds it, below `tests/house`.
    pub test: &'static str,
}

/// Something that is not here.
#[derive(Debug, Clone, Copy)]
pub struct Missing {
    /// What.
    pub what: &'static str,
    /// Why, in English.
    pub en: &'static str,
    /// The same in Chinese.
    pub zh: &'static str,
}

macro_rules! answered {
    ($($method:ident $path:literal => $handler:literal, $callers:literal, $test:expr;)+) => {
        &[$(Answered { method: stringify!($method), path: $path, handler: $handler, callers: $callers, test: $test }),+]
    };
}

/// Every kick against every check.
const KICKS: &str = "authing/ways_out::every_kick_is_seen_by_every_check_at_once_and_concerns_nobody_else";
/// Every log-out against every check.
const LOG_OUTS: &str = "authing/ways_out::every_log_out_ends_this_session_and_no_other_device";
/// Seeding people through an SDK of version 3.
const PEOPLE_3: &str = "authing/people::version_3_keeps_people_one_by_one_and_in_lists";
/// Seeding applications through an SDK of version 3.
const APPS_3: &str = "authing/applications::version_3_keeps_applications";
/// The first kick.
const FIRST: &str = "ways_out/kick::a_kicked_user_is_out_of_the_application_everywhere_before_the_answer";

/// What Guard draws its box from.
const GUARD: &str = "authing/guard::a_page_of_the_application_reads_what_guard_draws_from_and_nothing_secret";

/// Every path that is answered, in the order of the route sheet.
pub const ANSWERED: &[Answered] = answered! {
    POST "/api/v2/applications/{app}/kick-active-users" => "v2::applications::kick_active_users",
        "REST; js 4 kickActiveUsers, makeRestRequest", FIRST;
    POST "/api/applications/{app}/kick-active-users" => "v2::applications::kick_active_users",
        "REST", FIRST;
    GET "/api/v2/applications/{app}/active-users" => "v2::applications::active_users",
        "js 4, py 4 applications.activeUsers", KICKS;
    POST "/api/v2/userpools/access-token" => "v2::userpools::access_token",
        "REST", FIRST;
    GET "/api/v2/userpools/accessToken" => "v2::userpools::access_token_by_query",
        "java 4, c# 2 ManagementClient", "authing/management::a_token_of_version_2_lasts_as_long_as_its_credential_and_fifteen_days";
    GET "/api/v2/users/is-user-exists" => "v2::users::exists",
        "java 4, go 2, c# 2 users.exists; for administrators only", "authing/people::version_2_keeps_people_by_its_own_addresses";
    POST "/api/v2/users/kick" => "v2::users::kick",
        "js 4, py 4, go 2 users.kick", KICKS;
    GET "/api/v2/applications/{app}/public-config" => "v2::guard::public_config",
        "guard, js 4 getPublicConfig", GUARD;
    GET "/api/v2/applications/{app}/components-public-config/guard" => "v2::guard::components",
        "guard", GUARD;
    GET "/svg-string/guard" => "v2::guard::icons",
        "guard", GUARD;
    GET "/api/v2/users/find" => "v2::guard::find",
        "guard, before it registers somebody (nobody is told)",
        "authing/guard::the_box_registers_people_where_the_application_lets_it_and_tells_nobody_who_is_there";
    GET "/api/v2/users/me" => "v2::users::me",
        "guard, py 4, ios, android", KICKS;
    GET "/api/v2/users/me/info" => "v2::users::me",
        "REST", "authing/log_in::a_living_token_is_renewed_and_answers_for_its_person";
    POST "/api/v2/users/refresh-token" => "v2::users::refresh_token",
        "REST; ios, android", "authing/log_in::a_living_token_is_renewed_and_answers_for_its_person";
    POST "/api/v2/udvs/get" => "v2::users::custom_data",
        "ios, android, after each log-in", "authing/log_in::a_living_token_is_renewed_and_answers_for_its_person";
    POST "/api/v2/users/batch" => "v2::users::batch",
        "js 4 users.batch", "authing/people::version_2_keeps_people_by_graphql";
    GET "/api/v2/users/{user}" => "v2::users::detail",
        "js 4, py 4 users.detail; REST", "authing/people::version_2_keeps_people_by_graphql";
    POST "/api/v2/users" => "v2::users::create",
        "java 4 users.create", "authing/people::version_2_keeps_people_by_its_own_addresses";
    POST "/api/v2/users/{user}" => "v2::users::update",
        "java 4 users.update", "authing/people::version_2_keeps_people_by_its_own_addresses";
    GET "/api/v2/applications" => "v2::applications::list",
        "js 4, py 4 applications.list", "authing/applications::version_2_keeps_applications";
    POST "/api/v2/applications" => "v2::applications::create",
        "js 4, py 4 applications.create", "authing/applications::version_2_keeps_applications";
    GET "/api/v2/applications/{app}" => "v2::applications::detail",
        "js 4, py 4 applications.findById", "authing/applications::version_2_keeps_applications";
    POST "/api/v2/applications/{app}" => "v2::applications::update",
        "REST", "authing/applications::version_2_keeps_applications";
    PATCH "/api/v2/application/{app}/refresh-secret" => "v2::applications::refresh_secret",
        "java 4 refreshApplicationSecret", "authing/applications::a_secret_is_told_once_and_a_new_one_ends_the_old";
    DELETE "/api/v2/applications/{app}" => "v2::applications::delete",
        "js 4, py 4 applications.delete", "authing/applications::a_deleted_application_is_left_by_everybody_at_once";
    GET "/api/v2/users/login-status" => "v2::users::login_status",
        "js 4, py 4, go 2 users.checkLoginStatus", KICKS;
    POST "/api/v2/users/login/check-status" => "v2::users::check_status",
        "guard checkLoginStatus", KICKS;
    POST "/api/v2/login/account" => "v2::login::account",
        "guard, ios, android", "authing/log_in::guards_form_logs_in_by_whatever_name";
    POST "/api/v2/register-{kind}" => "v2::register::register",
        "guard: email, username, phone (by codes: refused)", "authing/register::guards_form_registers_and_logs_in";
    POST "/api/v2/register/{kind}" => "v2::register::register",
        "js 4 registerByEmailCode (refused: no codes are sent)", "authing/register::nobody_registers_by_a_code";
    GET "/api/v2/oidc/validate_token" => "v2::oidc::validate_token",
        "js 4 validateToken", KICKS;
    GET "/api/v2/.well-known" => "v2::oidc::well_known",
        "js 4 PublicKeyManager, guard", "authing/log_in::a_password_under_another_key_is_refused_with_the_option_to_set";
    POST "/api/v3/get-management-token" => "v3::management::get_management_token",
        "py 5, java, go 3, php ManagementClient", "ways_out/kick::an_access_key_ends_with_its_administrator_and_when_it_is_revoked";
    POST "/api/v3/check-app-id-secret" => "v3::management::check_secret",
        "REST", "authing/applications::a_secret_is_told_once_and_a_new_one_ends_the_old";
    POST "/api/v3/kick-users" => "v3::kick::kick_users",
        "node 4, py 5, java, go 3, php, c# kickUsers", "authing/ways_out::one_user_is_kicked_from_many_applications_or_from_none";
    POST "/api/v3/kick-public-accounts" => "v3::kick::kick_users",
        "node 4 kickPublicAccounts", KICKS;
    POST "/api/v3/list-application-active-users" => "v3::users::active",
        "node 4, py 5, java, go 3", KICKS;
    POST "/api/v3/check-session-status" => "v3::users::session_status",
        "node 4, py 5, java, go 3", KICKS;
    GET "/api/v3/get-user-loggedin-apps" => "v3::users::applications",
        "node 4, py 5", "authing/lists::where_somebody_was_and_is_logged_in";
    GET "/api/v3/get-user-logged-in-identities" => "v3::users::identities",
        "node 4 getUserLoggedinIdentities", "authing/lists::where_somebody_was_and_is_logged_in";
    GET "/api/v3/list-users" => "v3::people::list_by_query",
        "node 4, py 5 listUsersLegacy", "authing/people::lists_hold_what_was_asked_for_and_refuse_what_they_cannot_narrow";
    POST "/api/v3/list-users" => "v3::people::list",
        "node 4, py 5, java, go 3 listUsers", "authing/people::lists_hold_what_was_asked_for_and_refuse_what_they_cannot_narrow";
    GET "/api/v3/get-user" => "v3::people::get",
        "node 4, py 5, java, go 3 getUser", PEOPLE_3;
    GET "/api/v3/get-user-batch" => "v3::people::get_batch",
        "node 4, py 5, java, go 3 getUserBatch", PEOPLE_3;
    POST "/api/v3/is-user-exists" => "v3::people::exists",
        "node 4, py 5, java, go 3 isUserExists", PEOPLE_3;
    POST "/api/v3/create-user" => "v3::people::create",
        "node 4, py 5, java, go 3 createUser", PEOPLE_3;
    POST "/api/v3/create-users-batch" => "v3::people::create_batch",
        "node 4, py 5, java, go 3 createUsersBatch", PEOPLE_3;
    POST "/api/v3/update-user" => "v3::people::update",
        "node 4, py 5, java, go 3 updateUser", "authing/people::whatever_changes_how_somebody_logs_in_ends_their_sessions_at_once";
    POST "/api/v3/update-user-batch" => "v3::people::update_batch",
        "node 4, py 5, java, go 3 updateUserBatch", PEOPLE_3;
    POST "/api/v3/delete-users-batch" => "v3::people::delete_batch",
        "node 4, py 5, java, go 3 deleteUsersBatch", "authing/people::whatever_changes_how_somebody_logs_in_ends_their_sessions_at_once";
    GET "/api/v3/list-applications" => "v3::applications::list",
        "node 4, py 5, java, go 3 listApplications", APPS_3;
    GET "/api/v3/list-application-simple-info" => "v3::applications::list_in_short",
        "node 4, py 5 listApplicationSimpleInfo", APPS_3;
    GET "/api/v3/get-application" => "v3::applications::detail",
        "node 4, py 5, java, go 3 getApplication", APPS_3;
    GET "/api/v3/get-application-simple-info" => "v3::applications::in_short",
        "node 4, py 5 getApplicationSimpleInfo", APPS_3;
    GET "/api/v3/get-application-secret" => "v3::applications::secret",
        "node 4, py 5 getApplicationSecret (refused: only its hash is kept)", "authing/applications::a_secret_is_told_once_and_a_new_one_ends_the_old";
    POST "/api/v3/create-application" => "v3::applications::create",
        "node 4, py 5, java, go 3 createApplication", APPS_3;
    POST "/api/v3/update-application" => "v3::applications::update",
        "node 4, java, go 3 updateApplication", APPS_3;
    POST "/api/v3/delete-application" => "v3::applications::delete",
        "node 4, py 5, java, go 3 deleteApplication", "authing/applications::a_deleted_application_is_left_by_everybody_at_once";
    POST "/api/v3/refresh-application-secret" => "v3::applications::refresh_secret",
        "node 4, py 5 refreshApplicationSecret", "authing/applications::a_secret_is_told_once_and_a_new_one_ends_the_old";
    POST "/api/v3/signin" => "v3::signin::signin",
        "node 4, py 5, web, miniapp signInBy…, js 4 signinByCredentials", "authing/log_in::version_3_gives_the_tokens_of_openid_connect";
    POST "/api/v3/signup" => "v3::signup::signup",
        "node 4, py 5 signUpByEmailPassword, signUpByUsernamePassword", "authing/register::version_3_registers_and_logs_in_by_itself";
    GET "/api/v3/system" => "v3::signin::system",
        "node 4, py 5 getSystemInfo, web", "authing/log_in::a_password_under_another_key_is_refused_with_the_option_to_set";
    GET "/api/v3/get-profile" => "v3::me::profile",
        "node 4, py 5, web getProfile", KICKS;
    GET "/api/v3/get-my-logged-in-apps" => "v3::me::applications",
        "node 4, py 5 getLoggedInApps", "authing/lists::where_somebody_was_and_is_logged_in";
    GET "/api/v3/get-my-login-history" => "v3::me::history",
        "node 4, py 5 getLoginHistory", "authing/lists::where_somebody_was_and_is_logged_in";
    GET "/api/v3/mydevices/list" => "v3::me::devices",
        "node 4, js 4", "authing/ways_out::a_person_ends_one_of_their_own_devices";
    POST "/api/v3/mydevices/revoke-session" => "v3::me::revoke",
        "node 4 revoke", "authing/ways_out::a_person_ends_one_of_their_own_devices";
    POST "/api/v3/mydevices/unbind" => "v3::me::revoke",
        "node 4 unbind", "authing/ways_out::a_person_ends_one_of_their_own_devices";
    POST "/graphql/v2" => "graphql::call",
        "js 4, guard, py 4, go 2: loginByUsername, loginByEmail, loginByPhonePassword, user, users, checkLoginStatus, refreshToken, \
         accessToken, refreshAccessToken, isUserExists, findUser, searchUser, userBatch, createUser, updateUser, deleteUser, \
         deleteUsers, registerByEmail, registerByUsername, __schema",
        "authing/bad_input::programs_log_in_list_and_find_by_graphql";
    GET "/cas/session" => "cas::session",
        "js 4, py 4, c#, sso trackSession", "authing/pages::the_session_counts_for_an_application_until_its_person_is_kicked_from_it";
    GET "/logout" => "out::logout",
        "sso logout; js 4 logoutCurrent; guard; js 4, py 4, go 2 users.logout", LOG_OUTS;
    GET "/api/v2/logout" => "out::api_logout",
        "js 4, guard, py 4, go 2, ios, android logout", LOG_OUTS;
    GET "/cas/logout" => "cas::logout",
        "sso 1 logout", LOG_OUTS;
    GET "/cas-idp/logout" => "cas::idp_logout",
        "js 4, node 4, py 4, py 5, java, go, php buildLogoutUrl (cas)", "authing/pages::a_page_load_goes_on_to_the_log_out_for_people";
    GET "/cas-idp/{app}/logout" => "cas::idp_logout_of",
        "c# (cas)", "authing/pages::a_page_load_goes_on_to_the_log_out_for_people";
    GET "/cas-idp/{app}" => "cas::login",
        "js 4, node 4, py 4 buildAuthorizeUrl (cas)", "authing/cas::whoever_logs_in_comes_to_the_service_with_a_ticket_that_works_once";
    GET "/cas-idp/{app}/login" => "cas::login",
        "CAS clients", "authing/cas::whoever_logs_in_comes_to_the_service_with_a_ticket_that_works_once";
    GET "/cas-idp/{app}/validate" => "cas::validate",
        "js 4, node 4 validateTicketV1; CAS 1.0", "authing/cas::a_ticket_tells_who_came_in_each_of_the_three_versions";
    GET "/cas-idp/{app}/serviceValidate" => "cas::service_validate",
        "js 4, node 4, py 4 validateTicketV2; CAS 2.0", "authing/cas::a_ticket_tells_who_came_in_each_of_the_three_versions";
    GET "/cas-idp/{app}/p3/serviceValidate" => "cas::service_validate",
        "CAS 3.0", "authing/cas::a_ticket_tells_who_came_in_each_of_the_three_versions";
};

/// What is not here.
pub const MISSING: &[Missing] = &[
    Missing {
        what: "isUserExists, is-user-exists, users/find without an administrator's token",
        en: "anybody could find out who has an account; the registration itself says that a name is taken",
        zh: "否则任何人都能查出谁拥有账号；注册时会提示名称已被使用",
    },
    Missing {
        what: "refreshToken(id) with an administrator's token",
        en: "nobody gets a token in somebody else's name; people renew their own",
        zh: "任何人都不能以他人名义获得 token；用户只能刷新自己的 token",
    },
    Missing {
        what: "js 4 new ManagementClient({appId, secret})",
        en: "an application's secret does not administer its pool; use {userPoolId, secret} with the pool's secret, or an access key",
        zh: "应用密钥不能管理用户池；请使用用户池的 {userPoolId, secret}，或访问密钥",
    },
    Missing {
        what: "SM2: passwords in the old order C1C2C3, or in base64",
        en: "set the order C1C3C2 (cipherMode 1) and hexadecimal digits, as js 4 sends them",
        zh: "密文请按新标准的次序排列，并以十六进制发送",
    },
    Missing {
        what: "js 4.6, py 4, go 2, ios: a key for passwords that is built in",
        en: "set the SDK's key option to the key at /api/v2/.well-known",
        zh: "请把 SDK 的公钥选项设为 /api/v2/.well-known 返回的公钥",
    },
    Missing {
        what: "users: externalId, customData, identities, departments, gender, photo, company, address …",
        en: "a user has a user name, a display name, e-mail, phone, a password and a status; other fields are passed over and null in \
             the answer",
        zh: "用户只保存用户名、显示名、邮箱、手机号、密码和状态；其余字段会被忽略，返回值里为 null",
    },
    Missing {
        what: "keepPassword, autoGeneratePassword, resetPasswordOnFirstLogin; status Resigned, Archived; advancedFilter",
        en: "refused, since passing them over would change how somebody logs in or who is found",
        zh: "会被拒绝：忽略它们会改变用户的登录方式或查询结果",
    },
    Missing {
        what: "management calls that change an administrator",
        en: "administrators are changed in the console or at the command line; programs can kick them",
        zh: "管理员只能在控制台或命令行中修改；接口可以强制其下线",
    },
    Missing {
        what: "connection=PASSCODE, loginByPhoneCode, loginByEmailCode, registerByPhoneCode, registerByEmailCode",
        en: "no codes are sent by mail or text message",
        zh: "不发送邮件或短信验证码",
    },
    Missing {
        what: "connection=LDAP, AD; /connections/social/*",
        en: "people log in with a password of this server; other directories are not asked",
        zh: "只支持本服务的密码登录，不对接其他目录",
    },
    Missing {
        what: "/api/v2/saml-idp/*",
        en: "SAML is not spoken; use OpenID Connect",
        zh: "不支持 SAML，请使用 OpenID Connect",
    },
    Missing {
        what: "js 4 getAccessTokenByIdToken, with a secret",
        en: "the SDK shows no secret there: the application must be one that proves nothing (token_endpoint_auth_method none)",
        zh: "SDK 在这里不出示密钥：应用的 token_endpoint_auth_method 须为 none",
    },
    Missing {
        what: "protocol oauth: response_type=token",
        en: "plain OAuth gives codes only; tokens do not travel in addresses",
        zh: "OAuth 只发授权码，令牌不经地址栏传递",
    },
    Missing {
        what: "py 4 validate_ticket_v1",
        en: "the SDK reads the two lines of CAS 1.0 as JSON; use validate_ticket_v2 with format=JSON",
        zh: "SDK 把 CAS 1.0 的两行文本当作 JSON 读；请用 validate_ticket_v2，format=JSON",
    },
    Missing {
        what: "CAS: proxy tickets, logoutRequest",
        en: "no proxy tickets; applications are told of log-outs by OpenID Connect back-channel log-out or the revocation feed",
        zh: "没有代理票据；退出登录通过 OpenID Connect 的后端通知或注销流告知应用",
    },
    Missing {
        what: "wss://…/events/v1/*",
        en: "events are not pushed by WebSocket; use back-channel log-out or the revocation feed",
        zh: "不通过 WebSocket 推送事件；请使用后端通知或注销流",
    },
];
