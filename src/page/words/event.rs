//! What happened, as a sentence: recent activity, the ticker of the console, the audit log.

use super::super::parts::Stamp;
use super::table::{Named, Said};
use super::{Cause, Lang};

sentences! {
/// What happened.
Events {
    logged_in: Said = "登录", "Logged in";
    logged_in_to: Named = |app| format!("登录{app}"), |app| format!("Logged in to {app}");
    wrong_password: Said = "密码错误，没有登录", "Wrong password, not logged in";
    throttled: Said = "尝试太多次，没有登录", "Too many attempts, not logged in";
    logged_out: Said = "退出登录", "Logged out";
    forced_out: Said = "被强制下线", "Forced to log out";
    forced_out_of: Named = |app| format!("被强制退出{app}"), |app| format!("Forced out of {app}");
    by: Named = |who| format!("由{who}"), |who| format!("by {who}");
    password_changed: Said = "更换密码", "Changed the password";
    password_link: Said = "制作重设密码的链接", "Made a link to set a new password";
    profile_changed: Said = "修改资料", "Changed the profile";
    registered: Said = "注册", "Registered";
    user_created: Said = "创建用户", "Created the user";
    user_changed: Said = "修改用户", "Changed the user";
    user_disabled: Said = "停用用户", "Disabled the user";
    user_enabled: Said = "恢复用户", "Enabled the user";
    user_deleted: Said = "删除用户", "Deleted the user";
    application_created: Said = "创建应用", "Created the application";
    application_changed: Said = "修改应用", "Changed the application";
    application_deleted: Said = "删除应用", "Deleted the application";
    secret_rotated: Said = "更换应用密钥", "Replaced the application secret";
    settings_changed: Said = "修改设置", "Changed the settings";
    key_created: Said = "创建访问密钥", "Created an access key";
    key_revoked: Said = "作废访问密钥", "Revoked an access key";
    token_issued: Said = "领取管理令牌", "Got a management token";
    keys_rotated: Said = "更换签名密钥", "Gave the server new signing keys";
    keys_replaced: Said = "立即更换签名密钥，不再相信旧的", "Replaced the signing keys at once; the old ones are believed no more";
    test_sent: Said = "发送测试通知", "Sent a test message";
    told_again: Said = "再次通知应用", "Told applications again";
    delivery_given_up: Said = "通知没有送达，已放弃", "A message was given up";
}
}

/// A thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// Somebody logged in.
    LoggedIn,
    /// Somebody gave a wrong password.
    LoginRefused,
    /// Somebody tried too often.
    Throttled,
    /// A session, or a part of it, ended.
    Ended(Cause),
    /// A user changed the password.
    PasswordChanged,
    /// An administrator made a link by which a user sets a new password.
    PasswordLink,
    /// A user changed name or contacts.
    ProfileChanged,
    /// Somebody made themselves a user.
    Registered,
    /// An administrator made a user.
    UserCreated,
    /// An administrator changed a user.
    UserChanged,
    /// An administrator disabled a user.
    UserDisabled,
    /// An administrator enabled a user.
    UserEnabled,
    /// An administrator deleted a user.
    UserDeleted,
    /// An administrator made an application.
    ApplicationCreated,
    /// An administrator changed an application.
    ApplicationChanged,
    /// An administrator deleted an application.
    ApplicationDeleted,
    /// An application got a new secret.
    SecretRotated,
    /// The settings of the pool were changed.
    SettingsChanged,
    /// An access key was made.
    KeyCreated,
    /// An access key was revoked.
    KeyRevoked,
    /// A program got a management token.
    TokenIssued,
    /// The house has new signing keys.
    KeysRotated,
    /// The house believes its old signing keys no more.
    KeysReplaced,
    /// An application was sent a message to try whether it hears.
    TestSent,
    /// What was not told of an ending was told again by hand.
    ToldAgain,
    /// A message to an application was given up.
    DeliveryGivenUp,
    /// Anything else, by its name in the log.
    Other(String),
}

impl Deed {
    /// The stamp of the row.
    pub fn stamp(&self) -> Stamp {
        match self {
            Self::LoggedIn => Stamp::In,
            Self::LoginRefused | Self::Throttled => Stamp::No,
            Self::Ended(cause) if cause.is_own_act() => Stamp::Out,
            Self::Ended(_) => Stamp::Ended,
            Self::UserDisabled | Self::UserDeleted | Self::ApplicationDeleted | Self::KeyRevoked => Stamp::Off,
            Self::DeliveryGivenUp => Stamp::Lost,
            Self::PasswordChanged
            | Self::PasswordLink
            | Self::ProfileChanged
            | Self::Registered
            | Self::UserCreated
            | Self::UserChanged
            | Self::UserEnabled
            | Self::ApplicationCreated
            | Self::ApplicationChanged
            | Self::SecretRotated
            | Self::SettingsChanged
            | Self::KeyCreated
            | Self::TokenIssued
            | Self::KeysRotated
            | Self::KeysReplaced
            | Self::TestSent
            | Self::ToldAgain
            | Self::Other(_) => Stamp::Changed,
        }
    }

    /// The sentence, about an application where one is named.
    pub fn sentence(&self, lang: Lang, application: Option<&str>) -> String {
        let words = &lang.words().event;
        let fixed = match self {
            Self::LoggedIn => return application.map_or_else(|| words.logged_in.to_owned(), words.logged_in_to),
            Self::Ended(cause) => return ended(lang, *cause, application),
            Self::Other(name) => return name.clone(),
            Self::LoginRefused => words.wrong_password,
            Self::Throttled => words.throttled,
            Self::PasswordChanged => words.password_changed,
            Self::PasswordLink => words.password_link,
            Self::ProfileChanged => words.profile_changed,
            Self::Registered => words.registered,
            Self::UserCreated => words.user_created,
            Self::UserChanged => words.user_changed,
            Self::UserDisabled => words.user_disabled,
            Self::UserEnabled => words.user_enabled,
            Self::UserDeleted => words.user_deleted,
            Self::ApplicationCreated => words.application_created,
            Self::ApplicationChanged => words.application_changed,
            Self::ApplicationDeleted => words.application_deleted,
            Self::SecretRotated => words.secret_rotated,
            Self::SettingsChanged => words.settings_changed,
            Self::KeyCreated => words.key_created,
            Self::KeyRevoked => words.key_revoked,
            Self::TokenIssued => words.token_issued,
            Self::KeysRotated => words.keys_rotated,
            Self::KeysReplaced => words.keys_replaced,
            Self::TestSent => words.test_sent,
            Self::ToldAgain => words.told_again,
            Self::DeliveryGivenUp => words.delivery_given_up,
        };
        fixed.to_owned()
    }
}

/// An ending, and the application it was about when it was not about the whole session.
fn ended(lang: Lang, cause: Cause, application: Option<&str>) -> String {
    let words = &lang.words().event;
    match (cause, application) {
        (Cause::PersonalCenter | Cause::FrontEnd | Cause::EndSession, _) => words.logged_out.to_owned(),
        (Cause::Kicked | Cause::Console, Some(app)) => (words.forced_out_of)(app),
        (Cause::Kicked | Cause::Console, None) => words.forced_out.to_owned(),
        (
            Cause::PasswordChanged
            | Cause::Disabled
            | Cause::Deleted
            | Cause::ApplicationDeleted
            | Cause::Expired
            | Cause::Replaced,
            _,
        ) => cause.in_few_words(lang).to_owned(),
    }
}

impl Cause {
    /// Why a session ended, in a few words, told from outside.
    pub fn in_few_words(self, lang: Lang) -> &'static str {
        let (zh, en) = match self {
            Self::PersonalCenter => ("在个人中心退出登录", "Logged out in the personal center"),
            Self::FrontEnd => ("从应用退出登录", "Logged out from an application"),
            Self::EndSession => ("从应用退出登录（标准接口）", "Logged out from an application (OpenID Connect)"),
            Self::Kicked => ("通过接口强制下线", "Forced to log out, by the API"),
            Self::Console => ("在控制台强制下线", "Forced to log out, in the console"),
            Self::PasswordChanged => ("更换密码，登录结束", "Ended when the password changed"),
            Self::Disabled => ("停用用户，登录结束", "Ended when the user was disabled"),
            Self::Deleted => ("删除用户，登录结束", "Ended when the user was deleted"),
            Self::ApplicationDeleted => ("删除应用，登录结束", "Ended when the application was deleted"),
            Self::Expired => ("到期，登录结束", "Expired"),
            Self::Replaced => ("被新的登录取代", "Replaced by a newer login"),
        };
        match lang {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }
}
