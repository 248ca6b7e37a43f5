//! The one function that makes text from outside safe to print, and measuring as a terminal does.

pub mod json;

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// More marks than this on one letter climb over the lines above: the rest is dropped.
const MOST_MARKS: usize = 3;

/// Text that can be printed on one line: nothing in it moves the cursor, turns the reading order, or hides.
///
/// Control characters become their visible pictures (`␛`), so that what was tried is seen; a tab is a space;
/// bidi controls and other C1 codes become `�`; what takes no room (zero-width, tags, selectors) is dropped. Every terminal
/// gives the rest the same room, however much it knows of joined characters.
pub fn safe(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut marks = 0;
    for c in text.chars() {
        match replaced(c) {
            Safety::Keep if c.width() == Some(0) => {
                // A mark at the very start would land on whatever stands before this text.
                marks += 1;
                if marks <= MOST_MARKS && !out.is_empty() {
                    out.push(c);
                }
            }
            Safety::Keep => {
                marks = 0;
                out.push(of_one_width(c));
            }
            Safety::Become(sign) => {
                marks = 0;
                out.push(sign);
            }
            Safety::Drop => {}
        }
    }
    // What is taken out may let its neighbours join.
    while let Some(apart) = taken_apart(&out) {
        out = apart;
    }
    Cow::Owned(out)
}

/// Other signs for the few that some terminals give one column and some two.
fn of_one_width(c: char) -> char {
    match c {
        // Voiced marks of half width: some terminals put them over the letter before.
        '\u{ff9e}' => '\u{309b}',
        '\u{ff9f}' => '\u{309c}',
        // Khmer signs that are short for several letters.
        '\u{17a4}' | '\u{17d8}' => '�',
        _ => c,
    }
}

/// Without the joins on which terminals differ: some give an emoji and its skin tone the room of one sign, and some of two. `None`:
/// there are none.
fn taken_apart(text: &str) -> Option<String> {
    if text.graphemes(true).all(is_of_one_width) {
        return None;
    }
    let mut apart = String::with_capacity(text.len());
    for cluster in text.graphemes(true) {
        if is_of_one_width(cluster) {
            apart.push_str(cluster);
            continue;
        }
        let seen: String = cluster.chars().filter(|c| c.width() != Some(0)).collect();
        match seen.graphemes(true).all(is_of_one_width) {
            true => apart.push_str(&seen),
            false => apart.extend(seen.chars().next()),
        }
    }
    Some(apart)
}

/// Does what reads as one sign take the same room drawn whole and drawn character by character, and begin in it? Else a terminal
/// that goes by characters would put its first into the sign before.
fn is_of_one_width(cluster: &str) -> bool {
    let mut widths = cluster.chars().map(|c| c.width().unwrap_or(1));
    let first = widths.next().unwrap_or(1);
    first > 0 && first + widths.sum::<usize>() == cluster.width()
}

/// Does this sign have several characters that take room? Terminals draw them beside each other, or one over the other.
pub fn is_joined(sign: &str) -> bool {
    !sign.is_ascii() && sign.chars().filter(|c| c.width() != Some(0)).count() > 1
}

/// True when [`safe`] would change nothing that could harm a terminal.
pub fn is_safe(text: &str) -> bool {
    text.chars().all(|c| matches!(replaced(c), Safety::Keep))
}

/// What somebody calls a thing, without the space around it. `None` where it is empty, has more than `longest` characters, or cannot be
/// shown as it is.
pub fn named(text: &str, longest: usize) -> Option<String> {
    let text = text.trim();
    let fits = !text.is_empty() && text.chars().count() <= longest && is_safe(text);
    fits.then(|| text.to_owned())
}

enum Safety {
    Keep,
    Become(char),
    Drop,
}

fn replaced(c: char) -> Safety {
    match c {
        '\t' => Safety::Become(' '),
        // The pictures of the C0 codes stand in the same order from U+2400.
        '\u{0}'..='\u{1f}' => Safety::Become(char::from_u32(0x2400 + c as u32).unwrap_or('�')),
        '\u{7f}' => Safety::Become('␡'),
        '\u{80}'..='\u{9f}' => Safety::Become('�'),
        // Line and paragraph separators end a line in some terminals.
        '\u{2028}' | '\u{2029}' => Safety::Become(' '),
        // Marks, embeddings, overrides and isolates turn the order in which a line is read.
        '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            Safety::Become('�')
        }
        // Zero-width and otherwise unseen: they make two different texts look the same.
        '\u{ad}'
        | '\u{34f}'
        | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200d}'
        | '\u{2060}'..='\u{2065}'
        | '\u{206a}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}' => Safety::Drop,
        // Letters that draw nothing but take room.
        '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' | '\u{17b4}' | '\u{17b5}'
        | '\u{2800}' => Safety::Become('·'),
        // Private use: whatever the font wants it to be.
        '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}' => Safety::Become('�'),
        _ => Safety::Keep,
    }
}

/// Columns that safe text takes. Of whole texts `unicode-width` takes some pairs of signs for one (Arabic lam and alef), which
/// neither drawing nor terminals do.
pub fn width(text: &str) -> usize {
    match text.is_ascii() {
        true => text.len(),
        false => text.graphemes(true).map(UnicodeWidthStr::width).sum(),
    }
}

/// At most `columns` wide; what was cut is told by `…` at the end.
pub fn cut_end(text: &str, columns: usize) -> Cow<'_, str> {
    if width(text) <= columns {
        return Cow::Borrowed(text);
    }
    let Some(room) = columns.checked_sub(1) else {
        return Cow::Borrowed("");
    };
    let mut out = String::new();
    let mut used = 0;
    for grapheme in text.graphemes(true) {
        used += width(grapheme);
        if used > room {
            break;
        }
        out.push_str(grapheme);
    }
    out.push('…');
    Cow::Owned(out)
}

/// At most `columns` wide, keeping the end, where telephone numbers differ: `…5550100`.
pub fn cut_start(text: &str, columns: usize) -> Cow<'_, str> {
    if width(text) <= columns {
        return Cow::Borrowed(text);
    }
    let Some(room) = columns.checked_sub(1) else {
        return Cow::Borrowed("");
    };
    let mut kept = Vec::new();
    let mut used = 0;
    for grapheme in text.graphemes(true).rev() {
        used += width(grapheme);
        if used > room {
            break;
        }
        kept.push(grapheme);
    }
    kept.push("…");
    Cow::Owned(kept.into_iter().rev().collect())
}

/// Safe text broken into lines of at most `columns`: at spaces where that keeps lines half full, else anywhere.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(1);
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    for grapheme in text.graphemes(true) {
        // A letter with spacing marks may be wider than the whole line.
        let (grapheme, wide) = match width(grapheme) {
            wide if wide > columns => ("…", 1),
            wide => (grapheme, wide),
        };
        if used + wide > columns && !line.is_empty() {
            let rest = match line.rfind(' ') {
                Some(space) if space * 2 >= line.len() => line.split_off(space + 1),
                _ => String::new(),
            };
            lines.push(line.trim_end().to_owned());
            line = rest;
            used = width(&line);
        }
        line.push_str(grapheme);
        used += wide;
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
#[path = "../../tests/support/obeyed.rs"]
mod obeyed;

#[cfg(test)]
mod tests {
    use super::obeyed::is_obeyed;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn plain_text_is_passed_on_untouched() {
        assert!(matches!(safe("+14155550100"), Cow::Borrowed(_)));
        assert_eq!(safe("Zoë 東京"), "Zoë 東京");
    }

    #[test]
    fn control_codes_are_shown_and_not_sent() {
        assert_eq!(safe("a\u{1b}]0;x\u{7}b"), "a␛]0;x␇b");
        assert_eq!(safe("one\r\ntwo\tthree\u{7f}"), "one␍␊two three␡");
        assert_eq!(safe("\u{9b}31m"), "�31m");
    }

    #[test]
    fn what_turns_the_line_or_hides_is_taken_out() {
        assert_eq!(safe("abc\u{202e}cba"), "abc�cba");
        assert_eq!(safe("pay\u{200b}pal\u{feff}"), "paypal");
        assert_eq!(safe("x\u{e0041}"), "x");
    }

    #[test]
    fn of_all_characters_none_that_is_obeyed_is_left_and_no_other_is_lost() {
        for c in '\0'..=char::MAX {
            // An end of a line is obeyed too; commands write their own.
            let obeyed = is_obeyed(c) || c == '\n';
            let text = format!("a{c}b");
            let shown = safe(&text);
            assert_eq!(is_safe(&text), !obeyed, "{c:?}");
            // What takes no room is kept only where it belongs to the letter before it.
            let may_go = c.width() == Some(0);
            let kept = shown.contains(of_one_width(c));
            assert!(kept != obeyed || may_go && !kept, "{c:?} became {shown:?}");
            let left = shown.chars().find(|&c| is_obeyed(c) || c == '\n');
            assert_eq!(left, None, "{c:?} became {shown:?}");
        }
    }

    #[test]
    fn letters_are_as_wide_as_terminals_draw_them() {
        for (text, wide) in [
            ("abc", 3),
            ("é", 1),
            ("e\u{301}", 1),
            ("漢字", 4),
            ("\u{644}\u{627}", 2),
            ("\u{633}\u{644}\u{627}\u{645}", 4),
            ("", 0),
        ] {
            assert_eq!(width(text), wide, "{text}");
        }
    }

    #[test]
    fn towers_of_marks_are_cut_down() {
        let tower = format!("e{}", "\u{301}".repeat(50));
        assert_eq!(safe(&tower).chars().count(), 1 + MOST_MARKS);
        assert_eq!(safe("\u{301}x"), "x");
    }

    #[test]
    fn every_terminal_gives_it_the_same_room() {
        for (text, shown, columns) in [
            ("👍🏽", "👍", 2),
            ("🧑🏿\u{200d}🚀", "🧑🚀", 4),
            ("👩\u{200d}👩\u{200d}👧", "👩👩👧", 6),
            ("❤\u{fe0f}", "❤", 1),
            ("🇱🇺", "🇱🇺", 2),
            ("ｶﾞ", "ｶ゛", 3),
            // A number mark without room of its own, and a vowel without its consonant.
            ("\u{605}12", "12", 2),
            ("x\u{1161}", "x", 1),
            ("\u{1112}\u{1161}\u{11ab}", "\u{1112}\u{1161}\u{11ab}", 2),
            // These are one sign to some fonts, and two to every terminal.
            ("لا", "لا", 2),
            ("ꓸꓼ", "ꓸꓼ", 2),
            ("हि", "हि", 2),
        ] {
            assert_eq!(safe(text), shown);
            assert_eq!(width(shown), columns, "{shown}");
        }
    }

    #[test]
    fn a_number_is_cut_at_its_start() {
        assert_eq!(cut_start("+14155550100", 8), "…5550100");
        assert_eq!(cut_end("conference", 5), "conf…");
        assert_eq!(cut_end("東京都", 4), "東…");
        assert_eq!(cut_start("東京都", 0), "");
    }

    #[test]
    fn wrapping_loses_nothing_but_spaces() {
        assert_eq!(wrap("one two three", 8), ["one two", "three"]);
        assert_eq!(wrap("abcdefghij", 4), ["abcd", "efgh", "ij"]);
        assert_eq!(wrap("", 4), [""]);
    }

    /// Characters of every kind, and more of those that join others.
    fn text() -> impl Strategy<Value = String> {
        const JOINING: &str = "👍👩❤🏽🏿🇩🇪\u{200d}\u{fe0f}\u{20e3}\u{301}\u{308}کلاकषि\u{94d}ក\u{17d2}៘\u{600}\u{605}\u{d4e}\
            한한ｶﾞﾟ漢ꓸꓼⵏ\u{2d7f}ⴾ\u{e41}ำ";
        let joining: Vec<char> = JOINING.chars().collect();
        let c = prop_oneof![any::<char>(), prop::sample::select(joining)];
        prop::collection::vec(c, 0..24).prop_map(String::from_iter)
    }

    proptest! {
        #[test]
        fn what_is_safe_is_as_wide_as_its_characters(text in text()) {
            let safe = safe(&text);
            prop_assert_eq!(super::safe(&safe), &*safe);
            for cluster in safe.graphemes(true) {
                prop_assert!(is_of_one_width(cluster), "{cluster:?}");
            }
            let characters: usize = safe.chars().filter_map(UnicodeWidthChar::width).sum();
            prop_assert_eq!(width(&safe), characters);
        }

        #[test]
        fn nothing_unsafe_is_left_and_nothing_is_wider_than_asked(text in any::<String>(), columns in 0usize..40) {
            let safe = safe(&text);
            prop_assert!(is_safe(&safe));
            prop_assert!(width(&cut_end(&safe, columns)) <= columns);
            prop_assert!(width(&cut_start(&safe, columns)) <= columns);
            for line in wrap(&safe, columns.max(2)) {
                prop_assert!(width(&line) <= columns.max(2), "{line:?}");
            }
        }
    }
}
