//! Cells of CSV (RFC 4180), made so that a spreadsheet runs nothing that a caller put into a name.

use std::borrow::Cow;

use crate::app::text::{is_safe, safe};

/// A cell that no spreadsheet takes for a formula: `'` goes before whatever would begin one, also behind the signs at which a
/// spreadsheet of another country would cut the line into cells. Telephone numbers and plain numbers stay as they are.
pub(crate) fn harmless(cell: Cow<'_, str>) -> Cow<'_, str> {
    let cell = match is_safe(&cell) {
        true => cell,
        // Line ends and control codes become visible.
        false => Cow::Owned(safe(&cell).into_owned()),
    };
    if is_number(&cell) || !cell.contains(BEGINNINGS) {
        return cell;
    }
    let mut out = String::with_capacity(cell.len() + 1);
    let mut may_begin = true;
    for c in cell.chars() {
        if may_begin && BEGINNINGS.contains(&c) {
            out.push('\'');
        }
        may_begin = match c {
            ',' | ';' | '|' | '\t' => true,
            // Some spreadsheets look past blanks and quotes.
            c if c.is_whitespace() || c == '"' => may_begin,
            _ => false,
        };
        out.push(c);
    }
    Cow::Owned(out)
}

/// What begins a formula, the wide forms too, which some spreadsheets take for the same.
pub(crate) const BEGINNINGS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// `+14155550100`, `-1`, `345100.00000`, `1e-05`: digits, a sign before them, a point or an exponent within them.
pub(crate) fn is_number(cell: &str) -> bool {
    let unsigned = cell.strip_prefix(['+', '-']).unwrap_or(cell);
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (number, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, fraction) = match number.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (number, None),
    };
    digits(whole)
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|text| digits(text.strip_prefix(['+', '-']).unwrap_or(text)))
}

/// In quotes where that is needed.
pub(crate) fn quoted(cell: &str, out: &mut Vec<u8>) {
    let plain = !cell.contains([',', ';', '\t', '"', '\n', '\r']) && cell.trim() == cell;
    if plain {
        return out.extend_from_slice(cell.as_bytes());
    }
    out.push(b'"');
    out.extend_from_slice(cell.replace('"', "\"\"").as_bytes());
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn safe_cell(cell: &str) -> String {
        harmless(Cow::Borrowed(cell)).into_owned()
    }

    #[test]
    fn formulas_are_taken_apart() {
        for (cell, safe) in [
            ("=1+1", "'=1+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("+1+cmd|' /C calc'!A0", "'+1+cmd|' /C calc'!A0"),
            ("-2+3", "'-2+3"),
            (" =1", " '=1"),
            ("\"=1", "\"'=1"),
            ("a;=1", "a;'=1"),
            ("a, =1", "a, '=1"),
            ("＝1+1", "'＝1+1"),
            ("+1 415 555 0100", "'+1 415 555 0100"),
            ("+1-415", "'+1-415"),
        ] {
            assert_eq!(safe_cell(cell), safe);
        }
        assert_eq!(safe_cell("a\t=1\r\n=2"), "a =1␍␊=2");
    }

    #[test]
    fn what_is_no_formula_stays_as_it_is() {
        for cell in [
            "+14155550100",
            "14155550100",
            "-1",
            "-1.00000",
            "345100.00000",
            "4.0e-05",
            "sip:a-b@example.com",
            "weekly-review",
            "2026-11-25 10:00:00.000000+05:30",
            "https://media.plivo.com/a?b=c&d=e",
            "Zoë 東京",
            "",
        ] {
            assert_eq!(safe_cell(cell), cell);
        }
    }
}
