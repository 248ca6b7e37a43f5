//! Lists that fail: at the start, while rows are there, and under the cursor as it goes on into rows not yet loaded.

use callreel::emulator::{Emulator, Options};

use super::account::{Row, foot, foot_says, line_of, on_row, open, set, shows, start};
use crate::pty::Program;

/// What a fault looks like at the foot, in words that fit into 80 columns.
struct Case {
    fault: &'static str,
    says: &'static str,
    /// What is to be done, `r` among it.
    helps: &'static [&'static str],
}

fn rows(emulator: &Emulator) -> Vec<Row> {
    emulator.recordings(0, 89)
}

/// The whole of "fails, keeps, recovers".
fn fails_and_recovers(case: &Case) {
    let emulator = start(Options::default());
    let rows = rows(&emulator);
    let words: Vec<_> = [case.says].iter().chain(case.helps).copied().collect();

    // At the start.
    set(&emulator, case.fault);
    let mut program = open(&emulator, &[]).spawn();
    foot_says(&program, &words);
    set(&emulator, "");
    program.keys("r");
    shows(&program, &rows[0]);
    foot_says(&program, &["keys"]);

    // While rows are there: every one of them stays.
    let before: Vec<_> = kept(&program, &rows[..8]);
    set(&emulator, case.fault);
    program.keys("r");
    foot_says(&program, &words);
    assert_eq!(kept(&program, &rows[..8]), before);
    // The app stays usable meanwhile.
    program.keys("j");
    on_row(&program, &rows[1]);
    set(&emulator, "");
    program.keys("r");
    foot_says(&program, &["keys"]);
    assert_eq!(kept(&program, &rows[..8]), before);
    on_row(&program, &rows[1]);

    // On the way into rows that are not loaded yet.
    set(&emulator, case.fault);
    program.keys(":p4\r");
    foot_says(&program, &words);
    program.keys("g");
    on_row(&program, &rows[0]);
    assert_eq!(kept(&program, &rows[..8]), before);
    assert!(
        words
            .iter()
            .all(|word| foot(&program.shown()).contains(word))
    );
    set(&emulator, "");
    program.keys("r");
    foot_says(&program, &["keys"]);
    program.keys(":p4\r");
    on_row(&program, &rows[60]);
    program.keys("q");
    assert_eq!(program.end().exit_code(), 0);
}

/// The lines of these rows, without what says how far the cursor is.
pub fn kept(program: &Program, rows: &[Row]) -> Vec<String> {
    let shown = program.shown();
    rows.iter()
        .map(|row| {
            let line =
                line_of(&shown, row).unwrap_or_else(|| panic!("{row:?} is gone\n{}", shown.text()));
            line.replace('>', " ").trim_end().to_owned()
        })
        .collect()
}

#[test]
fn refused_credentials() {
    fails_and_recovers(&Case {
        fault: "401",
        says: "wrong id or token",
        helps: &["PLIVO_AUTH_ID", "PLIVO_AUTH_TOKEN", "r tries again"],
    });
}

#[test]
fn an_account_that_may_not() {
    fails_and_recovers(&Case {
        fault: "403",
        says: "not allowed: forbidden",
        helps: &["ask the account's owner", "r tries again"],
    });
}

#[test]
fn a_list_that_is_not_there() {
    fails_and_recovers(&Case {
        fault: "404",
        says: "the API has no such list",
        helps: &["check the API URL", "r tries again"],
    });
}

#[test]
fn a_request_that_is_refused() {
    fails_and_recovers(&Case {
        fault: "400",
        says: "the API refused the request",
        helps: &["f changes the filter", "r tries again"],
    });
}

#[test]
fn a_server_that_fails_until_it_is_put_right() {
    fails_and_recovers(&Case {
        fault: "500",
        says: "the server failed with status 500",
        helps: &["r tries again"],
    });
}

#[test]
fn a_web_page_instead_of_the_answer() {
    fails_and_recovers(&Case {
        fault: "html",
        says: "the answer could not be read: an HTML page",
        helps: &["r tries again"],
    });
}

#[test]
fn a_body_that_is_cut() {
    fails_and_recovers(&Case {
        fault: "api:cut=400",
        says: "was cut",
        helps: &["r tries again"],
    });
}

#[test]
fn an_answer_that_ends_in_its_middle() {
    fails_and_recovers(&Case {
        fault: "truncated-json",
        says: "was cut",
        helps: &["r tries again"],
    });
}

#[test]
fn a_server_that_heals_within_the_tries_is_never_mentioned() {
    let emulator = start(Options::default());
    let rows = rows(&emulator);
    set(&emulator, "500=2");
    let mut program = open(&emulator, &[]).spawn();
    shows(&program, &rows[0]);
    set(&emulator, "500=2");
    program.keys(":p4\r");
    on_row(&program, &rows[60]);
    let shown = program.shown();
    let written = String::from_utf8_lossy(&shown.bytes);
    assert!(!written.contains("500") && !written.contains(" ! "));
    let failed = emulator
        .requests()
        .iter()
        .filter(|request| request.status == 500)
        .count();
    assert_eq!(failed, 4);
}

/// Each refusal makes the next wait longer, for the whole program: so this is a shorter way than the others'.
#[test]
fn a_rate_limit_that_names_no_time_is_waited_for_a_while_and_then_by_a_key() {
    let emulator = start(Options::default());
    let rows = rows(&emulator);
    let mut program = open(&emulator, &[]).spawn();
    shows(&program, &rows[0]);
    let before = kept(&program, &rows[..8]);
    set(&emulator, "429-bare");
    program.keys(":p4\r");
    foot_says(
        &program,
        &["rate limit used up", "going on in 1 s", "the rows stay"],
    );
    foot_says(
        &program,
        &["rate limit is used up", "r tries again in a while"],
    );
    program.keys("g");
    on_row(&program, &rows[0]);
    assert_eq!(kept(&program, &rows[..8]), before);
    set(&emulator, "");
    program.keys("r:p4\r");
    on_row(&program, &rows[60]);
    foot_says(&program, &["keys"]);
}

#[test]
fn a_rate_limit_that_names_a_time_counts_down_and_goes_on_by_itself() {
    let emulator = start(Options::default());
    let rows = rows(&emulator);
    // At the start.
    set(&emulator, "429=2*1");
    let mut program = open(&emulator, &[]).spawn();
    for left in ["going on in 2 s", "going on in 1 s"] {
        foot_says(&program, &["rate limit used up", left]);
    }
    shows(&program, &rows[0]);
    foot_says(&program, &["keys"]);
    // While rows are there.
    let before = kept(&program, &rows[..8]);
    set(&emulator, "429=2*1");
    program.keys("r");
    foot_says(
        &program,
        &["rate limit", "going on in 2 s", "the rows stay"],
    );
    assert_eq!(kept(&program, &rows[..8]), before);
    foot_says(&program, &["going on in 1 s"]);
    foot_says(&program, &["keys"]);
    // Into rows that are not there.
    set(&emulator, "429=1*1");
    program.keys(":p4\r");
    foot_says(&program, &["rate limit", "going on in 1 s"]);
    on_row(&program, &rows[60]);
    foot_says(&program, &["keys"]);
}
