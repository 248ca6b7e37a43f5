use super::*;

#[test]
fn times_and_levels_are_written_for_people() {
    assert_eq!(seconds(Duration::from_millis(9_240)), "9.2 s");
    assert_eq!(seconds(Duration::from_secs(75)), "1:15");
    assert_eq!(exact(Duration::from_millis(79_611)), "1:19.611");
    assert_eq!((db(-21.34), db(-100.0)), ("−21.3".into(), "−∞".into()));
    let talk = Duration::from_secs(28)..Duration::from_millis(37_200);
    assert_eq!(stretch(Some(&talk)), "9.2 s at 0:28");
}

#[test]
fn without_a_recording_it_says_which_key_helps() {
    let lines = lines(&Player::default(), &Keymap::standard());
    assert!(matches!(&lines[..], [Line::Note(words)] if words.contains("⏎ plays")));
}
