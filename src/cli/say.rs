//! What commands print: tables for people, JSON for programs.

use serde_json::Value;

use super::failure::Failure;

/// Prints a value as JSON.
pub fn json(value: &Value) {
    println!("{value:#}");
}

/// Prints rows in columns; the last one is not padded. Control characters, which could rule the terminal, are dropped.
pub fn table<const N: usize>(head: [&str; N], rows: &[[String; N]]) {
    let clean = |text: &str| text.chars().filter(|c| !c.is_control()).collect::<String>();
    let rows: Vec<[String; N]> = rows.iter().map(|row| row.each_ref().map(|cell| clean(cell))).collect();
    let width = |at: usize| rows.iter().map(|row| columns(&row[at])).chain([columns(head[at])]).max().unwrap_or(0);
    let widths: [usize; N] = std::array::from_fn(width);
    let line = |cells: [&str; N]| {
        let mut text = String::new();
        for (at, cell) in cells.into_iter().enumerate() {
            text.push_str(cell);
            if at + 1 < N {
                text.push_str(&" ".repeat(widths[at] + 2 - columns(cell)));
            }
        }
        println!("{}", text.trim_end());
    };
    if head.iter().any(|cell| !cell.is_empty()) {
        line(head);
    }
    for row in &rows {
        line(row.each_ref().map(String::as_str));
    }
}

/// Columns a text takes on a terminal: Chinese characters take two.
fn columns(text: &str) -> usize {
    text.chars().map(|c| if matches!(c, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}' | '\u{20000}'..='\u{3fffd}') { 2 } else { 1 }).sum()
}

/// An id as typed.
pub fn id<T, E: std::fmt::Display>(what: &str, parsed: Result<T, E>) -> Result<T, Failure> {
    parsed.map_err(|why| Failure::usage(format!("{what}: {why}")))
}

#[cfg(test)]
mod tests {
    use super::columns;

    #[test]
    fn chinese_characters_take_two_columns() {
        assert_eq!((columns("Li Lei 李雷"), columns("Okafor"), columns("")), (11, 6, 0));
    }
}
