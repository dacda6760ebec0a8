//! Why something was refused, in one plain sentence each: logins, addresses, fields, whole requests.

use super::Lang;
use super::table::{Counted, Named, Said};
use crate::domain::redirect::Differs;

sentences! {
/// Why something was refused.
Refusals {
    missing_account: Said = "请输入用户名、邮箱或手机号", "Enter your user name, email or phone";
    missing_password: Said = "请输入密码", "Enter your password";
    enter_again: Said = "请重新输入密码", "Enter your password again";
    wrong: Said = "账号或密码不正确。", "The user name or password is wrong.";
    wrong_left: Counted = |n| format!("账号或密码不正确，还可以尝试 {n} 次。"), |n| if n.is_one() { "The user name or password is wrong. 1 attempt left.".to_owned() } else { format!("The user name or password is wrong. {n} attempts left.") };
    wrong_last: Counted = |n| format!("账号或密码不正确。尝试太多次了，请等 {n} 秒再登录。"), |n| format!("The user name or password is wrong. Too many attempts: please wait {n} s before you log in.");
    throttled: Counted = |n| format!("尝试太多次了，请等 {n} 秒再登录。"), |n| format!("Too many attempts. Please wait {n} s before you log in.");
    busy: Said = "服务器正忙，没有登录。请稍后再试。", "The server is busy and did not log you in. Please try again shortly.";
    expired: Said = "页面打开得太久了，已经换新。请再登录一次。", "This page was open for too long and has been renewed. Please log in once more.";
    disabled: Said = "这个账号已停用，请找管理员。", "This account is disabled. Ask an administrator.";

    form_refused: Said = "没有保存", "Not saved";
    form_refused_note: Said = "请改正标出的地方，其余内容都还在。", "Please correct what is marked; everything else is as you left it.";
    stale: Said = "有人先改了，没有保存", "Somebody else saved first; not saved";
    stale_note: Said = "你输入的都还在。不同的地方写着现在存的内容；再保存一次，就改成你的。", "What you typed is still here. Where it differs, you see what is kept now; save once more to make it yours.";
    now_is: Named = |kept| format!("现在存的是：{kept}"), |kept| format!("Kept now: {kept}");
    now_empty: Said = "现在是空的", "Kept now: nothing";
    saved: Said = "已保存", "Saved";
}
}

/// What a redirect address did wrong. The rules are those of the house, one sentence each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// No entry covers it; in this the nearest one differs.
    Differs(Differs),
    /// The list is empty.
    NothingRegistered,
    /// No URL at all.
    Unreadable,
    /// Neither http nor https.
    Scheme,
    /// It names a user or a password.
    UserInfo,
    /// It has a `#` part.
    Fragment,
    /// A control character or a backslash.
    ForbiddenCharacter,
    /// A `*` where none may stand.
    Wildcard,
    /// A `*` over a public suffix.
    PublicSuffix,
    /// Encoded dots or slashes climb out of the path.
    Traversal,
    /// It does not begin with exactly one `/`.
    Relative,
    /// The parameter was given twice.
    Doubled,
    /// It is not https, and not this computer.
    Insecure,
    /// An address that may never be called.
    ForbiddenHost,
}

impl Rule {
    /// The sentence.
    pub fn sentence(self, lang: Lang) -> &'static str {
        let (zh, en) = match self {
            Self::Differs(differs) => return difference(lang, differs),
            Self::NothingRegistered => {
                ("这个应用没有登记任何返回地址。", "The application has registered no return address.")
            }
            Self::Unreadable => ("它不是一个完整的网址。", "It is not a complete web address."),
            Self::Scheme => ("只接受 http 和 https 的地址。", "Only http and https addresses are accepted."),
            Self::UserInfo => ("地址里不能写用户名或密码。", "An address must not hold a user name or password."),
            Self::Fragment => ("地址里不能有 # 之后的部分。", "An address must not have a part after #."),
            Self::ForbiddenCharacter => ("地址里有控制字符或反斜杠。", "It holds a control character or a backslash."),
            Self::Wildcard => (
                "* 只能是完整的最左一级域名，或者路径、查询的结尾。",
                "A * may only be the whole leftmost label of the host, or end the path or the query.",
            ),
            Self::PublicSuffix => ("* 不能覆盖公共后缀。", "A * must not cover a public suffix."),
            Self::Traversal => ("路径里有变形的上级目录。", "Its path climbs up by encoded dots or slashes."),
            Self::Relative => {
                ("站内地址要以一个 / 开头，不能多。", "An address on this site begins with exactly one /.")
            }
            Self::Doubled => ("同一个参数给了两次。", "The parameter was given twice."),
            Self::Insecure => ("除本机外，只接受 https。", "Only https is accepted, except on this computer."),
            Self::ForbiddenHost => ("这个地址不允许被通知。", "Messages may not be sent to this address."),
        };
        match lang {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }
}

/// In what an address differs from the entry that came nearest.
fn difference(lang: Lang, differs: Differs) -> &'static str {
    let (zh, en) = match differs {
        Differs::Scheme => (
            "协议与登记的不同：http 和 https 不能互换。",
            "Its scheme differs from the registered one: http is not https.",
        ),
        Differs::Host => ("主机没有登记。", "Its host is not registered."),
        Differs::PublicSuffix => return Rule::PublicSuffix.sentence(lang),
        Differs::Port => ("端口与登记的不同。", "Its port differs from the registered one."),
        Differs::Path => ("路径与登记的不同。", "Its path differs from the registered one."),
        Differs::Traversal => return Rule::Traversal.sentence(lang),
        Differs::Query => (
            "查询部分与登记的不同；以 ?* 结尾的登记才放行任何查询。",
            "Its query differs from the registered one; only an entry that ends in ?* allows any.",
        ),
        Differs::Text => (
            "写法与登记的不同，这里要一字不差。",
            "It is written otherwise than it is registered; here every character counts.",
        ),
    };
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}

/// What is wrong with one field of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldProblem {
    /// Nothing was entered.
    Missing,
    /// Longer than this many characters.
    TooLong(u32),
    /// Shorter than this many characters.
    TooShort(u32),
    /// Somebody or something else has it.
    Taken,
    /// No time zone.
    NotAZone,
    /// An earlier line of the same table has it.
    Repeats(u32),
    /// A line of a table has not as many cells as the table has columns.
    Cells,
    /// No email address.
    NotAnEmail,
    /// No phone number.
    NotAPhone,
    /// A name with characters that may not stand in it.
    BadCharacters,
    /// Not what may stand in a host name.
    NotAnIdentifier,
    /// The present password is another one.
    WrongPassword,
    /// The two new passwords differ.
    NotTheSame,
    /// Not the name that was to be typed once more.
    NotThatName,
    /// Not the name of the application, which everybody is to leave.
    NotTheApplication,
    /// No date and time.
    NotATime,
    /// An end that lies before its beginning.
    BeforeItsStart,
    /// The new password is the old one.
    Unchanged,
    /// Among the passwords that everybody knows.
    WellKnown,
    /// An address broke a rule.
    Address(Rule),
    /// One administrator must remain.
    LastAdmin,
    /// One's own password is changed where the present one is asked.
    OwnPassword,
    /// A `*` where one whole address is wanted.
    NoWildcard,
    /// An address on another origin than every log-in callback.
    OriginDiffers,
    /// No key in it can verify a signature.
    NoKeys,
    /// A private key where a public one is wanted.
    PrivateKey,
    /// What only an application that proves itself may have.
    NeedsProof,
    /// No `#rrggbb`.
    NotAColour,
    /// A colour with too little contrast; its ratio in tenths.
    Faint(u32),
    /// No number of hours.
    NotHours,
    /// Idle for longer than it lives at all.
    IdleTooLong,
    /// No picture of a kind that is let in.
    NotAPicture,
    /// A picture with too many octets.
    PictureTooLarge,
}

impl FieldProblem {
    /// The sentence that stands under the field.
    pub fn sentence(self, lang: Lang) -> String {
        let (zh, en) = match self {
            Self::TooLong(n) => {
                return match lang {
                    Lang::Zh => format!("最多 {n} 个字符"),
                    Lang::En => format!("At most {n} characters"),
                };
            }
            Self::TooShort(n) => {
                return match lang {
                    Lang::Zh => format!("至少 {n} 个字符"),
                    Lang::En => format!("At least {n} characters"),
                };
            }
            Self::Repeats(line) => {
                return match lang {
                    Lang::Zh => format!("与第 {line} 行相同"),
                    Lang::En => format!("The same as in line {line}"),
                };
            }
            Self::NotAZone => {
                ("没有这个时区，请写成 Asia/Shanghai 这样", "There is no such time zone; write it as in Asia/Shanghai")
            }
            Self::Cells => ("这一行的列数与表头不一样", "It has another number of cells than the first line"),
            Self::Faint(tenths) => {
                let ratio = format!("{}.{}", tenths / 10, tenths % 10);
                return match lang {
                    Lang::Zh => format!("与浅色背景的对比度只有 {ratio}:1，至少要 4.5:1，请选深一些的颜色"),
                    Lang::En => format!(
                        "Its contrast with light pages is only {ratio}:1 and has to be 4.5:1; choose a darker colour"
                    ),
                };
            }
            Self::Address(rule) => return rule.sentence(lang).to_owned(),
            Self::Missing => ("这里不能空着", "This must not be empty"),
            Self::Taken => ("已经有人用了，请换一个", "This is taken; choose another"),
            Self::NotAnEmail => ("这不是一个邮箱地址", "This is not an email address"),
            Self::NotAPhone => ("这不是一个手机号", "This is not a phone number"),
            Self::BadCharacters => ("里面有不能用的字符", "It holds characters that cannot be used"),
            Self::NotAnIdentifier => (
                "只能用小写字母、数字和连字符，并以字母开头",
                "Lower-case letters, digits and hyphens only, a letter first",
            ),
            Self::WrongPassword => ("密码不正确", "This is not your current password"),
            Self::NotTheSame => ("两次输入的新密码不一样", "The two new passwords differ"),
            Self::NotThatName => ("和上面的名称不一样，没有删除", "This is not that name; nothing was deleted"),
            Self::NotTheApplication => ("和应用的名称不一样", "This is not the name of the application"),
            Self::NotATime => ("这不是一个日期和时间", "This is not a date and time"),
            Self::BeforeItsStart => ("结束时间早于开始时间", "This ends before it begins"),
            Self::Unchanged => ("新密码和原密码一样", "This is the password you already have"),
            Self::WellKnown => ("这个密码太常见，谁都猜得到", "Everybody knows this password; choose another"),
            Self::OwnPassword => (
                "自己的密码请到个人中心的安全页更换",
                "Change your own password in the personal center, under Security",
            ),
            Self::LastAdmin => ("至少要留一位管理员", "One administrator has to remain"),
            Self::NoWildcard => ("这里要一个完整的地址，不能有 *", "One whole address, without a *"),
            Self::OriginDiffers => (
                "协议、域名和端口要与一个登录回调 URL 相同",
                "Scheme, host and port have to be those of a login callback URL",
            ),
            Self::NoKeys => ("里面没有能核对签名的公钥", "It holds no public key that can verify a signature"),
            Self::PrivateKey => (
                "里面有私钥。它已经泄露，请换一把，只贴公钥",
                "It holds a private key, which is now compromised; replace it and paste the public one only",
            ),
            Self::NotAColour => {
                ("颜色写成 # 加六位十六进制数，例如 #086040", "Write a colour as #rrggbb, such as #0b5cad")
            }
            Self::NotHours => ("要一个 1 到 8760 的整数", "A whole number from 1 to 8760"),
            Self::IdleTooLong => ("不能比最长期限还长", "It cannot be longer than the lifetime in any case"),
            Self::NotAPicture => ("这不是 PNG、JPEG 或 WebP 图片", "This is no PNG, JPEG or WebP picture"),
            Self::PictureTooLarge => ("图片最大 64 KB", "A picture has at most 64 KB"),
            Self::NeedsProof => ("不证明自己的应用不能用这个", "Not for an application that does not prove itself"),
        };
        match lang {
            Lang::Zh => zh.to_owned(),
            Lang::En => en.to_owned(),
        }
    }
}

impl Refusals {
    /// Heading and plain words of the error page for an HTTP status.
    pub fn page(lang: Lang, status: u16) -> (&'static str, &'static str) {
        match lang {
            Lang::Zh => Self::page_zh(status),
            Lang::En => Self::page_en(status),
        }
    }

    fn page_zh(status: u16) -> (&'static str, &'static str) {
        match status {
            400 => ("这个请求读不懂", "地址或表单里有不对的地方，什么都没有改动。"),
            401 => ("请先登录", "登录之后才能看这个页面。"),
            403 => ("这扇门不对你开", "你登录着，但这里不归你管。"),
            404 => ("这里没有门", "没有这个页面，或者它已经搬走。"),
            405 => ("这里不能这样进", "这个地址在，但不接受这种请求。"),
            409 => ("有人先改了", "你打开页面之后，它已经变了。请回去看看新的内容。"),
            413 => ("内容太大了", "发来的内容超出了限度，没有收下。"),
            415 => ("格式不对", "这里不收这种格式的内容。"),
            421 => ("走错了房子", "这个域名不归这台服务器管，请检查地址。"),
            429 => ("请慢一点", "短时间内请求太多了。"),
            503 => ("现在忙不过来", "什么都没有改动，请稍后再试。"),
            _ => ("服务器出了问题", "错在我们这边，已经记下来了。"),
        }
    }

    fn page_en(status: u16) -> (&'static str, &'static str) {
        match status {
            400 => {
                ("We cannot read this request", "Something in the address or the form is wrong. Nothing was changed.")
            }
            401 => ("Please log in first", "This page is only for people who are logged in."),
            403 => ("This door is not yours", "You are logged in, but this is not for you to see."),
            404 => ("There is no door here", "This page does not exist, or it has moved."),
            405 => ("Not this way in", "The address exists, but it does not take this kind of request."),
            409 => {
                ("Somebody was faster", "It changed after you opened the page. Please go back and look at it again.")
            }
            413 => ("Too large", "What you sent is over the limit and was not taken in."),
            415 => ("The wrong format", "This kind of content is not accepted here."),
            421 => ("The wrong house", "This server does not answer for that host. Please check the address."),
            429 => ("A little slower, please", "There were too many requests in a short time."),
            503 => ("Too busy right now", "Nothing was changed. Please try again shortly."),
            _ => ("Something broke", "The fault is ours, and it has been written down."),
        }
    }
}
