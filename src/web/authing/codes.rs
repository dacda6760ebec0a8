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
