//! Users from a table.

use maud::Markup;

use super::console::RAIL;
use super::people::{Stage, hostile};
use crate::page::console::{Column, FileFault, ImportLine, ImportView, Imported, LookView, import, imported, look};
use crate::page::words::FieldProblem;

pub(super) fn pages(stage: &Stage) -> Vec<(&'static str, Markup)> {
    let frame = stage.admin();
    let empty = ImportView { limits: (1_000, 128), ..ImportView::default() };
    let refused = ImportView {
        text: stage.pick("姓名,密码\n李雷,12345678", "name,password\nLi Lei,12345678"),
        fault: Some(FileFault::NoColumns),
        ..empty
    };
    let line = |number: u32, name: &str, login: &[&str], password| ImportLine {
        number,
        name: name.to_owned(),
        login_names: login.iter().map(|text| (*text).to_owned()).collect(),
        password,
        problems: Vec::new(),
    };
    let bad = |line, column, problem| ImportLine { problems: vec![(column, problem)], ..line };
    let good = vec![
        line(2, stage.pick("韩梅梅", "Han Meimei"), &["hanmeimei", "hanmeimei@acme.example"], true),
        line(3, "Jim Green", &["jim", "+8613800000002"], false),
        line(7, "=HYPERLINK(1)", &["formula"], false),
    ];
    let long = hostile();
    let left = vec![
        bad(line(4, stage.pick("李雷", "Li Lei"), &["lilei"], true), Some(Column::Username), FieldProblem::Taken),
        bad(line(5, "", &["jim"], false), Some(Column::Username), FieldProblem::Repeats(3)),
        ImportLine {
            problems: vec![
                (Some(Column::Email), FieldProblem::NotAnEmail),
                (Some(Column::Password), FieldProblem::TooShort(8)),
            ],
            ..line(6, &long, &[&long, "nobody@"], true)
        },
        bad(line(8, "", &[], false), None, FieldProblem::Cells),
    ];
    let view = LookView { lines: good.clone(), ignored: Vec::new(), sealed: "00", not_done: false };
    let mixed = LookView {
        lines: good.iter().chain(&left).cloned().collect(),
        ignored: vec!["department".to_owned(), long.chars().take(60).collect()],
        ..view.clone()
    };
    let useless = LookView { lines: left.clone(), ..view.clone() };
    vec![
        ("import", import(&frame, &RAIL, &empty)),
        ("import-refused", import(&frame, &RAIL, &refused)),
        ("import-look", look(&frame, &RAIL, &view)),
        ("import-look-faults", look(&frame, &RAIL, &mixed)),
        ("import-look-useless", look(&frame, &RAIL, &useless)),
        ("import-not-done", look(&frame, &RAIL, &LookView { not_done: true, ..mixed })),
        ("imported", imported(&frame, &RAIL, &Imported { made: 3, left: Vec::new() })),
        ("imported-some", imported(&frame, &RAIL, &Imported { made: 3, left })),
    ]
}
