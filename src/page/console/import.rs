//! Users from a table: the file, what would come of each line, and what came of it.

use maud::{Markup, html};

use super::frame::{Crumb, Rail, Room, Section, room, title};
use crate::page::count::Count;
use crate::page::frame::Frame;
use crate::page::parts::{Notice, Stamp, calm, csrf, dash, hidden, listed, name, stamp};
use crate::page::words::{Directory, FieldProblem, Lang};

const HOME: &str = "/console/users/import";

/// A column that means something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// `username`
    Username,
    /// `name`
    Name,
    /// `email`
    Email,
    /// `phone`
    Phone,
    /// `password`
    Password,
}

impl Column {
    /// All of them, in the order of the sample.
    pub const ALL: [Self; 5] = [Self::Username, Self::Name, Self::Email, Self::Phone, Self::Password];

    /// Its name in the first line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Username => "username",
            Self::Name => "name",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Password => "password",
        }
    }

    /// Reads its name, or the label of its field in either language.
    pub fn named(text: &str) -> Option<Self> {
        let text = text.to_lowercase();
        Self::ALL.into_iter().find(|column| {
            let labels = [Lang::Zh, Lang::En].map(|lang| column.label(&lang.words().directory).to_lowercase());
            text == column.as_str() || labels.contains(&text)
        })
    }

    /// Its name as one would write it in the language of the page.
    fn shown(self, frame: &Frame, words: &Directory) -> &'static str {
        match frame.lang {
            Lang::Zh => self.label(words),
            Lang::En => self.as_str(),
        }
    }

    fn example(self, frame: &Frame) -> &'static str {
        match self {
            Self::Username => "hanmeimei",
            Self::Name => frame.words().import.example_name,
            Self::Email => "hanmeimei@example.com",
            Self::Phone => "13800000000",
            Self::Password => frame.words().import.example_password,
        }
    }

    fn label(self, words: &Directory) -> &'static str {
        match self {
            Self::Username => words.username,
            Self::Name => words.person_name,
            Self::Email => words.email,
            Self::Phone => words.phone,
            Self::Password => words.password,
        }
    }
}

/// Why a file as a whole is of no use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileFault {
    /// No line after the first.
    Empty,
    /// No text, or in another encoding.
    NotUtf8,
    /// No column by which anybody could log in.
    NoColumns,
    /// A column stands there twice.
    ColumnTwice,
    /// More than so many lines.
    TooManyLines(usize),
    /// More than so many KiB.
    TooLarge(usize),
    /// It was looked at, but too long ago.
    TooLate,
}

/// What the first page shows.
#[derive(Debug, Clone, Copy, Default)]
pub struct ImportView<'a> {
    /// What was pasted.
    pub text: &'a str,
    /// Why it was of no use.
    pub fault: Option<FileFault>,
    /// How many lines and KiB a table may have.
    pub limits: (usize, usize),
}

/// A line, and what would come of it.
#[derive(Debug, Clone, Default)]
pub struct ImportLine {
    /// Where it stands in the file.
    pub number: u32,
    /// The name of the person.
    pub name: String,
    /// What they would log in with.
    pub login_names: Vec<String>,
    /// Whether a password is given.
    pub password: bool,
    /// Why no user comes of it.
    pub problems: Vec<(Option<Column>, FieldProblem)>,
}

/// What is shown before anything is made.
#[derive(Debug, Clone)]
pub struct LookView<'a> {
    /// Every line.
    pub lines: Vec<ImportLine>,
    /// Columns that mean nothing here.
    pub ignored: Vec<String>,
    /// The file, sealed.
    pub sealed: &'a str,
    /// Whether it was to be carried out, and was not.
    pub not_done: bool,
}

/// What came of it.
#[derive(Debug, Clone)]
pub struct Imported {
    /// Users made.
    pub made: u32,
    /// Lines that were left out.
    pub left: Vec<ImportLine>,
}

fn page(frame: &Frame, rail: &Rail, heading: &'static str, error: bool, main: Markup) -> Markup {
    let (console, words) = (&frame.words().console, &frame.words().import);
    let mut crumbs = vec![Crumb::new(console.users, "/console/users"), Crumb::new(words.title, HOME)];
    if heading != words.title {
        crumbs.push(Crumb::new(heading, HOME));
    }
    room(frame, rail, &Room { title: heading, error, section: Section::Users, crumbs, slip: true, main })
}

/// Where a file is chosen or pasted.
pub fn import(frame: &Frame, rail: &Rail, view: &ImportView) -> Markup {
    let words = &frame.words().import;
    let sample = html! { a.btn.s href="/console/users/import.csv" download { (words.sample) } };
    let main = html! {
        (title(words.title, &html! { (words.line) }, &sample))
        form.form method="post" action=(HOME) enctype="multipart/form-data" {
            (csrf(frame))
            @if let Some(fault) = view.fault {
                (Notice::Refused { title: words.not_taken, line: &fault.sentence(frame), fields: Vec::new() }.markup(frame))
            }
            div.field {
                label for="file" { (words.file) }
                input.input #file name="file" type="file" accept=".csv,text/csv,text/plain" aria-describedby="file-hint";
                p.hint #file-hint { ((words.limits)(view.limits.0, view.limits.1)) }
            }
            div.field {
                label for="text" { (words.paste) }
                textarea.area #text name="text" rows="5" spellcheck="false" autocapitalize="none" autocomplete="off" wrap="off"
                    placeholder=(Column::ALL.map(|column| column.shown(frame, &frame.words().directory)).join(",")) { (view.text) }
            }
            (columns(frame))
            div.acts { button.btn.go { (words.look) } }
        }
    };
    page(frame, rail, words.title, view.fault.is_some(), main)
}

fn columns(frame: &Frame) -> Markup {
    let (directory, words) = (&frame.words().directory, &frame.words().import);
    html! {
        section {
            h2 { (words.columns) }
            p.small { (words.columns_note) }
            dl.pairs {
                @for column in Column::ALL { dt { code { (column.shown(frame, directory)) } } dd { (column.example(frame)) } }
            }
            p.small { (words.password_note) }
        }
    }
}

impl FileFault {
    fn sentence(self, frame: &Frame) -> String {
        let words = &frame.words().import;
        let fixed = match self {
            Self::Empty => words.empty,
            Self::NotUtf8 => words.not_utf8,
            Self::NoColumns => words.no_columns,
            Self::ColumnTwice => words.column_twice,
            Self::TooManyLines(lines) => return (words.too_many_lines)(lines),
            Self::TooLarge(kib) => return (words.too_large)(kib),
            Self::TooLate => words.too_late,
        };
        fixed.to_owned()
    }
}

/// Every line with what would come of it, and the button that makes the users.
pub fn look(frame: &Frame, rail: &Rail, view: &LookView) -> Markup {
    let (common, words) = (&frame.words().common, &frame.words().import);
    let (good, bad): (Vec<_>, Vec<_>) = view.lines.iter().partition(|line| line.problems.is_empty());
    let (n, faults) = (Count::from(good.len()), Count::from(bad.len()));
    let told = if n.is_none() { words.none_to_make.to_owned() } else { (words.will_make)(n) };
    let comma = frame.words().gate.clause_comma;
    let line = html! { (told) @if !bad.is_empty() { (comma) ((words.has_faults)(faults)) } };
    let main = html! {
        (title(words.look_title, &line, &html! {}))
        @if view.not_done {
            (Notice::Refused { title: words.not_done, line: words.not_done_note, fields: Vec::new() }.markup(frame))
        }
        @if !view.ignored.is_empty() { p.small { ((words.ignored)(&listed(common, &view.ignored))) } }
        @if !bad.is_empty() { (table(frame, &(words.has_faults)(faults), &bad)) }
        @if !good.is_empty() { (table(frame, words.good_lines, &good)) }
        form.form method="post" action=(HOME) enctype="multipart/form-data" {
            (csrf(frame))
            (hidden("sealed", view.sealed))
            @if !bad.is_empty() && !good.is_empty() {
                label.check {
                    input type="checkbox" name="leave_out" value="1";
                    span { (words.leave_out) small { (words.leave_out_note) } }
                }
            }
            div.acts {
                @if !good.is_empty() { button.btn.go { ((words.make)(n)) } }
                a.btn href=(HOME) { (words.other_file) }
            }
        }
    };
    page(frame, rail, words.look_title, view.not_done, main)
}

/// What came of it, with what was left out and why.
pub fn imported(frame: &Frame, rail: &Rail, view: &Imported) -> Markup {
    let words = &frame.words().import;
    let left: Vec<&ImportLine> = view.left.iter().collect();
    let main = html! {
        (title(words.done_title, &html! {}, &html! {}))
        (Notice::Done(&(words.made)(view.made.into())).markup(frame))
        @if !left.is_empty() { (table(frame, &(words.left_out)(left.len().into()), &left)) }
        p.small { (words.password_note) }
        div.acts { a.btn href="/console/users" { (words.to_users) } a.btn.bare href=(HOME) { (words.other_file) } }
    };
    page(frame, rail, words.done_title, false, main)
}

fn table(frame: &Frame, heading: &str, lines: &[&ImportLine]) -> Markup {
    let (common, console, words) = (&frame.words().common, &frame.words().console, &frame.words().import);
    html! {
        section {
            div.head { h2 { (heading) } }
            table.ledger.folds.plain role="table" {
                caption.hid { (heading) }
                thead {
                    tr role="row" {
                        th.c-state scope="col" role="columnheader" { (common.state) }
                        th.c-who scope="col" role="columnheader" { (console.user) }
                        th scope="col" role="columnheader" { (words.what_comes) }
                        th.c-line scope="col" role="columnheader" { (words.line_number) }
                    }
                }
                tbody { @for line in lines { (row(frame, line)) } }
            }
        }
    }
}

fn row(frame: &Frame, line: &ImportLine) -> Markup {
    let (common, directory, words) = (&frame.words().common, &frame.words().directory, &frame.words().import);
    let good = line.problems.is_empty();
    let told = |(column, problem): &(Option<Column>, FieldProblem)| match column {
        Some(column) => (words.field_says)(column.label(directory), &problem.sentence(frame.lang)),
        None => problem.sentence(frame.lang),
    };
    html! {
        tr role="row" {
            td.c-state role="cell" { (stamp(common, if good { Stamp::Fine } else { Stamp::No })) }
            td.c-who role="cell" {
                @if line.name.is_empty() && line.login_names.is_empty() { (dash(common.nothing)) }
                @if !line.name.is_empty() { b title=(calm(&line.name)) { (name(&line.name)) } }
                @if !line.login_names.is_empty() { small.id { (name(&line.login_names.join(common.list_comma))) } }
            }
            td.c-dev role="cell" {
                @if good {
                    @if line.password { (words.with_password) } @else { (words.without_password) }
                } @else {
                    ul { @for problem in &line.problems { li { (told(problem)) } } }
                }
            }
            td.c-line role="cell" { span.hid { (words.line_number) " " } (line.number) }
        }
    }
}
