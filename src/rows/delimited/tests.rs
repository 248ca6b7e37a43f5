use super::*;
use crate::rows::csv::{BEGINNINGS, is_number};
use proptest::prelude::*;
use serde_json::json;

fn written(row_of: Value, sign: Sign, raw: bool) -> String {
    let mut out = Vec::new();
    row(&Recording::from_row(row_of), sign, raw, &mut out);
    String::from_utf8(out).unwrap()
}

#[test]
fn cells_are_quoted_where_they_must_be() {
    let row =
        json!({"recording_id": "a\"b", "conference_name": "x,y", "new": [1], "call_uuid": null});
    let csv = written(row.clone(), Sign::Comma, false);
    assert_eq!(
        csv,
        ",,,\"a\"\"b\",,,,,,\"x,y\",,,,,,,,,,,,,,\"{\"\"new\"\":[1]}\"\n"
    );
    let tsv = written(json!({"recording_id": "a\tb\\\n"}), Sign::Tab, true);
    assert!(tsv.starts_with("\t\t\ta\\tb\\\\\\n\t"), "{tsv}");
}

#[test]
fn raw_is_raw() {
    let row = json!({"recording_id": "=1", "from_number": "\u{1b}[2J"});
    assert!(written(row.clone(), Sign::Comma, true).contains(",=1,,,\u{1b}[2J,"));
    assert!(written(row, Sign::Comma, false).contains(",'=1,,,␛[2J,"));
}

#[test]
fn every_row_has_as_many_cells_as_the_head() {
    let mut head_line = Vec::new();
    head(Sign::Tab, &mut head_line);
    let cells = |line: &str| line.trim_end_matches('\n').split('\t').count();
    let head_cells = cells(&String::from_utf8(head_line).unwrap());
    assert_eq!(
        head_cells,
        cells(&written(json!({"recording_id": "a\tb"}), Sign::Tab, true))
    );
    assert_eq!(head_cells, cells(&written(json!(7), Sign::Tab, false)));
}

/// Reads one line of RFC 4180 back.
fn read(line: &str) -> Vec<String> {
    let (mut cells, mut cell, mut within) = (Vec::new(), String::new(), false);
    let mut chars = line.trim_end_matches('\n').chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if within && chars.peek() == Some(&'"') => {
                cell.push('"');
                chars.next();
            }
            '"' if within || cell.is_empty() => within = !within,
            ',' if !within => cells.push(std::mem::take(&mut cell)),
            c => cell.push(c),
        }
    }
    cells.push(cell);
    cells
}

proptest! {
    #[test]
    fn no_cell_begins_a_formula_by_whatever_sign_the_line_is_cut(
        id in ".*", name in "[-=+@;,\"' \t|a-z0-9＝]{0,12}", other in any::<String>(),
    ) {
        let row = json!({"recording_id": id, "conference_name": name, "conference_uuid": other, "new": name});
        let line = written(row, Sign::Comma, false);
        prop_assert_eq!(line.matches('\n').count(), 1);
        let cells = read(&line);
        prop_assert_eq!(cells.len(), 24);
        let cut = |sign: char| line.split(sign).map(str::to_owned).collect::<Vec<_>>();
        for cell in cells.into_iter().chain(cut(';')).chain(cut('\t')).chain(cut('|')) {
            let start = cell.trim_start_matches(|c: char| c.is_whitespace() || c == '"').trim_end();
            prop_assert!(!start.starts_with(BEGINNINGS) || is_number(&cell) || is_number(start), "{cell:?} in {line:?}");
        }
    }

    #[test]
    fn raw_cells_come_back_as_they_were(id in any::<String>(), name in any::<String>()) {
        let line = written(json!({"recording_id": format!("{id}x"), "conference_name": name}), Sign::Comma, true);
        let cells = read(&line);
        prop_assert_eq!(&cells[3], &format!("{id}x"));
        prop_assert_eq!(&cells[9], &name);
    }
}
