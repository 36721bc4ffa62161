//! Lays a list out for a person: a table as wide as the terminal, or where that is too narrow a record for
//! each row.
//!
//! What is to be read folds between words; what is to be looked through has a line for each row, in which
//! long values are cut.

use comfy_table::presets::NOTHING;
use comfy_table::{Attribute, Cell, ColumnConstraint, ContentArrangement, Width};
use mcp_docker::ordered;
use unicode_width::UnicodeWidthStr;

use crate::cli::screen;

/// The blanks between two columns.
const GAP: usize = 2;

/// Ids, times and sizes are as long as this at most, and of no use in part.
const WHOLE: usize = 20;

/// As much as is left of longer values where there is no room.
const CUT: usize = 12;

/// Columns that say no more than another.
const SAID_BY: [(&str, &str); 1] = [("state", "status")];

/// Rows under columns.
#[derive(Debug)]
pub(crate) struct Table {
    columns: Vec<String>,
    rows: Vec<Vec<Cell>>,
    /// Of the terminal; none where what is written goes elsewhere or nobody knows.
    width: Option<usize>,
}

impl Table {
    pub(super) fn new<'a>(columns: impl IntoIterator<Item = &'a str>) -> Self {
        Self {
            columns: columns.into_iter().map(str::to_owned).collect(),
            rows: Vec::new(),
            width: screen::stdout(),
        }
    }

    /// Adds a row with a cell for each column.
    pub(crate) fn add_row<C: Into<Cell>>(&mut self, cells: impl IntoIterator<Item = C>) {
        self.rows.push(cells.into_iter().map(Into::into).collect());
    }

    /// Whether there is no row.
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// All of it, folded between words.
    pub(crate) fn text(&self) -> String {
        let all: Vec<usize> = (0..self.columns.len()).collect();
        let widths = self.widths(&all, |column| self.longest(column, word));
        match self.fits(&widths) {
            true => self.table(&all, &widths, &self.rows),
            false => self.records(),
        }
    }

    /// A line for each row. Long values are cut, and columns that have no room stay out, the last ones
    /// first; what does so is said.
    pub(crate) fn most(&self) -> String {
        let kept = self.kept();
        if kept.len() * 2 < self.columns.len() {
            return self.records();
        }
        let widths = self.widths(&kept, |column| self.least(column));
        let row = |row: &Vec<Cell>| {
            let cell = |(column, width): (&usize, &usize)| {
                let content = row.get(*column).map(Cell::content).unwrap_or_default();
                Cell::new(screen::cut(&content, *width))
            };
            kept.iter().zip(&widths).map(cell).collect()
        };
        let rows: Vec<Vec<Cell>> = self.rows.iter().map(row).collect();
        let places: Vec<usize> = (0..kept.len()).collect();
        let columns = kept.iter().map(|column| self.name(*column).to_owned());
        let table = Self {
            columns: columns.collect(),
            rows: Vec::new(),
            width: self.width,
        };
        let table = table.table(&places, &widths, &rows);
        let without = (0..self.columns.len()).filter(|column| !kept.contains(column));
        let names: Vec<&str> = without.map(|column| self.name(column)).collect();
        if names.is_empty() {
            return table;
        }
        format!("{table}\n\nno room for {}", names.join(", "))
    }

    /// The columns that have room, those before them first; where one says what another says too, the
    /// other goes before all.
    fn kept(&self) -> Vec<usize> {
        let mut kept: Vec<usize> = (0..self.columns.len()).collect();
        let has = |name: &str| self.columns.iter().any(|column| column == name);
        while kept.len() > 1 {
            let least: Vec<usize> = kept.iter().map(|column| self.least(*column)).collect();
            if self.fits(&least) {
                break;
            }
            let said = kept.iter().position(|column| {
                let mut twice = SAID_BY
                    .iter()
                    .filter(|(name, _)| *name == self.name(*column));
                twice.any(|(_, by)| has(by))
            });
            kept.remove(said.unwrap_or(kept.len() - 1));
        }
        kept
    }

    /// How far a column may be cut: short values not at all.
    fn least(&self, column: usize) -> usize {
        let longest = self.longest(column, str::width);
        match longest <= WHOLE {
            true => longest,
            false => CUT.max(self.name(column).width()),
        }
    }

    /// Whether columns of these widths have room beside each other.
    fn fits(&self, widths: &[usize]) -> bool {
        let taken: usize = widths.iter().map(|width| width + GAP).sum();
        // Behind the last there is no gap.
        self.width.is_none_or(|width| taken <= width + GAP)
    }

    fn table(&self, columns: &[usize], widths: &[usize], rows: &[Vec<Cell>]) -> String {
        let mut table = comfy_table::Table::new();
        table
            .load_style(NOTHING)
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_header(columns.iter().map(|column| {
                let cell = Cell::new(self.name(*column).to_uppercase());
                if super::colour() {
                    cell.add_attribute(Attribute::Bold)
                } else {
                    cell
                }
            }));
        for row in rows {
            let cells = columns.iter().filter_map(|column| row.get(*column));
            table.add_row(cells.cloned());
        }
        let mut widths = widths.iter().copied().peekable();
        for column in table.column_iter_mut() {
            let width = widths.next().unwrap_or_default();
            let gap = widths.peek().map_or(0, |_| GAP);
            let outer = u16::try_from(width + gap).unwrap_or(u16::MAX);
            column.set_padding((0, gap as u16));
            column.set_constraint(ColumnConstraint::Absolute(Width::Fixed(outer)));
        }
        table.trim_fmt()
    }

    /// What each column gets: its least, and as much of its longest line as there is room for; those
    /// that lack least come first.
    fn widths(&self, columns: &[usize], least: impl Fn(usize) -> usize) -> Vec<usize> {
        let mut widths: Vec<usize> = columns.iter().map(|column| least(*column)).collect();
        let taken: usize = widths.iter().map(|width| width + GAP).sum();
        let mut spare = self
            .width
            .map_or(usize::MAX, |width| (width + GAP).saturating_sub(taken));
        let mut lacking: Vec<(usize, &mut usize)> = columns
            .iter()
            .zip(&mut widths)
            .map(|(column, width)| {
                (
                    self.longest(*column, str::width).saturating_sub(*width),
                    width,
                )
            })
            .collect();
        ordered::sort(&mut lacking);
        let mut waiting = lacking.len();
        for (lack, width) in lacking {
            let more = lack.min(spare / waiting);
            *width += more;
            spare -= more;
            waiting -= 1;
        }
        widths
    }

    /// The greatest measure of a line in the column, its name included.
    fn longest(&self, column: usize, measure: impl Fn(&str) -> usize) -> usize {
        let cells = self.rows.iter().filter_map(|row| row.get(column));
        let greatest = cells.map(|cell| cell.content().lines().map(&measure).max().unwrap_or(0));
        greatest.max().unwrap_or(0).max(self.name(column).width())
    }

    fn records(&self) -> String {
        let record = |row: &Vec<Cell>| {
            let mut text = String::new();
            for (column, cell) in self.columns.iter().zip(row) {
                let content = cell.content();
                if !content.is_empty() {
                    super::lines::line("", column, &content, &mut text);
                }
            }
            text
        };
        let records: Vec<String> = self.rows.iter().map(record).collect();
        let records = records.join("\n");
        screen::hanging(records.trim_end(), self.width)
    }

    fn name(&self, column: usize) -> &str {
        self.columns.get(column).map_or("", String::as_str)
    }
}

/// The width of the longest word of a line.
fn word(line: &str) -> usize {
    line.split(' ').map(str::width).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::Table;

    fn table(width: Option<usize>) -> Table {
        let mut table = Table {
            columns: ["id", "text", "size"].map(str::to_owned).into(),
            rows: Vec::new(),
            width,
        };
        table.add_row(["1234", "one two three", "1 MB"]);
        table
    }

    #[test]
    fn room_goes_to_the_columns_that_lack_it() {
        for (width, widths) in [
            (None, [4, 13, 4]),
            (Some(99), [4, 13, 4]),
            (Some(17), [4, 5, 4]),
            (Some(20), [4, 8, 4]),
        ] {
            let table = table(width);
            let least = |column| table.longest(column, super::word);
            assert_eq!(table.widths(&[0, 1, 2], least), widths, "{width:?}");
        }
    }

    #[test]
    fn what_is_to_be_read_folds_between_words_and_where_none_fits_is_a_record() {
        assert_eq!(
            table(Some(17)).text(),
            "ID    TEXT   SIZE\n1234  one    1 MB\n      two\n      three"
        );
        let records = "id: 1234\ntext: one two\n  three\nsize: 1 MB";
        assert_eq!(table(Some(14)).text(), records);
    }

    #[test]
    fn what_is_to_be_looked_through_is_cut_and_short_values_are_not() {
        let mut table = table(Some(25));
        table.add_row(["5678", "a value that is longer than all", "2 MB"]);
        assert_eq!(
            table.most(),
            "ID    TEXT           SIZE\n1234  one two three  1 MB\n5678  a value that…  2 MB"
        );
        table.width = Some(18);
        assert_eq!(
            table.most(),
            "ID    TEXT\n1234  one two thr…\n5678  a value tha…\n\nno room for size"
        );
        table.width = Some(10);
        assert!(table.most().starts_with("id: 1234\n"));
    }

    /// A state beside a status says nothing more.
    #[test]
    fn what_another_column_says_goes_first() {
        let mut table = Table {
            columns: ["id", "state", "status", "ports"].map(str::to_owned).into(),
            rows: Vec::new(),
            width: Some(22),
        };
        table.add_row(["1234", "running", "Up 5 min", "80"]);
        assert_eq!(
            table.most(),
            "ID    STATUS    PORTS\n1234  Up 5 min  80\n\nno room for state"
        );
    }
}
