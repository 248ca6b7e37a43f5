//! SECURITY.md names a test for each promise: each is there, under that name, in that file. It names the files with unsafe code
//! too: no other has any.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what fails here fails the test"
)]

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

/// A row of a table, cell by cell, and what the table's first column is of.
struct Row<'a> {
    of: &'a str,
    cells: Vec<&'a str>,
}

/// The rows of every table.
fn rows(text: &str) -> Vec<Row<'_>> {
    let (mut rows, mut of) = (Vec::new(), None);
    for line in text.lines() {
        let Some(line) = line.strip_prefix('|') else {
            of = None;
            continue;
        };
        let cells: Vec<_> = line.split('|').map(str::trim).collect();
        let cells = cells.split_last().unwrap().1.to_vec();
        match of {
            None => of = cells.first().copied(),
            Some(_) if line.starts_with("---") => {}
            Some(of) => rows.push(Row { of, cells }),
        }
    }
    rows
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn every_promise_has_its_test() {
    let text = read("SECURITY.md");
    let mut found = 0;
    for row in rows(&text) {
        match row.of {
            "promise" => found += upheld(row.cells.last().unwrap()),
            // What is believed, and where unsafe code is: below.
            "trusted" | "unsafe in" => {}
            other => panic!("nobody looks at the table of {other}"),
        }
    }
    assert!(found > 50, "only {found} were looked for");
}

/// Looks for everything that a cell names: files, tests in the file before them, scripts, and what runs those tests that
/// `make test` leaves out. How many hold the promise.
fn upheld(cell: &str) -> usize {
    let (mut file, mut source, mut found) = ("", String::new(), 0);
    let mut quoted = quotations(cell).peekable();
    while let Some(quotation) = quoted.next() {
        if quotation.ends_with(".rs") {
            (file, source) = (quotation, read(quotation));
            continue;
        }
        found += 1;
        if quotation.starts_with("scripts/") {
            let about = fs::metadata(root().join(quotation));
            let about = about.unwrap_or_else(|error| panic!("{quotation}: {error}"));
            assert!(
                about.is_file() && about.permissions().mode() & 0o100 != 0,
                "{quotation} cannot be run: {cell}"
            );
            continue;
        }
        let attributes = attributes_of(&source, quotation)
            .unwrap_or_else(|| panic!("there is no {quotation}: {cell}"));
        let has = |start: &str| attributes.iter().any(|line| line.starts_with(start));
        assert!(
            has("#[test]") || has("#[tokio::test"),
            "{quotation} is no test: {cell}"
        );
        // What `make test` leaves out is said, with what runs it.
        let by_hand = quoted.next_if(|next| next.starts_with("make "));
        assert_eq!(
            has("#[ignore"),
            by_hand.is_some(),
            "{quotation}, {by_hand:?}: {cell}"
        );
        if let Some(make) = by_hand {
            let command = command_of(make);
            assert!(runs(&command, file, quotation), "{make} runs {command}");
        }
    }
    assert!(found > 0, "nothing holds this: {cell}");
    found
}

/// What stands in backquotes. Nothing is named without them.
fn quotations(cell: &str) -> impl Iterator<Item = &str> {
    for between in cell.split('`').step_by(2) {
        let joins = between.chars().all(|c| " ,()".contains(c));
        assert!(
            joins,
            "{between:?} names nothing that is looked for: {cell}"
        );
    }
    cell.split('`').skip(1).step_by(2)
}

/// The line with which a target of the Makefile has tests run: one of `scripts/test` that begins with its name, or in a script that is
/// called like it.
fn command_of(make: &str) -> String {
    let target = make.strip_prefix("make ").unwrap();
    let make_file = read("Makefile");
    let recipe = make_file
        .split_once(&format!("\n{target}:"))
        .unwrap_or_else(|| panic!("there is no {make}"))
        .1;
    let recipe = recipe.lines().nth(1).unwrap().trim();
    let script = recipe.strip_prefix('@').unwrap();
    let found = match script.split_once(' ') {
        Some((script, case)) => {
            let case = format!("{case})");
            read(script)
                .lines()
                .find(|line| line.starts_with(&case))
                .map(str::to_owned)
        }
        None => {
            let runs = |line: &&str| line.contains("cargo test ");
            read(script).lines().find(runs).map(str::to_owned)
        }
    };
    found.unwrap_or_else(|| panic!("{script} runs no tests"))
}

/// Whether a line that runs ignored tests runs this one of this file.
fn runs(command: &str, file: &str, test: &str) -> bool {
    let words: Vec<_> = command
        .split_whitespace()
        .take_while(|word| !matches!(*word, "||" | ";;"))
        .collect();
    let Some(at) = words.iter().position(|word| *word == "--") else {
        return false;
    };
    let (ours, theirs) = words.split_at(at);
    let binary = file.strip_prefix("tests/").unwrap_or_default();
    let binary = binary.split(['/', '.']).next().unwrap_or_default();
    let names: Vec<_> = theirs
        .iter()
        .filter(|word| !word.starts_with('-'))
        .collect();
    ours.ends_with(&["--test", binary])
        && theirs.contains(&"--ignored")
        && (names.is_empty() || names.iter().any(|name| test.starts_with(**name)))
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
fn unsafe_code_is_where_it_is_said_to_be() {
    let text = read("SECURITY.md");
    let tables = rows(&text);
    let told = tables.iter().filter(|row| row.of == "unsafe in");
    let told: BTreeSet<_> = told
        .flat_map(|row| quotations(row.cells.first().unwrap()))
        .map(str::to_owned)
        .collect();
    let (mut found, mut files) = (BTreeSet::new(), 0);
    let mut folders = vec![root().join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            files += 1;
            if is_unsafe(&fs::read_to_string(&path).unwrap()) {
                let path = path.strip_prefix(root()).unwrap();
                found.insert(path.to_str().unwrap().to_owned());
            }
        }
    }
    assert!(files > 100, "only {files} were looked at");
    assert_eq!(found, told);
    // What no file allows is refused by the compiler.
    let manifest = read("Cargo.toml");
    assert!(
        manifest
            .lines()
            .any(|line| line == "unsafe_code = \"deny\"")
    );
}

/// Whether code is unsafe or allowed to be. What only a comment says does not count.
fn is_unsafe(source: &str) -> bool {
    let mut code = source
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    code.any(|line| {
        let mut words = line.split(|c: char| !c.is_alphanumeric() && c != '_');
        words.any(|word| matches!(word, "unsafe" | "unsafe_code"))
    })
}

#[test]
fn unsafe_code_is_told_from_words_about_it() {
    for code in [
        "    unsafe { f() }",
        "#![allow(unsafe_code, reason = \"x\")]",
        "#[allow(dead_code, unsafe_code)]",
        "pub unsafe fn f() {}",
        "type F = unsafe extern \"C\" fn();",
        "#[unsafe(no_mangle)]",
    ] {
        assert!(is_unsafe(&format!("fn a() {{}}\n{code}\n")), "{code}");
    }
    assert!(!is_unsafe(
        "/// All that is unsafe.\nfn nothing_unsafe_is_left() {}\n"
    ));
}

#[test]
fn what_runs_a_test_by_hand_is_read_as_the_shell_does() {
    let (by_name, all) = (
        "soak) run cargo test --locked --test soak -- --ignored --nocapture twenty ;;",
        "X=$PWD/$out cargo test --locked --test dist -- --ignored || {",
    );
    for (command, file, test, does) in [
        (by_name, "tests/soak/run.rs", "twenty_minutes", true),
        (by_name, "tests/soak/run.rs", "ten_minutes", false),
        (by_name, "tests/dist.rs", "twenty_minutes", false),
        (all, "tests/dist.rs", "anything", true),
        ("cargo test --test dist", "tests/dist.rs", "anything", false),
    ] {
        assert_eq!(runs(command, file, test), does, "{command} {file} {test}");
    }
}

#[test]
fn tables_are_read_row_by_row() {
    let text = "| a | b |\n|---|---|\n| 1 | 2 |\n\n| c |\n|---|\n| 3 |\ntext | no row |\n";
    let found: Vec<_> = rows(text)
        .iter()
        .map(|row| (row.of, row.cells.clone()))
        .collect();
    assert_eq!(found, [("a", vec!["1", "2"]), ("c", vec!["3"])]);
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
