//! What no text may do to a terminal: a list of its own, from Unicode's tables, so that the program's list is not checked by itself.

/// Ranges of characters, both ends included.
const OBEYED: &[(u32, u32)] = &[
    // Control codes (general category Cc) but the end of a line, and the separators of lines and paragraphs (Zl, Zp).
    (0x0000, 0x0009),
    (0x000b, 0x001f),
    (0x007f, 0x009f),
    (0x2028, 0x2029),
    // Default_Ignorable_Code_Point (DerivedCoreProperties.txt), which is not drawn; Bidi_Control (PropList.txt) is part of it.
    (0x00ad, 0x00ad),
    (0x034f, 0x034f),
    (0x061c, 0x061c),
    (0x115f, 0x1160),
    (0x17b4, 0x17b5),
    (0x180b, 0x180f),
    (0x200b, 0x200f),
    (0x202a, 0x202e),
    (0x2060, 0x206f),
    (0x3164, 0x3164),
    (0xfe00, 0xfe0f),
    (0xfeff, 0xfeff),
    (0xffa0, 0xffa0),
    (0xfff0, 0xfff8),
    (0x1bca0, 0x1bca3),
    (0x1d173, 0x1d17a),
    (0xe0000, 0xe0fff),
    // Interlinear annotations, which hide what is between them, and braille without a dot, which looks like a space.
    (0xfff9, 0xfffb),
    (0x2800, 0x2800),
    // Private use (Co), which is drawn as the font wants it, and the two codes after each of its planes, which are no characters.
    (0xe000, 0xf8ff),
    (0xf0000, 0xfffff),
    (0x100000, 0x10ffff),
];

/// True for what a terminal obeys, hides, or reads in another order.
pub fn is_obeyed(c: char) -> bool {
    let code = u32::from(c);
    OBEYED
        .iter()
        .any(|&(first, last)| (first..=last).contains(&code))
}
