//! Lays a list out for a person: a table where it fits the terminal, else a record for each row.
//!
//! No word is ever broken, so that ids and names can be copied whole.

use comfy_table::presets::NOTHING;
use comfy_table::{Attribute, Cell, ColumnConstraint, ContentArrangement, Width};
use unicode_width::UnicodeWidthStr;

/// The blanks between two columns.
const GAP: usize = 2;

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
        // A terminal that does not say how wide it is says 0.
        let width = comfy_table::Table::new().width().filter(|width| *width > 0);
        Self {
            columns: columns.into_iter().map(str::to_owned).collect(),
            rows: Vec::new(),
            width: width.map(usize::from),
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

    /// All of it.
    pub(crate) fn text(&self) -> String {
        self.laid_out(self.columns.len())
    }

    /// All of it, or most: columns that have no room stay out of a table, which says so. The first is
    /// never one of them.
    pub(super) fn most(&self) -> String {
        self.laid_out(self.columns.len() / 2 + 1)
    }

    /// A table of at least so many columns, or records.
    fn laid_out(&self, least: usize) -> String {
        let kept = self.fitting();
        if kept.first() != Some(&0) || kept.len() < least {
            return self.records();
        }
        let table = self.table(&kept);
        let without = (0..self.columns.len()).filter(|column| !kept.contains(column));
        let names: Vec<&str> = without.map(|column| self.name(column)).collect();
        if names.is_empty() {
            return table;
        }
        format!(
            "{table}\n\nthe terminal has no room for {}",
            names.join(", ")
        )
    }

    /// The columns that fit beside each other, those before them first.
    fn fitting(&self) -> Vec<usize> {
        let Some(width) = self.width else {
            return (0..self.columns.len()).collect();
        };
        // Behind the last there is no gap.
        let mut room = width + GAP;
        let fits = |column: &usize| {
            let needed = self.longest(*column, word) + GAP;
            let left = room.checked_sub(needed);
            room = left.unwrap_or(room);
            left.is_some()
        };
        (0..self.columns.len()).filter(fits).collect()
    }

    fn table(&self, columns: &[usize]) -> String {
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
        for row in &self.rows {
            let cells = columns.iter().filter_map(|column| row.get(*column));
            table.add_row(cells.cloned());
        }
        let mut widths = self.widths(columns).into_iter().peekable();
        for column in table.column_iter_mut() {
            let width = widths.next().unwrap_or_default();
            let gap = widths.peek().map_or(0, |_| GAP);
            let outer = u16::try_from(width + gap).unwrap_or(u16::MAX);
            column.set_padding((0, gap as u16));
            column.set_constraint(ColumnConstraint::Absolute(Width::Fixed(outer)));
        }
        table.trim_fmt()
    }

    /// What each column gets: enough for its longest word, and for its longest line as far as there
    /// is room; those that lack least come first.
    fn widths(&self, columns: &[usize]) -> Vec<usize> {
        let mut widths: Vec<usize> = columns
            .iter()
            .map(|column| self.longest(*column, word))
            .collect();
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
        lacking.sort();
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
        records.join("\n").trim_end().to_owned()
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
            assert_eq!(table(width).widths(&[0, 1, 2]), widths, "{width:?}");
        }
    }

    #[test]
    fn a_column_stays_where_its_longest_word_fits() {
        for (width, fitting) in [
            (17, &[0, 1, 2][..]),
            (16, &[0, 1]),
            (10, &[0, 2]),
            (9, &[0]),
            (3, &[]),
        ] {
            assert_eq!(table(Some(width)).fitting(), fitting, "{width}");
        }
    }

    #[test]
    fn most_is_more_than_half_and_never_without_the_first() {
        let records = "id: 1234\ntext: one two three\nsize: 1 MB";
        let table = |width| table(Some(width));
        assert_eq!(table(16).text(), records);
        assert_eq!(
            table(16).most(),
            "ID    TEXT\n1234  one two\n      three\n\nthe terminal has no room for size"
        );
        assert_eq!(table(9).most(), records);
        let mut without_first = table(12);
        without_first.add_row(["longer than all", "a", "b"].map(|it| it.replace(' ', "-")));
        assert!(without_first.most().starts_with("id: 1234\n"));
    }
}
