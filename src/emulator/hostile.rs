//! Texts as a malicious caller would choose them: names and numbers come from strangers, and a terminal must not obey.

/// Title and colour sequences, a C1 introducer, a bell: none of it may reach a terminal.
pub(super) fn conference_name() -> String {
    let mut text = String::from(
        "\u{1b}]0;owned\u{7}\u{1b}[2J\u{1b}[31mred\u{9b}5mblink \u{202e}gnp.exe\u{2066}\u{200b}\u{feff}\ttab\r\nline\0nul \u{7f}",
    );
    text.push_str("宽字符表 👩‍👩‍👧‍👦 e\u{301}\u{302}\u{303}\u{304} ﷽ ");
    text.push_str(&"very long ".repeat(400));
    text
}

pub(super) fn from_number() -> String {
    "sip:\u{1b}[8mhidden\u{1b}[0m\u{202e}olleh@voice.example.net".to_owned()
}

pub(super) fn to_number() -> String {
    format!("sip:{}@voice.example.net", "漢字".repeat(300))
}

pub(super) fn recording_type() -> String {
    "call\u{1b}[?1049l\u{85}".to_owned()
}

/// The name and the value of a field that nobody has documented.
pub(super) fn extra_field() -> (String, String) {
    (
        "note\u{1b}]52;c;ZXZpbA==\u{7}".to_owned(),
        "<script>alert(1)</script>\u{1b}P+q\u{1b}\\".to_owned(),
    )
}
