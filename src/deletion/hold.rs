//! Recordings that must not be deleted: a list of ids, calls and numbers.

use std::collections::HashMap;

use crate::plivo::Recording;

/// Lines of a list, at most.
const MOST: usize = 1_000_000;

/// The list. A recording is held when its id, its call's UUID or one of its numbers is on it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hold {
    /// Its lines as they were written, by how they are compared.
    exact: HashMap<String, String>,
    /// Those of them that may be numbers.
    numbers: Vec<String>,
}

/// Why a text is no list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HoldMistake {
    #[error("there is nothing in it: one id, call UUID or number on each line is needed")]
    Empty,
    #[error("line {0} has more than one word: one id, call UUID or number on each line is needed")]
    Words(usize),
    #[error("there are more than {MOST} lines in it")]
    TooLong,
}

impl Hold {
    /// Reads a list: one id, call UUID or number on each line. Blank lines, and what stands behind a `#`, do not count.
    ///
    /// # Errors
    /// [`HoldMistake`]; a list of nothing is one too, since it was meant to hold something.
    pub fn read(text: &str) -> Result<Self, HoldMistake> {
        let mut hold = Self::default();
        for (number, line) in (1..).zip(text.trim_start_matches('\u{feff}').lines()) {
            let line = bare(line.split('#').next().unwrap_or(line));
            if line.is_empty() {
                continue;
            }
            // Numbers may be written with blanks; an id never is.
            let number_like = line
                .chars()
                .all(|c| c.is_ascii_digit() || "+-() .".contains(c));
            if line.contains(char::is_whitespace) && !number_like {
                return Err(HoldMistake::Words(number));
            }
            if hold.exact.len() >= MOST {
                return Err(HoldMistake::TooLong);
            }
            hold.exact.insert(compared(line), line.to_owned());
            if number_like || line.contains(['@', ':']) {
                hold.numbers.push(line.to_owned());
            }
        }
        match hold.exact.is_empty() {
            true => Err(HoldMistake::Empty),
            false => Ok(hold),
        }
    }

    /// How many different lines it has.
    pub fn lines(&self) -> usize {
        self.exact.len()
    }

    /// The lines for which a recording is held: none where it is not.
    pub fn of(&self, recording: &Recording) -> Vec<&str> {
        let ids = [Some(recording.id.as_str()), recording.call_uuid.as_deref()];
        let exact = ids.into_iter().flatten();
        let exact = exact.filter_map(|id| self.exact.get(&compared(bare(id))));
        let numbers = self.numbers.iter();
        let numbers = numbers.filter(|number| recording.has_party(number));
        exact.chain(numbers).map(String::as_str).collect()
    }
}

/// Lists are cut out of tables and programs: what stands around a word there is not of it.
fn bare(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || "\"'`,;".contains(c))
}

/// UUIDs are the same in capitals.
fn compared(text: &str) -> String {
    text.to_lowercase()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn recording() -> Recording {
        Recording::from_row(json!({
            "recording_id": "r-1", "call_uuid": "c-1", "from_number": "+14155550100",
            "to_number": "sip:Desk@voice.example.net",
        }))
    }

    #[test]
    fn ids_calls_and_numbers_hold() {
        for (list, held) in [
            ("r-1", true),
            (
                "\u{feff}# held for the court\n\n c-1  # until May\r\n",
                true,
            ),
            ("1 (415) 555-0100", true),
            ("+14155550100", true),
            ("sip:desk@voice.example.net", true),
            ("R-1", true),
            ("\"C-1\",", true),
            ("'+14155550100';\r\n", true),
            ("r-2\nc-2\n+14155550101", false),
            ("4155550100", false),
        ] {
            let hold = Hold::read(list).unwrap();
            assert_eq!(!hold.of(&recording()).is_empty(), held, "{list}");
        }
    }

    #[test]
    fn every_line_that_matches_is_told_as_it_was_written() {
        let hold = Hold::read("\"R-1\",\nc-1\nc-1\nr-2\n+14155550100").unwrap();
        assert_eq!(hold.lines(), 4);
        assert_eq!(hold.of(&recording()), ["R-1", "c-1", "+14155550100"]);
    }

    #[test]
    fn a_list_that_holds_nothing_is_a_mistake() {
        assert_eq!(Hold::read("# nothing\n\n"), Err(HoldMistake::Empty));
        assert_eq!(Hold::read("a\nb c\n"), Err(HoldMistake::Words(2)));
    }
}
