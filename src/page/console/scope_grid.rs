//! The scope grid: whose sessions, on which device, in which application, as a table in which what will end is stamped.
//!
//! The style sheet alone moves the stamps when another scope is chosen; no script is needed.

use maud::{Markup, html};

use crate::page::count::Count;
use crate::page::frame::Frame;
use crate::page::parts::{Device, Stamp, calm, dash, name, stamp};
use crate::page::words::Scope;

/// What stands where a row meets a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// Logged in.
    Online,
    /// Logged in so many times.
    Sessions(u32),
}

/// What a row is about.
#[derive(Debug, Clone)]
pub enum GridHead {
    /// A device of one person.
    Device {
        /// The device.
        device: Device,
        /// Where it comes from.
        ip: String,
    },
    /// One of several people.
    Person {
        /// Their name.
        name: String,
        /// Their user name, email or phone.
        identifier: String,
    },
}

/// One row.
#[derive(Debug, Clone)]
pub struct GridRow {
    /// What it is about.
    pub head: GridHead,
    /// Whether it was picked.
    pub picked: bool,
    /// Whether it is the session in which this is read, or the person who reads it.
    pub own: bool,
    /// Scopes at which nothing in this row ends if the own session is to stay.
    pub spared: Vec<Scope>,
    /// One for each column.
    pub cells: Vec<Cell>,
}

/// The whole grid.
#[derive(Debug, Clone, Default)]
pub struct Grid {
    /// The applications.
    pub columns: Vec<String>,
    /// The column of the application in which the ask began.
    pub this: Option<usize>,
    /// Devices or people.
    pub rows: Vec<GridRow>,
    /// Rows that are not shown.
    pub more: Count,
}

/// The table of a grid.
pub(super) fn matrix(frame: &Frame, caption: &str, grid: &Grid) -> Markup {
    html! {
        div.scroll tabindex=[(grid.columns.len() > 5).then_some("0")] role=[(grid.columns.len() > 5).then_some("group")] aria-label=[(grid.columns.len() > 5).then_some(caption)] {
            table.matrix.broad[grid.columns.len() > 5] {
                caption { (caption) }
                colgroup { col; @for _ in &grid.columns { col; } }
                thead {
                    tr {
                        td {}
                        @for (place, column) in grid.columns.iter().enumerate() {
                            th.this[grid.this == Some(place)] scope="col" { (name(column)) }
                        }
                    }
                }
                tbody {
                    @for row in &grid.rows { (grid_row(frame, grid, row)) }
                    @if !grid.more.is_none() {
                        tr { th scope="row" colspan=(grid.columns.len() + 1) { ((frame.words().kick.more_people)(grid.more)) } }
                    }
                }
            }
        }
    }
}

fn grid_row(frame: &Frame, grid: &Grid, row: &GridRow) -> Markup {
    let (common, kick) = (&frame.words().common, &frame.words().kick);
    let spared = row.spared.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" ");
    html! {
        tr.r[row.picked] data-spared=[(!spared.is_empty()).then_some(spared)] {
            th.this[row.picked] scope="row" {
                @match &row.head {
                    GridHead::Device { device, ip } => {
                        @if device.browser.is_empty() { (common.unknown_device) } @else { (calm((common.program)(&device.browser))) }
                        small { (calm(&device.os)) br; span.id { (ip) } }
                        @if row.own { span.tag { (kick.this_device) } }
                    },
                    GridHead::Person { name: person, identifier } => {
                        (name(person))
                        small.id { (name(identifier)) }
                        @if row.own { span.tag { (kick.you) } }
                    },
                }
            }
            @for (place, cell) in row.cells.iter().enumerate() {
                td.c[grid.this == Some(place)] {
                    @match cell {
                        Cell::Empty => (dash(common.none_here)),
                        Cell::Online => { (stamp(common, Stamp::In)) (stamp(common, Stamp::Over)) },
                        Cell::Sessions(n) => { (stamp(common, Stamp::In)) (stamp(common, Stamp::Over)) " " (n) },
                    }
                }
            }
        }
    }
}

/// A small drawing of a scope: three devices down, three applications across.
pub(super) fn pictogram(scope: Scope) -> Markup {
    let filled = |device: u8, application: u8| match scope {
        Scope::Cell => device == 0 && application == 0,
        Scope::App => application == 0,
        Scope::Device => device == 0,
        Scope::All => true,
    };
    html! {
        svg.pict viewBox="0 0 22 22" aria-hidden="true" {
            @for device in 0..3u8 {
                @for application in 0..3u8 {
                    rect.x[filled(device, application)] x={ (1 + 7 * application) ".5" } y={ (1 + 7 * device) ".5" } width="5" height="5" {}
                }
            }
        }
    }
}
