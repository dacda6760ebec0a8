//! What happened, as a sentence: recent activity, the ticker of the console, the audit log.

use super::super::parts::Stamp;
use super::table::{Counted, Named, Said, air, people, s};
use super::{Cause, Lang};
use crate::page::count::Count;
use crate::page::parts::Device;

sentences! {
/// What happened.
Events {
    logged_in: Said = "登录", "Logged in";
    logged_in_to: Named = |app| format!("登录{app}"), |app| format!("Logged in to {app}");
    wrong_password: Said = "密码错误，没有登录", "Wrong password, not logged in";
    throttled: Said = "尝试太多次，没有登录", "Too many attempts, not logged in";
    logged_out: Said = "退出登录", "Logged out";
    logged_out_of: Named = |app| format!("退出{app}"), |app| format!("Logged out of {app}");
    left_device: Named = |device| format!("退出了{}{device}", air(device)), |device| format!("Logged out {device}");
    left_another: Said = "退出了另一台设备", "Logged out another device";
    left_others: Counted = |n| format!("退出了另外 {n} 台设备"), |n| format!("Logged out {}", s(n, "other device"));
    forced_out: Said = "被强制下线", "Forced to log out";
    forced_out_of: Named = |app| format!("被强制退出{app}"), |app| format!("Forced out of {app}");
    by: Named = |who| format!("由{who}"), |who| format!("by {who}");
    // An act and whom or what it was done to.
    done_to: fn(&str, &str) -> String = |deed, what| format!("{deed}：{what}"), |deed, what| format!("{deed} {what}");
    everybody: Said = "所有人", "Everybody";
    several: Said = "多人", "Several people";
    people: Counted = |n| format!("{n} 人"), people;
    by_seed: Said = "种子文件", "seed file";
    by_command: Said = "命令行", "command line";
    by_setup: Said = "设置链接", "set-up link";
    by_registration: Said = "注册接口", "registration endpoint";
    by_house: Said = "服务器自动", "the server";
    by_key: Named = |id| format!("访问密钥 {id}"), |id| format!("access key {id}");
    password_changed: Said = "更换密码", "Changed the password";
    password_link: Said = "制作重设密码的链接", "Made a link to set a new password for the user";
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
    secret_rotated: Said = "更换应用密钥", "Replaced the secret of the application";
    settings_changed: Said = "修改设置", "Changed the settings";
    key_created: Said = "创建访问密钥", "Created the access key";
    key_revoked: Said = "作废访问密钥", "Revoked the access key";
    token_issued: Said = "获取管理令牌", "Got a management token";
    keys_rotated: Said = "更换签名密钥", "Gave the server new signing keys";
    keys_replaced: Said = "立即更换签名密钥，不再相信旧的", "Replaced the signing keys at once; the old ones are believed no more";
    test_sent: Said = "发送测试通知", "Sent a test message to the application";
    told_again: Said = "再次通知应用", "Told applications again";
    delivery_given_up: Said = "通知没有送达，已放弃", "Gave up a message to the application";
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
    /// A person ended sessions of theirs on so many other devices: on this one, where it is one that is known.
    LeftElsewhere(Option<Device>, Count),
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
            Self::LeftElsewhere(..) => Stamp::Out,
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

    /// Whether somebody did it to a person or a thing, which the sentence then names after the verb; else it is told of
    /// whoever did it, or whom it befell.
    pub fn has_object(&self) -> bool {
        match self {
            Self::PasswordLink
            | Self::UserCreated
            | Self::UserChanged
            | Self::UserDisabled
            | Self::UserEnabled
            | Self::UserDeleted
            | Self::ApplicationCreated
            | Self::ApplicationChanged
            | Self::ApplicationDeleted
            | Self::SecretRotated
            | Self::SettingsChanged
            | Self::KeyCreated
            | Self::KeyRevoked
            | Self::TokenIssued
            | Self::KeysRotated
            | Self::KeysReplaced
            | Self::TestSent
            | Self::ToldAgain
            | Self::DeliveryGivenUp => true,
            Self::LoggedIn
            | Self::LoginRefused
            | Self::Throttled
            | Self::Ended(_)
            | Self::LeftElsewhere(..)
            | Self::PasswordChanged
            | Self::ProfileChanged
            | Self::Registered
            | Self::Other(_) => false,
        }
    }

    /// The sentence, about an application where one is named.
    pub fn sentence(&self, lang: Lang, application: Option<&str>) -> String {
        let words = &lang.words().event;
        let fixed = match self {
            Self::LoggedIn => return application.map_or_else(|| words.logged_in.to_owned(), words.logged_in_to),
            Self::Ended(cause) => return ended(lang, *cause, application),
            Self::LeftElsewhere(device, count) => return left(lang, device.as_ref(), *count),
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
        (Cause::PersonalCenter | Cause::FrontEnd | Cause::EndSession, Some(app)) => (words.logged_out_of)(app),
        (Cause::PersonalCenter | Cause::FrontEnd | Cause::EndSession, None) => words.logged_out.to_owned(),
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

fn left(lang: Lang, device: Option<&Device>, count: Count) -> String {
    let words = &lang.words().event;
    match device {
        Some(device) if !device.is_unknown() => (words.left_device)(&device.sentence(&lang.words().common)),
        Some(_) => words.left_another.to_owned(),
        None => (words.left_others)(count),
    }
}

/// Whom or what a deed is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whom {
    /// A person, an application, a key.
    Named(String),
    /// So many people; it may be forgotten how many.
    People(Option<Count>),
    /// Everybody who was there.
    Everybody,
    /// Nothing that could be named.
    Nothing,
}

impl Whom {
    /// The words for it, where there are any.
    pub fn words(&self, lang: Lang) -> Option<String> {
        let words = &lang.words().event;
        match self {
            Self::Named(name) => Some(name.clone()),
            Self::People(Some(n)) => Some((words.people)(*n)),
            Self::People(None) => Some(words.several.to_owned()),
            Self::Everybody => Some(words.everybody.to_owned()),
            Self::Nothing => None,
        }
    }
}

/// Who did something to others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum By {
    /// Somebody, or a program, by name.
    Named(String),
    /// An access key without a name.
    Key(String),
    /// The seed file.
    SeedFile,
    /// The operator at the command line.
    CommandLine,
    /// Whoever held the set-up link.
    SetupLink,
    /// A program that registered itself.
    Registration,
    /// The server by itself.
    House,
}

impl By {
    /// The words for it.
    pub fn words(&self, lang: Lang) -> String {
        let words = &lang.words().event;
        match self {
            Self::Named(name) => name.clone(),
            Self::Key(id) => (words.by_key)(id),
            Self::SeedFile => words.by_seed.to_owned(),
            Self::CommandLine => words.by_command.to_owned(),
            Self::SetupLink => words.by_setup.to_owned(),
            Self::Registration => words.by_registration.to_owned(),
            Self::House => words.by_house.to_owned(),
        }
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
            Self::PasswordChanged => ("更换密码，登录结束", "Logged out when the password changed"),
            Self::Disabled => ("用户被停用，登录结束", "Logged out when the user was disabled"),
            Self::Deleted => ("用户被删除，登录结束", "Logged out when the user was deleted"),
            Self::ApplicationDeleted => ("应用被删除，登录结束", "Logged out when the application was deleted"),
            Self::Expired => ("到期，登录结束", "Login expired"),
            Self::Replaced => ("被新的登录取代", "Login replaced by a newer one"),
        };
        match lang {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }
}
