//! The table of Authing's wire tells the truth.

use std::path::Path;

use exeunt::web::authing::table::{ANSWERED, MISSING};

use crate::support::House;

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

#[test]
fn every_path_on_the_sheet_is_in_the_table_and_the_other_way_round() {
    let sheet = read("src/web/mod.rs");
    let begin = sheet.find("// Authing's wire:").expect("the part of the sheet");
    let end = begin + sheet[begin..].find("\n}").expect("its end");
    let on_sheet: Vec<&str> = sheet[begin..end].lines().map(str::trim).filter(|line| line.starts_with('"')).collect();
    for row in ANSWERED {
        let line = on_sheet.iter().find(|line| line.starts_with(&format!("\"{}\"", row.path)));
        let line = line.unwrap_or_else(|| panic!("{} is not on the sheet", row.path));
        let handlers: Vec<&str> =
            line.split_once("=> ").expect("handlers").1.trim_end_matches(';').split(", ").collect();
        // The lines of those that act by GET name no method.
        let named = format!("{} {}", row.method, row.handler);
        assert!(handlers.contains(&row.handler) || handlers.contains(&named.as_str()), "{line} is not {}", row.handler);
    }
    let routes: usize = on_sheet.iter().map(|line| line.split(", ").count()).sum();
    assert_eq!(routes, ANSWERED.len(), "a path of the sheet is not in the table");
}

#[test]
fn every_path_of_the_table_names_a_test_that_stands() {
    for row in ANSWERED {
        let (file, name) = row.test.split_once("::").unwrap();
        let text = read(&format!("tests/house/{file}.rs"));
        assert!(text.contains(&format!("fn {name}()")), "{}: there is no test {}", row.path, row.test);
    }
}

#[test]
fn every_path_of_the_table_is_answered_and_refuses_the_other_method() {
    let house = House::open();
    let app = house.application("notes").id.to_string();
    for row in ANSWERED {
        let path = row.path.replace("{app}", &app).replace("{user}", &app).replace("{kind}", "email");
        let headers = [("Content-Type", "application/json")];
        let answer = house.ask((row.method, &path), &headers, Some(b"{}"));
        assert_ne!(answer.status, 404, "{path}");
        assert!(answer.status < 500, "{path}: {}", answer.text());
        let refused = house.ask(("PUT", &path), &headers, Some(b"{}"));
        assert_eq!(refused.status, 405, "{path}");
        assert!(refused.header("allow").is_some_and(|allow| allow.contains(row.method)), "{path}");
    }
}

#[test]
fn developers_read_it_in_their_language() {
    let house = House::open();
    for (lang, words) in [("en", "What is answered"), ("zh-CN", "支持的接口")] {
        let answer = house.ask(("GET", "/docs/authing"), &[("Accept-Language", lang)], None);
        assert_eq!(answer.status, 200);
        let text = answer.text();
        assert!(text.contains(words), "{lang}");
        for row in ANSWERED {
            assert!(text.contains(row.path), "{}", row.path);
        }
        for row in MISSING {
            assert!(text.contains(if lang == "en" { row.en } else { row.zh }), "{}", row.what);
        }
    }
}
