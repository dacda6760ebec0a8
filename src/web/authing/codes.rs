//! Refusals that have a number of Authing's own, and what to say with it (authing-contract.md section 5).

/// A number with its words.
#[derive(Debug)]
pub struct Said {
    /// Authing's number.
    pub code: u32,
    /// The status beside it; on the wire it is HTTP 200 all the same.
    pub status: u16,
    /// In English.
    pub en: &'static str,
    /// In Chinese.
    pub zh: &'static str,
}

/// One of them, as it is refused.
#[derive(Debug, Clone, Copy)]
pub struct Coded {
    /// Which.
    pub said: &'static Said,
    /// Tries that are left, where that is told.
    pub left: Option<u32>,
}

impl From<&'static Said> for Coded {
    fn from(said: &'static Said) -> Self {
        Self { said, left: None }
    }
}

/// An encrypted password that is no ciphertext for the key of this house.
pub static UNDECRYPTABLE: Said = Said {
    code: 2016,
    status: 400,
    en: "the password is not encrypted with this server's key: set the SDK's key option (publicKey, enc_public_key, \
         encrptionPublicKey) to the one at /api/v2/.well-known",
    zh: "密码不是用本服务的公钥加密的：请把 SDK 的公钥选项（publicKey、enc_public_key、encrptionPublicKey）设为 /api/v2/.well-known 返回的公钥",
};

/// The same of SM2.
pub static UNDECRYPTABLE_SM2: Said = Said {
    code: 2016,
    status: 400,
    en: "the password is not encrypted with this server's SM2 key: set the SDK's option (encryption.publicKey, or the key you \
         encrypt with) to sm2.publicKey of /api/v3/system, in the order C1C3C2",
    zh: "密码不是用本服务的 SM2 公钥加密的：请把 SDK 的选项（encryption.publicKey 或自行加密所用的公钥）设为 /api/v3/system 返回的 \
         sm2.publicKey，顺序为 C1C3C2",
};

/// Unknown user or wrong password; never which.
pub static WRONG_PASSWORD: Said =
    Said { code: 2333, status: 403, en: "the account or the password is wrong", zh: "账号或密码错误" };

/// The user may not log in.
pub static SUSPENDED: Said = Said { code: 2005, status: 403, en: "the user is suspended", zh: "该用户已被停用" };

/// The token is dead.
pub static LOG_IN_AGAIN: Said =
    Said { code: 2206, status: 401, en: "the log-in has ended; log in again", zh: "登录已失效，请重新登录" };

/// What is asked for does not exist here.
pub static UNSUPPORTED: Said =
    Said {
        code: 501, status: 400, en: "this is not supported; see /docs/authing", zh: "暂不支持，详见 /docs/authing"
    };

/// Somebody has this name already.
pub static USER_EXISTS: Said = Said {
    code: 2026,
    status: 409,
    en: "there is a user with this user name, e-mail or phone already",
    zh: "用户名、邮箱或手机号已被使用",
};

/// The application lets nobody register.
pub static REGISTER_DISABLED: Said = Said {
    code: 2031,
    status: 403,
    en: "this application lets nobody register; an administrator can allow it in the console",
    zh: "该应用未开放注册，管理员可以在控制台开启",
};

/// Administrators are not changed by programs.
pub static ADMINISTRATOR: Said = Said {
    code: 1001,
    status: 403,
    en: "an administrator is changed in the console or at the command line, not by a program",
    zh: "管理员只能在控制台或命令行中修改，不能通过接口修改",
};

/// A secret that is kept as a hash.
pub static SECRET_NOT_KEPT: Said = Said {
    code: 1001,
    status: 403,
    en: "a secret is shown once, when it is made, and only its hash is kept; refresh-application-secret makes a new one",
    zh: "密钥只在生成时显示一次，本服务只保存其哈希；可以用 refresh-application-secret 换一个新的",
};

/// Something that must be there is not.
pub static MISSING: Said =
    Said { code: 2231, status: 400, en: "parameters are missing or malformed", zh: "参数缺失或格式不正确" };

/// An application's id and secret, where a credential of the pool is wanted.
pub static NO_POOL_CREDENTIAL: Said = Said {
    code: 1001,
    status: 403,
    en: "an application's secret does not administer its pool: use userPoolId and the pool's secret, or an access key",
    zh: "应用密钥不能管理用户池：请使用 userPoolId 与用户池密钥，或访问密钥",
};

/// The signature of a call, or the credential that it names.
pub static SIGNATURE_WRONG: Said = Said {
    code: 1300,
    status: 401,
    en: "the signature does not fit: unknown or revoked access key, another secret, or a call that was changed on its way",
    zh: "签名错误：访问密钥不存在或已撤销、密钥不符，或请求内容在途中被修改",
};

/// How a call was signed.
pub static SIGNATURE_METHOD: Said = Said {
    code: 1301,
    status: 401,
    en: "x-authing-signature-method must be HMAC-SHA1",
    zh: "x-authing-signature-method 必须为 HMAC-SHA1",
};

/// By which rules it was signed.
pub static SIGNATURE_VERSION: Said = Said {
    code: 1302,
    status: 401,
    en: "x-authing-signature-version must be 1.0",
    zh: "x-authing-signature-version 必须为 1.0",
};

/// When it was signed, in no form that is known.
pub static DATE_MALFORMED: Said = Said {
    code: 1303,
    status: 401,
    en: "the date must be milliseconds since 1970, or a date of HTTP in the header date",
    zh: "时间格式错误：应为毫秒时间戳，或在 date 请求头中使用 HTTP 日期格式",
};

/// When it was signed, not said.
pub static DATE_MISSING: Said = Said {
    code: 1304,
    status: 401,
    en: "a signed call needs the header date or x-authing-date",
    zh: "缺少 date 或 x-authing-date 请求头",
};

/// When it was signed, too far from now.
pub static SKEWED: Said = Said {
    code: 1305,
    status: 401,
    en: "the call was signed more than five minutes away from this server's time, or before the server started; set the clock \
         or sign again",
    zh: "请求时间与服务器时间相差超过五分钟，或早于服务器启动时间；请校准时钟后重新签名",
};

/// What makes a signed call the only one of its kind is missing, or was there before.
pub static NONCE_USED: Said = Said {
    code: 1306,
    status: 401,
    en: "x-authing-signature-nonce is missing or was used before; each call needs a new one",
    zh: "x-authing-signature-nonce 缺失或已被使用；每次请求都需要新的随机数",
};
