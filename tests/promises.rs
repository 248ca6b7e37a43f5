//! SECURITY.md names a test for each promise: each is there, under that name, in that file.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::Path;

#[test]
fn every_promise_has_its_test() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(root.join("SECURITY.md")).unwrap();
    let make_file = std::fs::read_to_string(root.join("Makefile")).unwrap();
    let script = std::fs::read_to_string(root.join("scripts/test")).unwrap();
    let mut found = 0;
    for row in text.lines().filter(|line| line.starts_with("| ")) {
        // What stands in backquotes in the last cell: files, and names of tests in the file before them.
        let Some((_, tests)) = row.trim_end_matches('|').rsplit_once("| `") else {
            continue;
        };
        if !tests.contains(".rs`") {
            continue;
        }
        let (mut source, mut quoted) = (String::new(), quotations(tests).peekable());
        while let Some(quotation) = quoted.next() {
            if quotation.ends_with(".rs") {
                let file = std::fs::read_to_string(root.join(quotation));
                source = file.unwrap_or_else(|error| panic!("{quotation}: {error}"));
                continue;
            }
            let attributes = attributes_of(&source, quotation)
                .unwrap_or_else(|| panic!("there is no {quotation}: {row}"));
            let has = |start: &str| attributes.iter().any(|line| line.starts_with(start));
            assert!(
                has("#[test]") || has("#[tokio::test"),
                "{quotation} is no test: {row}"
            );
            // What `make test` leaves out is said, with what runs it.
            let by_hand = quoted.next_if(|next| next.starts_with("make "));
            assert_eq!(
                has("#[ignore"),
                by_hand.is_some(),
                "{quotation}, {by_hand:?}: {row}"
            );
            if let Some(make) = by_hand {
                let target = make.replace("make ", "");
                assert!(make_file.contains(&format!("\n{target}:")), "{make}");
                let mut lines = script.lines();
                let runs = lines
                    .find(|line| line.starts_with(&format!("{target})")))
                    .unwrap();
                let name = runs.trim_end_matches(" ;;").rsplit(' ').next().unwrap();
                assert!(quotation.starts_with(name), "{make} runs {name}");
            }
            found += 1;
        }
    }
    assert!(found > 50, "only {found} were looked for");
}

/// What stands in backquotes, the first of which is cut off already.
fn quotations(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').step_by(2)
}

/// The lines between a function and what stands before it, without their indentation. `None`: there is no such function.
fn attributes_of<'a>(source: &'a str, function: &str) -> Option<Vec<&'a str>> {
    let start = format!("fn {function}(");
    let lines: Vec<_> = source.lines().map(str::trim_start).collect();
    let at = lines.iter().position(|line| {
        let line = line.strip_prefix("async ").unwrap_or(line);
        line.starts_with(&start)
    })?;
    let before = lines.get(..at)?.iter().rev();
    let attributes = before.take_while(|line| line.starts_with("#[") || line.starts_with("//"));
    Some(attributes.copied().collect())
}

#[test]
fn what_is_no_test_is_seen() {
    let source = "fn one() {}\n\n/// Two.\n#[test]\nfn two() {}\n\n    #[tokio::test]\n    #[ignore = \"x\"]\n    async fn three() {}\n";
    assert_eq!(attributes_of(source, "one"), Some(vec![]));
    assert_eq!(
        attributes_of(source, "two"),
        Some(vec!["#[test]", "/// Two."])
    );
    let three = attributes_of(source, "three").unwrap();
    assert_eq!(three, ["#[ignore = \"x\"]", "#[tokio::test]"]);
    assert_eq!(attributes_of(source, "thre"), None);
    assert_eq!(attributes_of("// fn four(\n", "four"), None);
}
