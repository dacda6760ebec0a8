//! Sentences of the console about how an application speaks OpenID Connect, and how it hears of log-outs.

use super::Lang;
use super::table::Said;
use crate::domain::oauth::{AuthMethod, GrantType, TokenAlg};

sentences! {
/// How an application speaks OpenID Connect.
Protocol {
    make_default: Said = "设为默认应用", "Make it the default application";
    default_hint: Said = "没有指明应用时，主域名指的就是它。", "What the base host means when no application is named.";
    registration: Said = "允许自行注册", "People may register themselves";
    registration_hint: Said = "任何人都能通过这个应用的注册接口成为用户池的用户；邮箱和手机号不作验证。", "Anybody can become a user of the pool through this application's register calls; e-mail and phone are not verified.";
    is_default: Said = "这是默认应用。要换，请在另一个应用里设为默认。", "This is the default application. To change that, make another one the default.";

    telling: Said = "通知它有人退出", "Telling it that somebody left";
    backchannel: Said = "后端登出通知地址", "Back-channel log-out address";
    backchannel_hint: Said = "有人退出或被强制下线时，我们的服务器直接通知这里，失败会再试。最可靠的一种。", "Our server tells this address when somebody logs out or is forced to, and tries again when it fails. The reliable way.";
    backchannel_session: Said = "通知里要写明是哪一个会话", "The message has to name the session";
    frontchannel: Said = "前端登出通知地址", "Front-channel log-out address";
    frontchannel_hint: Said = "退出时，浏览器在看不见的框架里打开它；协议、域名和端口要与一个登录回调 URL 相同。浏览器拦截第三方 Cookie 时它往往不起作用，强制下线也到不了，请以后端通知为准。", "On log-out the browser opens it in a hidden frame; scheme, host and port are those of a login callback URL. Where browsers block third-party cookies it often does nothing, and a forced log-out never gets there: rely on the back channel.";
    frontchannel_session: Said = "地址里要带上签发者和会话", "The address has to carry issuer and session";
    always_sent: Said = "我们总是写明；这里只记下应用的要求。", "We always do; this only records that the application insists.";
    outlive: Said = "退出登录后，刷新令牌仍然有效", "Refresh tokens outlive a log-out";
    outlive_hint: Said = "只对本人的退出而言；强制下线总会让它们失效。", "Only when people log out themselves; a forced log-out always ends them.";

    protocol: Said = "协议", "Protocol";
    proves: Said = "应用怎样证明自己", "How it proves itself";
    jwks: Said = "应用的公钥（JWKS）", "Its public keys (JWKS)";
    jwks_hint: Said = "用自己的密钥签名时需要。只贴公钥。", "Needed when it signs with a key of its own. Paste public keys only.";
    grants: Said = "可以用的授权方式", "Grants it may use";
    old_flows: Said = "隐式与混合流程", "Implicit and hybrid flow";
    old_flows_warning: Said = "令牌会经过浏览器的地址栏，可能留在历史和日志里。只为别无他法的旧应用打开。", "Tokens travel through the address of the browser and may stay in its history and in logs. Switch one on only for an old application that knows no other way.";
    signature: Said = "身份令牌的签名", "Signature of ID tokens";
    signature_hint: Said = "改用应用密钥签名时会换一把新密钥，保存后只显示这一次。", "Changing to the application's secret makes a new secret, which is shown once after saving.";

    for_openid: Said = "OpenID Connect", "OpenID Connect";
    for_people: Said = "登录与退出", "Log-in and log-out";
    issuer: Said = "Issuer", "Issuer";
    discovery: Said = "服务发现地址", "Discovery";
    authorization: Said = "授权端点", "Authorization";
    token: Said = "Token 端点", "Token";
    userinfo: Said = "用户信息端点", "Userinfo";
    end_session: Said = "登出端点", "End session";
    keys: Said = "JWKS 公钥端点", "Public keys (JWKS)";
}
}

fn in_lang<T>(lang: Lang, zh: T, en: T) -> T {
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}

impl Protocol {
    /// A way of proving oneself.
    pub fn auth_method(lang: Lang, method: AuthMethod) -> &'static str {
        match method {
            AuthMethod::Secret => in_lang(lang, "用密钥，放在哪里都可以", "By its secret, in either place"),
            AuthMethod::SecretBasic => in_lang(lang, "用密钥，放在请求头里", "By its secret, in the header"),
            AuthMethod::SecretPost => in_lang(lang, "用密钥，放在表单里", "By its secret, in the form"),
            AuthMethod::PrivateKeyJwt => in_lang(lang, "用自己的密钥签名", "By a signature with its own key"),
            AuthMethod::None => {
                in_lang(lang, "不证明，改用 PKCE：网页或手机应用", "Not at all, with PKCE: in a browser or on a phone")
            }
        }
    }

    /// A way of signing.
    pub fn alg(lang: Lang, alg: TokenAlg) -> &'static str {
        match alg {
            TokenAlg::Rs256 => in_lang(lang, "每个应用都懂", "every application knows it"),
            TokenAlg::Es256 => in_lang(lang, "更短，更快", "shorter and faster"),
            TokenAlg::Hs256 => in_lang(lang, "用应用密钥", "with the application's secret"),
        }
    }

    /// A grant, and whom it is for.
    pub fn grant(lang: Lang, grant: GrantType) -> (&'static str, &'static str) {
        match grant {
            GrantType::AuthorizationCode => {
                in_lang(lang, ("授权码", "人在浏览器里登录。"), ("Authorization code", "People log in with a browser."))
            }
            GrantType::RefreshToken => in_lang(
                lang,
                ("刷新令牌", "不再问本人，就能换新的令牌。"),
                ("Refresh token", "New tokens without asking the person again."),
            ),
            GrantType::ClientCredentials => in_lang(
                lang,
                ("客户端凭证", "应用以自己的名义，没有人登录。"),
                ("Client credentials", "The application for itself; nobody logs in."),
            ),
            GrantType::Password => in_lang(
                lang,
                ("密码", "应用自己向人要密码。只为别无他法的旧应用打开。"),
                (
                    "Password",
                    "The application asks people for their password itself. Only for an old one that knows no other way.",
                ),
            ),
            GrantType::AuthingToken => in_lang(
                lang,
                ("登录令牌", "Authing SDK 拿登录令牌换取 OAuth 的令牌。"),
                ("Login token", "Authing's SDKs trade their login token for tokens of OAuth."),
            ),
            GrantType::Cas => in_lang(
                lang,
                ("CAS", "应用说 CAS：登录后拿到一次性票据。"),
                ("CAS", "The application speaks CAS: it is given a ticket that works once."),
            ),
            GrantType::Implicit => {
                in_lang(lang, ("隐式", "随下面的流程打开。"), ("Implicit", "Comes with the flows below."))
            }
        }
    }
}
