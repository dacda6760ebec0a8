//! Sentences about users from a table.

use super::table::{Counted, Named, Said, s};

sentences! {
/// Users from a table.
Import {
    title: Said = "导入用户", "Import users";
    line: Said = "用一张 CSV 表一次创建多位用户。先看每一行会怎样，确认之后才创建。", "Create many users at once from a CSV table. You see what comes of each line before anything is created.";
    file: Said = "CSV 文件", "CSV file";
    paste: Said = "或者把表格粘贴在这里", "Or paste the table here";
    limits: fn(usize, usize) -> String = |lines, kib| format!("UTF-8 编码，最多 {lines} 行、{kib} KB。更大的请分几次导入。"), |lines, kib| format!("In UTF-8, at most {lines} lines and {kib} KB. Split what is larger.");
    columns: Said = "列", "Columns";
    columns_note: Said = "第一行是列名，顺序随意。用户名、邮箱、手机号至少要有一列。", "The first line names the columns, in any order. At least one of user name, email and phone is needed.";
    example_name: Said = "韩梅梅", "Han Meimei";
    example_password: Said = "至少 8 个字符，可以空着", "at least 8 characters, may be empty";
    password_note: Said = "没有密码的用户，可以用重设密码链接自己设置。密码只存指纹；导入后请删掉文件。", "Users without a password can set one by a password reset link. Only a hash of a password is kept; delete the file afterwards.";
    sample: Said = "下载样例", "Download a sample";
    look: Said = "预览结果", "Preview the result";
    from_list: Said = "导入", "Import";

    look_title: Said = "确认导入", "Confirm the import";
    will_make: Counted = |n| format!("将创建 {n} 位用户"), |n| format!("{} will be created", s(n, "user"));
    none_to_make: Said = "没有可以创建的用户", "There is no user to create";
    has_faults: Counted = |n| format!("{n} 行有问题"), |n| if n.is_one() { "1 line cannot be used".to_owned() } else { format!("{n} lines cannot be used") };
    ignored: Named = |names| format!("没有用到这些列：{names}"), |names| format!("These columns are not used: {names}");
    good_lines: Said = "将创建的用户", "Users to be created";
    line_number: Said = "行", "Line";
    what_comes: Said = "结果", "What comes of it";
    with_password: Said = "有密码，可以直接登录", "with a password, can log in at once";
    without_password: Said = "没有密码，要用重设密码链接", "without a password, needs a reset link";
    field_says: fn(&str, &str) -> String = |field, why| format!("{field}：{why}"), |field, why| format!("{field}: {why}");
    leave_out: Said = "略过有问题的行，创建其余的用户", "Leave those lines out and create the others";
    leave_out_note: Said = "不勾选时，只要有一行有问题，就什么也不创建。", "Without the tick, one line that cannot be used keeps all of them from being created.";
    make: Counted = |n| format!("创建 {n} 位用户"), |n| format!("Create {}", s(n, "user"));
    other_file: Said = "换一个文件", "Another file";
    not_done: Said = "什么也没有创建", "Nothing was created";
    not_done_note: Said = "请改正文件，或者勾选略过有问题的行。", "Correct the file, or tick that those lines are left out.";

    done_title: Said = "导入完成", "Imported";
    made: Counted = |n| format!("已创建 {n} 位用户"), |n| if n.is_one() { "1 user was created".to_owned() } else { format!("{n} users were created") };
    left_out: Counted = |n| format!("略过了 {n} 行"), |n| if n.is_one() { "1 line was left out".to_owned() } else { format!("{n} lines were left out") };
    to_users: Said = "去看用户", "Go to the users";

    not_taken: Said = "这份文件读不了", "This file cannot be read";
    empty: Said = "里面没有用户。第一行是列名，之后每行一位用户。", "There is no user in it. The first line names the columns, each further line is a user.";
    not_utf8: Said = "它不是 UTF-8 编码的文本。在 Excel 里请另存为「CSV UTF-8」。", "It is not text in UTF-8. In Excel, save it as CSV UTF-8.";
    no_columns: Said = "第一行里没有用户名、邮箱或手机号这样的列名。", "Its first line names no column username, email or phone.";
    column_twice: Said = "第一行里有一个列名出现了两次。", "Its first line names a column twice.";
    too_many_lines: fn(usize) -> String = |n| format!("它超过了 {n} 行，请分几次导入。"), |n| format!("It has more than {n} lines. Please split it.");
    too_large: fn(usize) -> String = |kib| format!("它超过了 {kib} KB，请分几次导入。"), |kib| format!("It is larger than {kib} KB. Please split it.");
    too_late: Said = "确认得太晚了，请再选一次文件。", "You looked at it for too long. Please choose the file again.";
}
}
