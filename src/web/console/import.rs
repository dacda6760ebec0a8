//! `/console/users/import`: users from a table (RFC 4180), looked at first, then made.
//!
//! 1. `POST` with a file or pasted text: every line with what would come of it, and the same octets sealed.
//! 2. `POST` with the sealed octets: they are judged anew, and the users made. What was left out is listed once more.

use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};

use super::desk::{Desk, desk, desk_post};
use crate::flow::error::{FieldRefused, FlowError};
use crate::flow::import::{self, Judged, LINES, Line, OCTETS};
use crate::flow::users::UserForm;
use crate::page::console::{self as page, Column, FileFault, ImportLine, ImportView, Imported, LookView};
use crate::web::error::{Answer, Refusal};
use crate::web::visit::off_thread;
use crate::web::{table, view};

/// How many lines and KiB a table may have.
const LIMITS: (usize, usize) = (LINES, OCTETS / 1024);

/// `GET /console/users/import`.
pub async fn form(request: HttpRequest) -> Answer {
    let desk = desk!(&request);
    let shown = ImportView { limits: LIMITS, ..ImportView::default() };
    Ok(desk.page(|frame, rail| page::import(frame, rail, &shown)))
}

/// `GET /console/users/import.csv`: a table to begin with.
pub async fn sample(request: HttpRequest) -> Answer {
    let _ = desk!(&request);
    let line = |cells: [&str; 5]| cells.map(str::to_owned);
    let lines = [
        line(["hanmeimei", "韩梅梅", "hanmeimei@example.com", "13800000001", ""]),
        line(["jim", "Jim Green", "jim@example.com", "", "a long password of his own"]),
    ];
    table::download("users.csv", Column::ALL.map(Column::as_str), lines)
}

/// `POST /console/users/import`: file or text, to look at; sealed and `leave_out`, to carry out.
pub async fn submit(request: HttpRequest, mut payload: Payload) -> Answer {
    let (desk, form) = desk_post!(&request, &mut payload);
    let sealed = form.text("sealed")?;
    if !sealed.is_empty() {
        return match import::kept(&desk.visit.state, desk.session.user, sealed) {
            Some(octets) => carry_out(&desk, &octets, sealed, form.ticked("leave_out")?).await,
            None => Ok(again(&desk, "", FileFault::TooLate)),
        };
    }
    let pasted = form.text("text")?;
    let octets = form.file("file").unwrap_or(pasted.as_bytes().into());
    match read(&octets) {
        Ok(file) => {
            let sealed = import::keep(&desk.visit.state, desk.session.user, &octets)?;
            look(&desk, file, &sealed, Look::First).await
        }
        Err(fault) => Ok(again(&desk, pasted, fault)),
    }
}

fn again(desk: &Desk, pasted: &str, fault: FileFault) -> HttpResponse {
    let shown = ImportView { text: pasted, fault: Some(fault), limits: LIMITS };
    desk.again(|frame, rail| page::import(frame, rail, &shown))
}

async fn judged(desk: &Desk, lines: Vec<Line>) -> Result<Vec<Judged>, Refusal> {
    let (state, pool) = (desk.visit.state.clone(), desk.pool);
    off_thread(move || import::judge(&state, pool, lines)).await
}

/// Why the lines are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    /// They have just come.
    First,
    /// They were to be carried out, and were not.
    NotDone,
}

/// What would come of it.
async fn look(desk: &Desk, file: Read, sealed: &str, why: Look) -> Answer {
    let Read { lines, ignored } = file;
    let judged = judged(desk, lines).await?;
    let not_done = why == Look::NotDone;
    let view = LookView { lines: judged.iter().map(shown).collect(), ignored, sealed, not_done };
    let draw = |frame: &crate::page::Frame<'_>, rail: &page::Rail| page::look(frame, rail, &view);
    Ok(if not_done { desk.again(draw) } else { desk.page(draw) })
}

async fn carry_out(desk: &Desk, octets: &[u8], sealed: &str, leave_out: bool) -> Answer {
    let Ok(file) = read(octets) else { return Ok(again(desk, "", FileFault::Empty)) };
    let judged = judged(desk, file.lines).await?;
    let left: Vec<ImportLine> = judged.iter().filter(|one| !one.refused.is_empty()).map(shown).collect();
    let whole = left.is_empty() || (leave_out && left.len() < judged.len());
    let made = if whole {
        import::carry_out(&desk.visit.state, desk.pool, judged, desk.origin()).await
    } else {
        Err(FlowError::Invalid(Vec::new()))
    };
    match made {
        Ok(made) => Ok(desk.page(|frame, rail| page::imported(frame, rail, &Imported { made, left }))),
        // Somebody took a name meanwhile, or there are lines that nobody said to leave out: look again, nothing was made.
        Err(FlowError::Invalid(_)) => {
            let Ok(file) = read(octets) else { return Ok(again(desk, "", FileFault::Empty)) };
            look(desk, file, sealed, Look::NotDone).await
        }
        Err(other) => Err(other.into()),
    }
}

fn shown(one: &Judged) -> ImportLine {
    let column = |refused: &FieldRefused| Column::named(refused.field);
    let Line { number, form, password, .. } = &one.line;
    ImportLine {
        number: *number,
        name: form.name.clone(),
        login_names: [&form.username, &form.email, &form.phone]
            .into_iter()
            .filter(|t| !t.is_empty())
            .cloned()
            .collect(),
        password: !password.is_empty(),
        problems: one.refused.iter().map(|refused| (column(refused), view::problem(refused))).collect(),
    }
}

/// A table as read.
struct Read {
    lines: Vec<Line>,
    /// Columns that nobody here knows.
    ignored: Vec<String>,
}

/// Reads a table: UTF-8 with or without a mark at its beginning, its first line naming the columns in whatever order.
fn read(octets: &[u8]) -> Result<Read, FileFault> {
    if octets.len() > OCTETS {
        return Err(FileFault::TooLarge(LIMITS.1));
    }
    let text = std::str::from_utf8(octets).map_err(|_| FileFault::NotUtf8)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.contains('\0') {
        return Err(FileFault::NotUtf8);
    }
    let head = text.lines().find(|line| !line.trim().is_empty()).ok_or(FileFault::Empty)?;
    // Spreadsheets of some countries separate by semicolons, and what is copied out of one by tabs.
    let separator = [',', ';', '\t'].into_iter().max_by_key(|c| (head.matches(*c).count(), *c == ',')).unwrap_or(',');
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(u8::try_from(separator).unwrap_or(b','))
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::Headers)
        .from_reader(text.as_bytes());
    let mut records = reader.records();
    let head = records.next().and_then(Result::ok).ok_or(FileFault::Empty)?;
    let (columns, ignored) = columns(&head)?;
    let (mut lines, mut place) = (Vec::new(), Place { at: 0, line: 1 });
    for record in records {
        let record = record.map_err(|_| FileFault::NotUtf8)?;
        if lines.len() == LINES {
            return Err(FileFault::TooManyLines(LINES));
        }
        let number = place.of(&record, text.as_bytes());
        // A row of a spreadsheet from which everything was deleted.
        if record.iter().any(|cell| !cell.trim().is_empty()) {
            lines.push(line(number, &record, &columns));
        }
    }
    if lines.is_empty() { Err(FileFault::Empty) } else { Ok(Read { lines, ignored }) }
}

type Columns = Vec<Option<Column>>;

fn columns(head: &csv::StringRecord) -> Result<(Columns, Vec<String>), FileFault> {
    let columns: Columns = head.iter().map(|cell| Column::named(cell.trim())).collect();
    let unknown = |(cell, column): (&str, &Option<Column>)| {
        (column.is_none() && !cell.trim().is_empty()).then(|| cell.trim().chars().take(60).collect())
    };
    let ignored = head.iter().zip(&columns).filter_map(unknown).collect();
    if Column::ALL.iter().any(|column| columns.iter().filter(|c| **c == Some(*column)).count() > 1) {
        return Err(FileFault::ColumnTwice);
    }
    let login = [Column::Username, Column::Email, Column::Phone];
    if !login.iter().any(|column| columns.contains(&Some(*column))) {
        return Err(FileFault::NoColumns);
    }
    Ok((columns, ignored))
}

/// Where the reader of a text has come to.
struct Place {
    at: usize,
    line: u32,
}

impl Place {
    /// The line on which a record begins. The reader tells where it began to look, which is before empty lines.
    fn of(&mut self, record: &csv::StringRecord, text: &[u8]) -> u32 {
        let begin = record.position().and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or_default();
        let empty = text.iter().skip(begin).take_while(|octet| matches!(octet, b'\r' | b'\n')).count();
        let passed = text.get(self.at..begin + empty).unwrap_or_default();
        let ends = passed.split(|octet| *octet == b'\n').count().saturating_sub(1);
        self.line += u32::try_from(ends).unwrap_or_default();
        self.at = begin + empty;
        self.line
    }
}

fn line(number: u32, record: &csv::StringRecord, columns: &Columns) -> Line {
    let cell = |wanted: Column| {
        let at = columns.iter().position(|column| *column == Some(wanted));
        at.and_then(|at| record.get(at)).unwrap_or_default()
    };
    let text = |wanted| cell(wanted).trim().to_owned();
    let fits = record.len() == columns.len();
    Line {
        number,
        form: UserForm {
            username: text(Column::Username),
            name: text(Column::Name),
            email: text(Column::Email),
            phone: text(Column::Phone),
            ..UserForm::default()
        },
        // A password is the octets that were typed.
        password: cell(Column::Password).to_owned(),
        refused: if fits { Vec::new() } else { vec![FieldRefused::new("line", "cells")] },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<(u32, String, String)> {
        let read = read(text.as_bytes()).unwrap_or_else(|fault| panic!("{fault:?}: {text}"));
        read.lines.into_iter().map(|line| (line.number, line.form.username, line.form.name)).collect()
    }

    fn fault(octets: &[u8]) -> FileFault {
        read(octets).err().expect("a fault")
    }

    #[test]
    fn columns_stand_in_any_order_and_in_either_language() {
        for text in [
            "username,name\nlilei,Li Lei\n",
            "\u{feff}Name, USERNAME \r\nLi Lei,lilei\r\n",
            "姓名;用户名\nLi Lei;lilei",
            "name\tshoe size\tusername\nLi Lei\t42\tlilei",
            "username,name\n\"lilei\",\"Li Lei\"\n,\n",
        ] {
            assert_eq!(names(text), [(2, "lilei".to_owned(), "Li Lei".to_owned())], "{text:?}");
        }
        let read = read(b"username,admin,,\nx,1,,\n").unwrap();
        assert_eq!((read.lines.len(), read.ignored), (1, vec!["admin".to_owned()]));
    }

    #[test]
    fn a_cell_may_hold_anything_and_a_line_keeps_its_number() {
        let text = "username,name\na,\"Li, \"\"Lei\"\"\nthe second\"\nb,=1+1\n";
        let expected =
            [(2, "a".to_owned(), "Li, \"Lei\"\nthe second".to_owned()), (4, "b".to_owned(), "=1+1".to_owned())];
        assert_eq!(names(text), expected);
        let spaced: Vec<u32> = names("username,name\r\n\r\na,b\r\n\r\n\r\nc,d").iter().map(|(n, _, _)| *n).collect();
        assert_eq!(spaced, [3, 6]);
        let ragged = read(b"username,name\na\nb,c,d\ne,f\n").unwrap();
        let refused: Vec<bool> = ragged.lines.iter().map(|line| !line.refused.is_empty()).collect();
        assert_eq!(refused, [true, true, false]);
    }

    #[test]
    fn a_file_that_is_no_table_is_told_why() {
        assert_eq!(fault(b""), FileFault::Empty);
        assert_eq!(fault(b"\xef\xbb\xbf \r\n\r\n"), FileFault::Empty);
        assert_eq!(fault(b"username,name\n"), FileFault::Empty);
        assert_eq!(fault(b"username\n\xc0\xee\xc0\xd7\n"), FileFault::NotUtf8, "GBK");
        assert_eq!(fault(b"name,password\nx,y\n"), FileFault::NoColumns);
        assert_eq!(fault(b"PK\x03\x04\x00\x00"), FileFault::NotUtf8);
        assert_eq!(fault(b"username,email,USERNAME\na,b,c\n"), FileFault::ColumnTwice);
        assert_eq!(fault("username\n".repeat(1_003).as_bytes()), FileFault::TooManyLines(1_000));
        assert_eq!(fault(&vec![b'x'; OCTETS + 1]), FileFault::TooLarge(128));
    }
}
