//! SECURITY.md names a test for each promise: each is there, under that name, in that file.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::Path;

#[test]
fn every_promise_has_its_test() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(root.join("SECURITY.md")).unwrap();
    let mut found = 0;
    for row in text.lines().filter(|line| line.starts_with("| ")) {
        // What stands in backquotes in the last cell: files, and names of tests in the file before them.
        let Some((_, tests)) = row.trim_end_matches('|').rsplit_once("| `") else {
            continue;
        };
        if !tests.contains(".rs`") {
            continue;
        }
        let mut source = String::new();
        for quoted in format!("`{tests}").split('`').skip(1).step_by(2) {
            if quoted.ends_with(".rs") {
                let file = std::fs::read_to_string(root.join(quoted));
                source = file.unwrap_or_else(|error| panic!("{quoted}: {error}"));
            } else {
                assert!(
                    source.contains(&format!("fn {quoted}(")),
                    "no test {quoted}: {row}"
                );
                found += 1;
            }
        }
    }
    assert!(found > 50, "only {found} were looked for");
}
