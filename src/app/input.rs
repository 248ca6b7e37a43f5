//! One line of text being typed.

use unicode_segmentation::UnicodeSegmentation;

use super::key::{Key, KeyCode};
use super::text;

/// A line longer than this is no search and no command.
const MOST: usize = 256;

/// The text and where the caret stands in it. The text is safe to print.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TextLine {
    text: String,
    /// A byte index on a grapheme's edge.
    caret: usize,
}

impl TextLine {
    pub fn text(&self) -> &str {
        &self.text
    }

    /// A line that holds `text`, made safe, with the caret at its end.
    pub fn with(text: &str) -> Self {
        let mut line = Self::default();
        line.insert(text);
        line
    }

    /// Puts the caret after the graphemes that begin before this byte.
    pub fn put_caret(&mut self, byte: usize) {
        self.caret = self
            .text
            .grapheme_indices(true)
            .map(|(start, _)| start)
            .find(|start| *start >= byte)
            .unwrap_or(self.text.len());
    }

    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    pub fn before_caret(&self) -> &str {
        self.text.get(..self.caret).unwrap_or_default()
    }

    fn after_caret(&self) -> &str {
        self.text.get(self.caret..).unwrap_or_default()
    }

    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Typed or pasted; made safe first, and cut to what a line may hold.
    pub fn insert(&mut self, typed: &str) {
        let safe = text::safe(typed);
        let room = MOST.saturating_sub(self.text.graphemes(true).count());
        let taken: String = safe.graphemes(true).take(room).collect();
        self.text.insert_str(self.caret, &taken);
        self.caret += taken.len();
    }

    /// The keys that edit. False when the key is none of them.
    pub fn key(&mut self, key: Key) -> bool {
        let before = self
            .before_caret()
            .graphemes(true)
            .next_back()
            .map_or(0, str::len);
        let after = self
            .after_caret()
            .graphemes(true)
            .next()
            .map_or(0, str::len);
        match (key.code, key.ctrl, key.alt) {
            (KeyCode::Char(c), false, false) => self.insert(c.encode_utf8(&mut [0; 4])),
            (KeyCode::Backspace, ..) | (KeyCode::Char('h'), true, _) => {
                self.remove(self.caret - before, self.caret);
            }
            (KeyCode::Delete, ..) => self.remove(self.caret, self.caret + after),
            (KeyCode::Left, ..) => self.caret -= before,
            (KeyCode::Right, ..) => self.caret += after,
            (KeyCode::Home, ..) | (KeyCode::Char('a'), true, _) => self.caret = 0,
            (KeyCode::End, ..) | (KeyCode::Char('e'), true, _) => self.caret = self.text.len(),
            (KeyCode::Char('u'), true, _) => self.remove(0, self.caret),
            (KeyCode::Char('k'), true, _) => self.remove(self.caret, self.text.len()),
            (KeyCode::Char('w'), true, _) => {
                let kept = self.before_caret().trim_end();
                let start = kept.rfind(' ').map_or(0, |space| space + 1);
                self.remove(start, self.caret);
            }
            _ => return false,
        }
        true
    }

    fn remove(&mut self, from: usize, to: usize) {
        self.text.replace_range(from..to, "");
        self.caret = from;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(keys: &[Key]) -> TextLine {
        let mut line = TextLine::default();
        line.insert("one twö");
        for key in keys {
            line.key(*key);
        }
        line
    }

    #[test]
    fn letters_stand_where_the_caret_is() {
        let line = typed(&[Key::plain(KeyCode::Left), Key::char('x')]);
        assert_eq!((line.text(), line.before_caret()), ("one twxö", "one twx"));
    }

    #[test]
    fn words_ends_and_the_whole_line_can_be_taken_away() {
        assert_eq!(typed(&[Key::ctrl('w')]).text(), "one ");
        assert_eq!(typed(&[Key::plain(KeyCode::Backspace)]).text(), "one tw");
        assert_eq!(typed(&[Key::ctrl('u')]).text(), "");
        assert_eq!(
            typed(&[Key::plain(KeyCode::Home), Key::plain(KeyCode::Delete)]).text(),
            "ne twö"
        );
        assert_eq!(
            typed(&[Key::plain(KeyCode::Home), Key::ctrl('k')]).text(),
            ""
        );
    }

    #[test]
    fn a_paste_is_made_safe_and_bounded() {
        let mut line = TextLine::default();
        line.insert(&"a\u{1b}".repeat(10_000));
        assert_eq!(line.text().chars().count(), MOST);
        assert!(text::is_safe(line.text()));
    }

    #[test]
    fn keys_that_do_not_edit_are_left_to_others() {
        assert!(!TextLine::default().key(Key::plain(KeyCode::Enter)));
        assert!(!TextLine::default().key(Key::ctrl('c')));
    }
}
